/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verdicts: what was said of a step, and all that it was said against, so that
 * it can be explained later without the model.  Include store.h.
 */
#ifndef STORE_VERDICT_H
#define STORE_VERDICT_H

enum store_verdict_kind {
	STORE_NORMAL,
	STORE_HIGH,
	STORE_LOW,
	STORE_UNJUDGED,
	STORE_VERDICT_KIND_COUNT
};

/* "normal", "high", "low", "unjudged": by value, NULL at the end. */
extern const char *const store_verdict_words[];

/* Values are in the metric's unit: microseconds or bytes. */
struct store_verdict {
	int64_t step_id; /* struct store_step's id */
	enum store_metric metric;
	enum store_verdict_kind verdict;
	const char *reason; /* why unjudged, or what limits the verdict; "" for none */
	double value;
	double expected;
	double low, high; /* the band */
	double ratio;     /* value / expected */
	double score;     /* how far out, in what would be high: beyond 1 it is; comparable */
	double p_value;
	double threshold_ratio; /* from which on it would have been high */
	double level;           /* the improbability asked for, such as 0.005 */

	int64_t group_id;
	int64_t history_count;        /* steps of its own group that the model saw */
	int64_t censored_count;       /* of these, known only as "at least this" */
	int64_t regime_start_unix_us; /* since when the level is as it is */
	int64_t borrowed_count;       /* steps of other groups */
	const char *borrowed_from;    /* in words, "" for nowhere */
	const char *attrs_used;       /* JSON: which attributes the level was corrected by */
	const char *detail;           /* JSON: whatever else show explains */
	int64_t model_version;
	int64_t judged_unix_us;
	int32_t night;
};

/* Adds it or replaces the one of the same step and metric; the step counts as judged from then on.
 */
int store_verdict_put(struct store *store, const struct store_verdict *verdict, struct jo_err *err);

struct store_verdict_selection {
	struct store_selection steps;
	unsigned verdict_mask; /* bit 1 << enum store_verdict_kind; 0: any */
	unsigned metric_mask;  /* bit 1 << enum store_metric; 0: any */
	int32_t night;         /* or 0 */
	bool want_by_score;    /* highest first, instead of the steps' order */
};

void store_verdict_selection_init(struct store_verdict_selection *selection);

/* Judged steps with their verdicts, one metric at a time. */
int store_verdicts_open(struct store *store, const struct store_verdict_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err);
int store_verdicts_next(struct store_cursor *cursor, struct store_step *ret_step,
			struct store_verdict *ret_verdict, struct jo_err *err);

#endif

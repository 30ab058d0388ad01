/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verdicts on steps: each group's steps of a stretch of time against the models
 * of what its steps took before.  Between the store and the model; knows no
 * options, prints nothing.
 *
 * One database, options and times give the same verdicts, to the last bit,
 * on however many threads: a verdict depends on nothing but the steps that
 * ended before, and on which groups there are.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "fit/fits.h"
#include "model/model.h"
#include "part.h"
#include "store/store.h"

struct judge_options {
	struct model_params params; /* its priors are learnt anew and not looked at */
	unsigned int thread_count;  /* 0: one per processor */
	int64_t judge_days;         /* judge_pending: of how many, back from the newest; 0: all */
	struct judge_part part;     /* judge_pending: which groups; all of them is the default */
	/* Called now and then with how much is done; NULL for nobody. */
	void (*progress)(void *context, size_t done, size_t total);
	void *progress_context;
};

/* The defaults of the model, and every processor. */
void judge_options_init(struct judge_options *options);

/*
 * What is said of one metric of a step: of struct step_verdict what a million of
 * them may be kept of.  Values are in the metric's stored unit, NaN for unknown.
 */
struct judge_verdict {
	enum measure measure; /* which measurement the value is */
	enum verdict verdict;
	enum verdict watch; /* at the softer level */
	enum verdict_level level;
	const char *reason; /* why unjudged, a word of joboutliers-model(7); "" when judged */
	double value, expected, low, high, ratio, score, p_value;
	int64_t near_count, like_count; /* as in struct step_verdict */
	/* What it was judged against; good as long as the sink runs.  NULL: nothing. */
	const struct provenance *provenance;
};

/* One judged step.  Plain numbers, so that a million of them can be kept. */
struct judge_result {
	int64_t id; /* struct step's */
	int64_t change_unix_us; /* struct store_change's; JO_MISSING where it does not wait */
	int64_t end_unix_us;
	int64_t job_id, array_job_id, array_task_id, het_job_id, het_job_offset;
	int64_t step_id, restart_count;
	enum jo_step_kind step_kind;
	struct judge_verdict verdicts[METRIC_COUNT];
};

/*
 * Takes one result, in the order of groups and within a group of ends; called
 * in the caller's thread.  A negative errno with *err filled ends the judging.
 */
typedef int judge_sink(void *context, const struct judge_result *result, struct jo_err *err);

/*
 * Judge what the selection has of the steps that ended at or after from and
 * before to (JO_MISSING: no end) against what ended before from.  Changes
 * nothing in the database.  The selection's own ends and order are not looked
 * at; NULL selects all.  -ESTALE: steps were grouped anew meanwhile.
 */
int judge_range(struct store *store, const struct judge_options *options,
		const struct store_selection *selection, int64_t from_unix_us, int64_t to_unix_us,
		judge_sink *sink, void *sink_context, struct jo_err *err);

/*
 * Judge the steps of the selection that run (NULL: of all) by how long they
 * have run until now, against what ended before: high is what will have been
 * too long whenever it ends, normal what is not so yet.  Memory is not known
 * before the end.  Comes group by group, and changes nothing in the database.
 * -ESTALE: steps were grouped anew meanwhile.
 */
int judge_running(struct store *store, const struct judge_options *options,
		  const struct store_selection *selection, int64_t now_unix_us, judge_sink *sink,
		  void *sink_context, struct jo_err *err);

/* Whether there is something to say of the metric: an optional one of a step that has no such
 * figure has no verdict. */
bool judge_has_verdict(const struct judge_result *result, enum metric metric);

/* What judge_pending did. */
struct judge_summary {
	int64_t night_count;
	int64_t step_count;
	int64_t verdict_count[METRIC_COUNT][VERDICT_COUNT];
	int64_t new_drift_count; /* groups whose level was found to have moved, by metric */
	int64_t new_history_count; /* steps that became history: see judge_settle */
	int64_t anew_count;      /* how often groups became others, and it began anew */
};

/*
 * Of what was not judged, settle what is to be: what ended more than judge_days
 * before the night in which the newest step ended is history, and not judged.
 * judge_pending begins by it; beside others it waits until they have done it.
 * *ret_new_count gets how many became history by this call.
 */
int judge_settle(struct store *store, const struct judge_options *options, int64_t now_unix_us,
		 int64_t *ret_new_count, struct jo_err *err);

/*
 * Judge all ended steps that were not judged yet, each night (local calendar
 * day) against what ended before it, and store the verdicts.  What ended more
 * than judge_days before the night in which the newest step ended is history:
 * it is not judged, and not looked for again.  That step counts, and not the
 * clock, so that of an old archive the last nights are judged.  Each night's
 * groups are committed in batches, so a run that is broken off is continued by
 * the next; and so is, by itself, one beside which another command groups the
 * steps anew.  sink may be NULL; it is called after the verdicts were stored.
 *
 * Of a part of the groups those of other parts are neither judged nor waited
 * for: what is said of a group depends on the steps of others alone, and not on
 * what was said of them.  Whoever judges, the caller keeps others from the same
 * groups by the lock STORE_LOCK_CHECK.
 */
int judge_pending(struct store *store, const struct judge_options *options, int64_t now_unix_us,
		  judge_sink *sink, void *sink_context, struct judge_summary *ret_summary,
		  struct jo_err *err);

#endif

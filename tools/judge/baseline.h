/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a group's steps are judged against: its history before a moment, the
 * histories it may borrow from, and the models fitted on them.
 *
 * Reading uses the store and belongs to the store's thread; fitting and judging
 * touch nothing but the baseline and may run in any thread.
 */
#ifndef JUDGE_BASELINE_H
#define JUDGE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "columns.h"
#include "model/model.h"
#include "nodes.h"
#include "store/store.h"
#include "usable.h"

/* One group's steps before a moment, oldest first. */
struct baseline_part {
	int64_t group_id;
	char *name; /* as group_format gives it */
	struct store_history history;
	struct judge_row *rows; /* history.count of them */
};

/* How one fit came about, for the words of a verdict. */
struct baseline_context {
	const struct model_fit *fit;
	size_t history_n;             /* own steps the model saw, "at least" ones included */
	size_t censored_n;            /* those among them */
	int64_t regime_start_unix_us; /* JO_MISSING: the level has always been this */
	size_t borrowed_n;            /* steps of the lenders */
	char *borrowed_from;          /* their names, "" for none */
	char *attrs_used;             /* JSON array of names, "" for none */
	char *detail;                 /* JSON object with the fit's numbers */
};

enum baseline_size { BASELINE_SIZED, BASELINE_UNSIZED, BASELINE_SIZES };

struct baseline {
	struct store_group group; /* its strings are the baseline's own */
	int64_t before_unix_us;
	struct baseline_part own;
	struct baseline_part *lenders;
	size_t lender_n;

	bool is_fitted; /* the rest is valid, and points into this struct: it may not be moved */
	enum usable_basis basis;
	struct columns columns;
	struct model models[MODEL_METRICS];
	struct baseline_context contexts[MODEL_METRICS][BASELINE_SIZES];
};

/*
 * Read the group's history before the time, and those of its lenders while it
 * is young: the same class on other partitions, and where the class was
 * declared, of whichever user.  Release *ret_baseline.
 */
int baseline_read(struct store *store, struct nodes *nodes, const struct model_params *params,
		  const struct store_group *group, int64_t before_unix_us,
		  struct baseline *ret_baseline, struct jo_err *err);

/* As baseline_read, without lenders. */
int baseline_read_own(struct store *store, struct nodes *nodes, const struct model_params *params,
		      const struct store_group *group, int64_t before_unix_us,
		      struct baseline *ret_baseline, struct jo_err *err);

/* Fit the models of both metrics.  Params and baseline alone decide the result. */
void baseline_fit(struct baseline *baseline, const struct model_params *params,
		  struct model_workspace *workspace);

/* Fit a model of the RSS of the largest process on the same history, whatever the basis. */
void baseline_fit_rss(const struct baseline *baseline, const struct model_params *params,
		      struct model_workspace *workspace, struct model *ret_model);

/* Free the histories and keep the models. */
void baseline_forget_history(struct baseline *baseline);

void baseline_release(struct baseline *baseline);

#endif

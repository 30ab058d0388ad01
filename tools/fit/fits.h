/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The models of a group: fitted on its history alone, or on its history and the
 * night's own steps together, each of which is then judged by all others.
 *
 * Nothing here touches the store, so fitting and judging may run in any thread.
 */
#ifndef FIT_FITS_H
#define FIT_FITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "baseline.h"
#include "matrix.h"
#include "model_cache.h"
#include "provenance.h"

enum fit_size { FIT_SIZED, FIT_UNSIZED, FIT_SIZES };

/* Which steps a judgement rests on. */
enum fit_kind {
	FIT_ALL,    /* all that were given */
	FIT_REST,   /* without the night's that stand out; the judged one is no such */
	FIT_BESIDE, /* likewise, and it is one of those left out */
	FIT_KINDS,
};

/* Points into itself: it may not be moved. */
struct fits {
	enum measure measures[METRIC_COUNT]; /* that the metrics are judged by */
	struct fit_attributes columns;
	struct model models[METRIC_COUNT];
	struct model apart[METRIC_COUNT]; /* of FIT_REST and FIT_BESIDE, when there is need */
	struct provenance provenances[METRIC_COUNT][FIT_KINDS][FIT_SIZES];
	size_t night_n;
	struct carryover_group *carryover; /* to which the models are of use tomorrow, or NULL */
	struct matrix own[METRIC_COUNT];   /* what was fitted, when there is a night */
	struct matrix *lent[METRIC_COUNT]; /* of each lender */
	size_t lender_n;
	size_t *night_rows[METRIC_COUNT]; /* which row of it each step of the night is */
	int32_t *night_numbers;           /* and of which night */
};

/*
 * Fit both metrics on the baseline and, when night_n > 0, on the night's steps
 * too, which come in the order in which they ended.  The arguments alone decide
 * the result.  The baseline must outlive it.
 *
 * cache has the group's kept models, for fits without a night: one that would be
 * fitted anew as it is is used, the other replaced.  NULL keeps nothing.
 */
void fits_make(const struct baseline *baseline, const struct fit_row *night, size_t night_n,
	       struct model_cache *cache, const struct model_params *params,
	       struct model_workspace *workspace, struct fits *ret_fits);

/* Fit a model of the RSS of the largest process on the same history, whatever the measure. */
void fits_make_rss(const struct baseline *baseline, const struct fits *alone,
		   const struct model_params *params, struct model_workspace *workspace,
		   struct model *ret_model);

/*
 * Judge the night's steps by all that were fitted, as model_judge_night():
 * judgements hold what the history alone says, and then the verdicts.
 */
void fits_judge_night(struct fits *fits, const struct baseline *baseline,
		      const struct model_params *params, enum metric metric,
		      struct model_workspace *workspace, struct model_judgement *judgements);

/* What one of these fits' judgements rests on; NULL when it is nothing of theirs. */
const struct provenance *fits_provenance(const struct fits *fits, enum metric metric,
					 const struct model_judgement *judgement);

/* Leave the models to what is remembered of the group, if anything is. */
void fits_remember(struct fits *fits, const struct model_params *params);

/* Free the models and what they were fitted on; what they rest on stays. */
void fits_forget_models(struct fits *fits);

/* Free all of the fits. */
void fits_release(struct fits *fits);

#endif

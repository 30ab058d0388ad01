/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models kept in the store from one run to the next.
 *
 * A kept model carries a print of all that went into its fit: the parameters,
 * the site's priors, every number of its own rows and of borrowed ones, and the
 * version of the code.  It is used when what would be fitted now has the same
 * print, so keeping models changes how long a run takes and never what it says.
 *
 * What is kept are the models of a group's history alone, which are asked for
 * again by the next check of the same day, by late records, plots and reports,
 * and those that the site's priors were learnt from.  The fit of a night and
 * its history together is not: no second question has the same steps, and a
 * step of the fit is judged by residuals, which are not stored.
 */
#ifndef FIT_MODEL_CACHE_H
#define FIT_MODEL_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "carryover.h"
#include "model/model.h"
#include "store/store.h"

/* All zero is one that is not there yet. */
struct model_cache_slot {
	uint64_t print;
	void *bytes; /* model_write's */
	size_t size;
	bool is_new; /* not in the store as it is here */
};

/* A group's two. */
struct model_cache {
	struct model_cache_slot models[METRIC_COUNT];
};

/* Free the bytes of all models. */
void model_cache_release(struct model_cache *cache);

/* The print of all that goes into a fit without lenders, but for the priors. */
uint64_t model_cache_print(const struct model_params *params, enum metric metric,
			   const struct model_history *own);

/*
 * As model_fit(), or the kept model when it would be the same; else the new one
 * is kept in its place.  A model that comes from the store has no rows for
 * model_judge_row().  carryover is what is remembered of the group, or NULL.
 */
void model_cache_fit(struct model_cache_slot *slot, const struct carryover_model *carryover,
		     const struct model_params *params, enum metric metric,
		     const struct model_history *own, const struct model_history *lenders,
		     size_t lender_n, struct model_workspace *workspace, struct model *ret_model);

/* What the store has of the group; all zero for nothing.  Release *ret_cache. */
int model_cache_load(struct store *store, int64_t group_id, struct model_cache *ret_cache,
		     struct jo_err *err);

/* What a model was fitted on, for the store's record of it. */
struct model_cache_origin {
	const struct store_group *group;
	int64_t before_unix_us;
	int64_t obs_count;
	int64_t fitted_unix_us;
};

/* Store those that are new. */
int model_cache_store(struct store *store, const struct model_cache_origin *origin,
		      const struct model_cache *cache, struct jo_err *err);

/* The models of several groups, stored together under one name. */
struct model_cache_entry {
	int64_t group_id;
	struct model_cache cache;
};

/* What is stored under the name and whole; the caller releases each and frees the list. */
int model_cache_list_load(struct store *store, const char *name,
			  struct model_cache_entry **ret_list, size_t *ret_count,
			  struct jo_err *err);

/* Replace what is stored under the name. */
int model_cache_list_store(struct store *store, const char *name,
			   const struct model_cache_entry *list, size_t count, struct jo_err *err);

#endif

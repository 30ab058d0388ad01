/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the model: declared attributes as covariates of the level.  A few
 * are chosen, by what they explain of steps they were not fitted to.
 */
#ifndef MODEL_ATTRIBUTE_H
#define MODEL_ATTRIBUTE_H

#include "sample.h"

#define ATTRIBUTE_CANDIDATES_MAX                                                                   \
	(2 * MODEL_COLUMNS_MAX) /* a number may also be taken as a category */

#define CANDIDATE_OTHER (-1)   /* a category without a factor of its own */
#define CANDIDATE_MISSING (-2) /* the step has no value */

/* One way to use one attribute, for the rows of a sample. */
struct candidate {
	uint64_t id;
	enum model_kind kind;
	const double *log_value; /* of a number, NaN where missing */
	double floor, min, max;  /* of a number: smaller values count as floor; what was seen */
	const int *code;         /* of a category: index in level, or one of the above */
	double level[MODEL_LEVELS_MAX];
	uint32_t level_n;
	bool has_missing;
};

/* What was chosen, and what it adds to the log values. */
struct attributes {
	size_t candidate_n;
	struct candidate candidates[ATTRIBUTE_CANDIDATES_MAX];
	size_t chosen_n;
	size_t chosen[MODEL_COVARIATES_MAX];
	struct model_covariate covariates[MODEL_COVARIATES_MAX];
	double *effect[MODEL_COVARIATES_MAX]; /* per row */
	double *kept;                         /* effects set aside; as long */
	double *numbers;                      /* owned */
	int *codes;                           /* owned */
	size_t allocated;
};

#define ATTRIBUTES_NO_FOLD ((size_t)-1)

/* See which columns of a history can be used for these of its rows. */
void attributes_load(struct attributes *attributes, const struct model_history *history,
		     const struct sample *used);

/*
 * Choose covariates for log values whose level was just fitted (*level), and
 * refit the level without what they explain.  Rows are in time order; folds
 * are by position.  Leaves the level's work loaded with values without effects.
 */
void attributes_choose(struct attributes *attributes, struct model_workspace *workspace,
		       struct level *level);

/* Estimate the chosen ones anew for values whose level is fixed, leaving out one fold or none. */
void attributes_estimate(struct attributes *attributes, struct model_workspace *workspace,
			 const double *log_value, const struct level *level, size_t without_fold);

/* Set the present estimates' effects on n rows aside. */
void attributes_keep(struct attributes *attributes, size_t n);

/* Take back what attributes_keep set aside. */
void attributes_restore(struct attributes *attributes, size_t n);

/* log_value less all effects, for every row. */
void attributes_subtract(const struct attributes *attributes, const double *log_value, size_t n,
			 double *ret_rest);

/* Free what the attributes own. */
void attributes_release(struct attributes *attributes);

/* Whether the values tell what one more does: a word was there, a number lies between. */
bool attribute_is_known(enum model_kind kind, const double *values, size_t n, double value);

/* A step's value of an attribute; NaN when it has none. */
double attribute_of(const struct model_step *step, uint64_t id);

/*
 * What a covariate adds for a value, and in *ret_doubt how much more it might
 * have been for a value unlike those seen.
 */
double covariate_effect(const struct model_covariate *covariate, double value, double *ret_doubt);

#endif

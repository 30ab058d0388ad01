/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is normal for a group of like job steps at a given input size, and
 * whether one more step is.  Numbers in, numbers out: no I/O, no clock, no
 * state, no words for people; the caller picks the rows, names the groups and
 * writes the sentences.  The method is described in joboutliers-model(7).
 *
 * Every function is re-entrant and gives the same bits for the same input.
 * No input is out of bounds: a value that is no number, or not positive, is
 * left out of a history and is VERDICT_UNJUDGED as a step.  Memory that cannot be
 * had aborts the process, as everywhere in tools/.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "step/metric.h"
#include "step/verdict.h"

/* Raised whenever the same history would give another model: stored models are then refitted. */
#define MODEL_FORMAT_VERSION 7

#define MODEL_COVARIATES_MAX 3 /* attributes a model may use at once: what a sentence can name */
#define MODEL_COLUMNS_MAX 32   /* attribute columns looked at; later ones are left out */
#define MODEL_LEVELS_MAX 16    /* values of one categorical attribute with a factor of their own */
#define MODEL_HISTORY_LIMIT 4096 /* no history_max above this is believed */
#define MODEL_KNOTS_MAX 8        /* sizes between which the scatter may differ */
#define MODEL_SPREAD_TAILS 4     /* tails of Student's t that a side may have, heaviest first */
#define MODEL_SPREAD_SCALES 17   /* scales that it may have */
#define MODEL_LEVEL_QUANTILE 1.64 /* 95 %: how wrong a borrowed level may be, in its deviations */
#define MODEL_LENDERS_MAX 32     /* groups a young one borrows from; later ones are left out */

/*
 * Declared attributes.  An id says which attribute it is; the caller makes it
 * from the name, the same every time (a hash, a row id), because models are
 * stored with it.  A category's value is likewise a number that stands for the
 * word for good: any integer of at most 2^53.  NaN: not known for this step.
 */
enum model_kind { MODEL_NUMBER, MODEL_CATEGORY };

struct model_column {
	uint64_t id;
	enum model_kind kind;
	const double *value; /* one per row of the history */
};

struct model_attribute {
	uint64_t id;
	double value;
};

/*
 * The usable steps of one group in the order in which they ended, oldest
 * first: completed ones, and for each metric those cut short at its limit
 * (time limit; out of memory) with the limit as value and is_censored set.
 */
struct model_history {
	size_t n;
	const double *input_bytes; /* NaN: none declared.  NULL: none for all */
	const double *value;       /* seconds or bytes */
	const bool *is_censored;   /* NULL: none */
	const struct model_column *columns;
	size_t column_n;
};

/* One step to judge. */
struct model_step {
	double input_bytes; /* NaN: none declared */
	double value;       /* seconds or bytes */
	bool is_censored;   /* it took at least this much */
	bool is_among;      /* it has company, as the rows of model_judge_row: the band is theirs */
	const struct model_attribute *attributes;
	size_t attribute_n;
};

/*
 * What is expected of a group before its own steps say more.  The scale is of
 * log residuals; a weight is in steps.
 */
struct model_prior {
	double scale, scale_weight;
	double shape, shape_weight;
	double tail[MODEL_SPREAD_TAILS]; /* the chance of each tail; 1 together */
	double alike;                    /* that both sides scatter alike */
	uint32_t group_n;                /* groups it was learnt from; 0: the built-in one */
};

struct model_params {
	double alpha;         /* the chance of a normal step to be as far out as what is high: 0.005 */
	double alpha_certain; /* as what is that for certain: 0.00015 */
	double margin_low;    /* what is low must be further out by this share of the spread: 1 */
	double min_ratio;     /* never high below this many times the expectation: 1.5 */
	double extrapolation; /* judge at most this factor outside the sizes seen: 2 */
	double resolution[METRIC_COUNT];  /* of the measure: 1 s, 4 MiB, 1 CPU second */
	uint32_t history_max;             /* the newest steps that count: 500 */
	uint32_t own_min;                 /* own steps to be judged by these alone: 8 */
	uint32_t borrow_min;              /* own steps to be judged with borrowed ones: 3 */
	uint32_t own_enough;              /* own steps from which on nothing is borrowed: 20 */
	struct model_prior prior[METRIC_COUNT];
};

/* The defaults above, and the built-in priors. */
void model_params_init(struct model_params *params);

/* Where a fit's numbers come from. */
enum model_source {
	MODEL_NOTHING, /* too few steps: nothing is judged by it */
	MODEL_OWN,     /* the group's own steps */
	MODEL_POOLED,  /* its own, and those of like groups */
};

/*
 * One attribute a fit takes into account: it adds to log(value)
 * slope * log(max(value, floor) / centre) for a number; effect[j] for the
 * category level[j], missing_effect without one, and 0 for any other.  A number
 * of few different values may be used as a category.
 */
struct model_covariate {
	uint64_t id;
	enum model_kind kind;
	double slope, floor, centre, min, max;
	uint32_t level_n;
	double level[MODEL_LEVELS_MAX], effect[MODEL_LEVELS_MAX], missing_effect;
	double gain; /* the share of the scatter it explains, cross-validated, 0 to 1 */
};

/* One row of the history, and its log residual from a fit that has not seen it. */
struct model_row {
	size_t row;
	double residual;
	double uncentred; /* before the band was fitted */
};

struct band_sample;

/*
 * What scales and tails one side of a fit may have, and how likely each is:
 * exp(step * (first + i)) for scale i.
 */
struct model_spread {
	double step;
	double stray; /* share of steps that were not normal, and not counted */
	int32_t first;
	float weight[MODEL_SPREAD_TAILS][MODEL_SPREAD_SCALES]; /* 1 together */
};

/*
 * One fitted relation, public so that a verdict can be explained:
 *
 *	log(value) = level + centre + power * log(input - input_min + offset) + covariates
 *
 * but see input_low.  power 0 is "the same at every size", and the only form without sizes.
 */
struct model_fit {
	enum model_source source;
	bool has_input;
	uint32_t n;        /* steps the band rests on, borrowed ones included */
	uint32_t own_n;    /* own ones among them */
	uint32_t lender_n; /* groups borrowed from */
	double power, offset, input_min, input_max;
	double input_low; /* below it the curve falls in proportion at most: see level_at() */
	double level, centre;
	uint32_t
		regime_start; /* row of the history with which the present level began; 0: always */
	double regime_log_ratio;          /* log(present level / the one before); 0 when none */
	double scale, tail_weight, shape; /* the upper tail of log residuals */
	double low_scale, low_tail_weight, low_shape; /* the lower tail */
	double peer_high,
		peer_high_next;         /* a tenth of the steps, three at least, are this far up */
	double peer_low, peer_low_next; /* and this far down; _next: one step more is */
	struct model_spread high, low;  /* from which chances are told */
	double alike;                   /* the chance that both scatter alike */
	double level_sd; /* uncertainty of a borrowed level, in log units; 0 for own */
	uint32_t covariate_n;
	struct model_covariate covariates[MODEL_COVARIATES_MAX];
	uint32_t knot_n; /* length of the two below; 0: the band is the same at all sizes */
	double knot_log_input[MODEL_KNOTS_MAX];   /* ascending */
	double knot_log_stretch[MODEL_KNOTS_MAX]; /* log of the scatter there in that of all */

	/* For the rows it was fitted to; not stored. */
	uint32_t taken_n; /* own ones looked at, those censored ones included that say nothing */
	uint32_t row_n;
	struct model_row *rows;                /* own ones, ascending; owned */
	double reach_chance; /* distances with this chance are known, in scaled residuals; 0: none */
	double high_reach, low_reach;
	struct band_sample *sample;            /* from which the band follows; owned; NULL: not kept */
	double next_input_min, next_input_max; /* the edges without the outermost row */
};

/* A group's model for one metric: steps with a declared input size apart from those without. */
struct model {
	enum metric metric;
	struct model_fit sized, unsized;
};

/* Scratch memory that grows to the largest history seen; one per thread. */
struct model_workspace;

/* An empty one. */
struct model_workspace *model_workspace_new(void);

/* Free it; NULL is fine. */
void model_workspace_free(struct model_workspace *workspace);

/*
 * Fit the model of one group into *ret_model, which the caller releases.
 *
 * lenders are other groups of like steps (the same class on other partitions
 * or by other users), nearest first; they are used only while own has fewer
 * than own_enough steps.  workspace may be NULL.  Too short a history gives a
 * model that judges nothing, which is a model too.
 */
void model_fit(const struct model_params *params, enum metric metric,
	       const struct model_history *own, const struct model_history *lenders,
	       size_t lender_n, struct model_workspace *workspace, struct model *ret_model);

/*
 * As model_fit() without lenders, from a model that it gave for the same rows
 * and other priors: only of the band is fitted again what hangs on these.  The rows are the same when
 * own is the end of the history the model was fitted to, which had rows_n, as
 * far as history_max goes.  No row of it can be judged by *ret_model, which is for others.
 *
 * Returns false, and leaves *ret_model, when the model cannot serve: it took
 * rows before these, or borrowed, or comes from model_read() or model_refit(), or the
 * priors make others of the rows far out.
 */
bool model_refit(const struct model_params *params, const struct model *model, size_t rows_n,
		 const struct model_history *own, struct model *ret_model);

/* Free what model_judge_row() needs, and model_refit() does not. */
void model_forget_rows(struct model *model);

/* Frees what the model owns; a zeroed model is fine. */
void model_release(struct model *model);

/*
 * The prior that n models of other groups of the site (or partition, or user)
 * suggest for the next one; the built-in prior when they are too few.  The
 * models must have been fitted with the built-in prior.
 */
void model_prior_learn(const struct model *const *models, size_t n, enum metric metric,
		       struct model_prior *ret_prior);

struct model_judgement {
	enum verdict verdict;
	enum verdict watch; /* what the verdict would be at the softer level */
	enum verdict_level level; /* CERTAIN for good once model_judge_night() looked for likes */
	enum reason reason;
	double expected, low,
		high; /* the middle and the ends of what is normal at this size; NaN: unknown */
	double ratio, log_ratio; /* of value to expected; NaN: unknown */
	double p_value;          /* of a normal step to be this far out on its side; 1: unjudged */
	double score;    /* how far out and how surely, compares between groups: beyond 1 for all
			    that is high, beyond -1 for what is low, and for some that is neither;
			    0: unjudged */
	double extent;   /* log_ratio in what would be watched: beyond 1 is */
	uint32_t near_n; /* earlier steps of nearly its size, for one that is watched in its night,
			    and */
	uint32_t like_n; /* those among them that were as far out, and not high when they came: it
			    may be another way to run */
	const struct model_fit *fit; /* what it was judged by, part of the model; NULL: nothing */
	bool is_apart; /* it was left out of what the others of its night are judged by */
};

/* Judge one step.  A step without a value gets its band, and REASON_NO_VALUE. */
void model_judge(const struct model_params *params, const struct model *model,
		 const struct model_step *step, struct model_judgement *ret_judgement);

/*
 * What is expected of a step like this one, without the band, which takes longer
 * (step->value is not looked at).  An attribute that is not given counts as not
 * known.  NaN: the model cannot say.
 */
double model_expected(const struct model_params *params, const struct model *model,
		      const struct model_step *step);

/*
 * Judge a row of the history the model was fitted to, as if it had not been in
 * it.  A night's steps are judged best so: appended to their group's history,
 * they are fitted with it, and each is then judged by the others, those of the
 * same night included.  The model must come from model_fit(), not from
 * model_read(), with this same history.
 */
void model_judge_row(const struct model_params *params, const struct model *model,
		     const struct model_history *own, size_t row,
		     struct model_judgement *ret_judgement);

/* The steps of a night, or of several: those of one follow each other. */
struct model_night {
	size_t count;
	const size_t *row;     /* of the history; SIZE_MAX: not in it */
	const int32_t *number; /* which night each is of */
};

/*
 * Judge the steps of a night; those that are not in the history keep their
 * judgement.  together is the model fitted to own and the lenders.  judgements
 * hold what the history before the night says of each step by itself, and then
 * the verdicts.
 *
 * Steps that are slow alike would hide each other in what their night shows to
 * be normal.  When more of one night stand out than the history lets expect,
 * they are left out and the others fitted again: *ret_apart is this model, which
 * some judgements then point to; without need for it, one that judges nothing.
 * workspace may be NULL.
 */
void model_judge_night(const struct model_params *params, const struct model *together,
		       const struct model_history *own, const struct model_night *steps,
		       const struct model_history *lenders, size_t lender_n,
		       struct model_workspace *workspace, struct model_judgement *judgements,
		       struct model *ret_apart);

/*
 * What a step like this one needs with the given probability, 0 < probability
 * < 1 (step->value is not looked at).  NaN when the model cannot say;
 * *ret_reason, which may be NULL, is then why.
 */
double model_quantile(const struct model_params *params, const struct model *model,
		      const struct model_step *step, double probability, enum reason *ret_reason);

/*
 * A model as bytes for the store, the same on every machine.  *ret_blob is the
 * caller's to free.
 */
void model_write(const struct model *model, void **ret_blob, size_t *ret_size);

/*
 * The model back from bytes, which are not trusted.  It judges exactly as the
 * one that was written.  Returns 0; -EPROTO for another MODEL_FORMAT_VERSION
 * (fit again); -EBADMSG for what is no model.  *ret_model is then untouched.
 */
int model_read(const void *blob, size_t size, struct model *ret_model, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: the rows of a history that count, and the scratch memory of a fit. */
#ifndef MODEL_SAMPLE_H
#define MODEL_SAMPLE_H

#include "level.h"
#include "model.h"
#include "regime.h"
#include "tail.h"

/* Rows in time order, those with a declared size or those without. */
struct sample {
	size_t n;
	double *input; /* 0 for all without declared sizes */
	double *log_value;
	size_t *row;   /* in the history */
	size_t *group; /* 0: own, else the lender's number from 1 */
	bool *is_censored;
};

struct attributes;
struct stretch_sizes;

struct model_workspace {
	struct level_work *level;
	struct attributes *attributes;
	struct stretch_sizes *sizes;
	size_t allocated;
	struct sample all, used; /* usable rows; those without the uninformative censored ones */
	double *residual, *adjusted, *shift, *rest;
	double *scratch;           /* 2 allocated */
	double *attribute_scratch; /* 5 allocated */
	double *block;
	size_t *index_block;
	bool *flag_block;
};

/* Make room for n rows; what was in it is lost. */
void workspace_reserve(struct model_workspace *workspace, size_t n);

/* Is this a value a model can learn from, or judge? */
bool sample_is_value(double value);

/* Is this a declared size?  Sizes above 2^63 are nobody's. */
bool sample_is_input(double input);

/* How many rows of a history are usable, of those with a declared size or those without. */
size_t sample_count(const struct model_history *history, bool has_input, size_t max);

/*
 * Append to *sample the newest usable rows of a history, at most max, in time
 * order.  Returns how many.  The sample's memory must be reserved.
 */
size_t sample_take(struct sample *sample, const struct model_history *history, bool has_input,
		   size_t max, size_t group);

#endif

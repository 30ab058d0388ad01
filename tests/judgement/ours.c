/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model of tools/model as one method of the harness: streams in, opinions out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judgement.h"
#include "model/model.h"

/* A history in the form the model reads, with the memory it points to. */
struct columns {
	struct model_history history;
	struct model_column *list;
	double *numbers;
	bool *flags;
};

struct learnt {
	struct model_params params;
	const struct site *known;
	struct model *models;
	struct model_workspace *workspace;
	enum model_kind *kinds; /* of each attribute */
};

static enum model_metric metric_of(enum metric metric)
{
	return metric == METRIC_WALL ? MODEL_WALL : MODEL_MEMORY;
}

/* Any number that stands for a word for good. */
static double word_number(const char *word)
{
	uint64_t hash = 14695981039346656037ULL; /* FNV-1a */

	for (; *word != '\0'; word++)
		hash = (hash ^ (unsigned char)*word) * 1099511628211ULL;
	return (double)(hash >> 12);
}

static double attr_number(const struct attr_value *value, enum model_kind kind)
{
	if (value->text == NULL)
		return NAN;
	return kind == MODEL_NUMBER ? value->number : word_number(value->text);
}

/* An attribute is a number when all that is known of it is. */
static void kinds_find(struct learnt *learnt)
{
	const struct site *known = learnt->known;

	learnt->kinds = calloc(known->attr_count + 1, sizeof(*learnt->kinds));
	if (learnt->kinds == NULL)
		abort();
	for (size_t a = 0; a < known->attr_count; a++)
		learnt->kinds[a] = MODEL_NUMBER;
	for (size_t i = 0; i < known->count; i++)
		for (size_t j = 0; j < known->streams[i].count; j++)
			for (size_t a = 0; a < known->attr_count; a++) {
				const struct attr_value *value =
					&known->streams[i].points[j].attrs[a];

				if (value->text != NULL && isnan(value->number))
					learnt->kinds[a] = MODEL_CATEGORY;
			}
}

static void columns_make(const struct learnt *learnt, const struct stream *stream,
			 struct columns *ret)
{
	size_t n = stream->count, attrs = learnt->known->attr_count;
	double *next;

	ret->numbers = calloc(n * (2 + attrs) + 1, sizeof(double));
	ret->flags = calloc(n + 1, sizeof(bool));
	ret->list = calloc(attrs + 1, sizeof(*ret->list));
	if (ret->numbers == NULL || ret->flags == NULL || ret->list == NULL)
		abort();
	next = ret->numbers + 2 * n;
	ret->history = (struct model_history){.n = n,
					      .input_bytes = ret->numbers,
					      .value = ret->numbers + n,
					      .is_censored = ret->flags,
					      .columns = ret->list,
					      .column_n = attrs};
	for (size_t i = 0; i < n; i++) {
		ret->numbers[i] = stream->points[i].size_bytes;
		ret->numbers[n + i] = stream->points[i].value;
		ret->flags[i] = stream->points[i].is_censored;
	}
	for (size_t a = 0; a < attrs; a++, next += n) {
		ret->list[a] =
			(struct model_column){.id = a, .kind = learnt->kinds[a], .value = next};
		for (size_t i = 0; i < n; i++)
			next[i] = attr_number(&stream->points[i].attrs[a], learnt->kinds[a]);
	}
}

static void columns_release(struct columns *columns)
{
	free(columns->numbers);
	free(columns->flags);
	free(columns->list);
}

/* The same class of the same user on other partitions. */
static size_t lenders_find(const struct site *known, size_t group, size_t *ret_lenders)
{
	const struct stream *own = &known->streams[group];
	size_t count = 0;

	for (size_t i = 0; i < known->count && count < MODEL_LENDERS_MAX; i++) {
		const struct stream *other = &known->streams[i];

		if (i != group && strcmp(other->class, own->class) == 0 &&
		    strcmp(other->user, own->user) == 0)
			ret_lenders[count++] = i;
	}
	return count;
}

static void fit_all(struct learnt *learnt, const struct columns *columns)
{
	struct model_history lenders[MODEL_LENDERS_MAX];
	size_t found[MODEL_LENDERS_MAX], count;

	for (size_t i = 0; i < learnt->known->count; i++) {
		count = lenders_find(learnt->known, i, found);
		for (size_t j = 0; j < count; j++)
			lenders[j] = columns[found[j]].history;
		model_fit(&learnt->params, metric_of(learnt->known->metric), &columns[i].history,
			  lenders, count, learnt->workspace, &learnt->models[i]);
	}
}

static void *ours_learn(const struct site *known)
{
	struct learnt *learnt = calloc(1, sizeof(*learnt));
	struct columns *columns = calloc(known->count + 1, sizeof(*columns));

	if (learnt == NULL || columns == NULL)
		abort();
	learnt->known = known;
	learnt->models = calloc(known->count + 1, sizeof(*learnt->models));
	if (learnt->models == NULL)
		abort();
	learnt->workspace = model_workspace_new();
	model_params_init(&learnt->params);
	kinds_find(learnt);
	for (size_t i = 0; i < known->count; i++)
		columns_make(learnt, &known->streams[i], &columns[i]);
	fit_all(learnt, columns);
	for (size_t i = 0; i < known->count; i++)
		columns_release(&columns[i]);
	free(columns);
	return learnt;
}

static void ours_judge(void *context, size_t group, const struct point *night, size_t count,
		       struct opinion *ret_opinions)
{
	const struct learnt *learnt = context;
	size_t attrs = learnt->known->attr_count;
	struct model_attribute *attributes = calloc(attrs + 1, sizeof(*attributes));
	struct model_judgement judgement;

	if (attributes == NULL)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct model_step step = {.input_bytes = night[i].size_bytes,
					  .value = night[i].value,
					  .is_censored = night[i].is_censored,
					  .attributes = attributes,
					  .attribute_n = attrs};

		for (size_t a = 0; a < attrs; a++)
			attributes[a] = (struct model_attribute){
				a, attr_number(&night[i].attrs[a], learnt->kinds[a])};
		model_judge(&learnt->params, &learnt->models[group], &step, &judgement);
		ret_opinions[i] = (struct opinion){.log_ratio = judgement.log_ratio,
						   .score = judgement.score,
						   .p = judgement.p_value,
						   .is_high = judgement.verdict == MODEL_HIGH,
						   .is_low = judgement.verdict == MODEL_LOW};
		if (judgement.verdict == MODEL_UNJUDGED)
			ret_opinions[i].log_ratio = NAN;
	}
	free(attributes);
}

static void ours_forget(void *context)
{
	struct learnt *learnt = context;

	for (size_t i = 0; i < learnt->known->count; i++)
		model_release(&learnt->models[i]);
	model_workspace_free(learnt->workspace);
	free(learnt->models);
	free(learnt->kinds);
	free(learnt);
}

const struct method method_model = {"model", ours_learn, ours_judge, ours_forget};

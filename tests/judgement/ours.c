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
	struct columns *columns; /* of each group known */
	struct model_workspace *workspace;
	enum model_kind *kinds; /* of each attribute */
};

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
static size_t lenders_find(const struct learnt *learnt, size_t group,
			   struct model_history *ret_lenders)
{
	const struct site *known = learnt->known;
	const struct stream *own = &known->streams[group];
	size_t count = 0;

	for (size_t i = 0; i < known->count && count < MODEL_LENDERS_MAX; i++) {
		const struct stream *other = &known->streams[i];

		if (i != group && strcmp(other->class, own->class) == 0 &&
		    strcmp(other->user, own->user) == 0)
			ret_lenders[count++] = learnt->columns[i].history;
	}
	return count;
}

static void fit(const struct learnt *learnt, size_t group, const struct model_history *own,
		struct model *ret_model)
{
	struct model_history lenders[MODEL_LENDERS_MAX];
	size_t count = lenders_find(learnt, group, lenders);

	model_fit(&learnt->params, learnt->known->metric, own, lenders, count,
		  learnt->workspace, ret_model);
}

static void prior_learn(struct learnt *learnt)
{
	enum metric metric = learnt->known->metric;
	size_t count = learnt->known->count;
	struct model *models = calloc(count + 1, sizeof(*models));
	const struct model **pointers = calloc(count + 1, sizeof(*pointers));
	struct model_prior prior;

	if (models == NULL || pointers == NULL)
		abort();
	for (size_t i = 0; i < count; i++) {
		fit(learnt, i, &learnt->columns[i].history, &models[i]);
		pointers[i] = &models[i];
	}
	model_prior_learn(pointers, count, metric, &prior);
	learnt->params.prior[metric] = prior;
	for (size_t i = 0; i < count; i++)
		model_release(&models[i]);
	free(pointers);
	free(models);
}

static void *ours_learn(const struct site *known)
{
	struct learnt *learnt = calloc(1, sizeof(*learnt));

	if (learnt == NULL)
		abort();
	learnt->known = known;
	learnt->workspace = model_workspace_new();
	model_params_init(&learnt->params);
	kinds_find(learnt);
	learnt->columns = calloc(known->count + 1, sizeof(*learnt->columns));
	if (learnt->columns == NULL)
		abort();
	for (size_t i = 0; i < known->count; i++)
		columns_make(learnt, &known->streams[i], &learnt->columns[i]);
	prior_learn(learnt);
	return learnt;
}

static struct opinion opinion_of(const struct model_judgement *judgement)
{
	return (struct opinion){
		.log_ratio = judgement->verdict == VERDICT_UNJUDGED ? NAN : judgement->log_ratio,
		.score = judgement->score,
		.p = judgement->p_value,
		.is_watched = judgement->watch == VERDICT_HIGH,
		.is_high = judgement->verdict == VERDICT_HIGH,
		.is_mailed = judgement->level == VERDICT_LEVEL_CERTAIN,
		.is_low = judgement->verdict == VERDICT_LOW,
	};
}

/* Each step by the history alone, whose model *ret_model is. */
static void judge_alone(const struct learnt *learnt, size_t group, const struct point *night,
			size_t count, struct model *ret_model,
			struct model_judgement *ret_judgements)
{
	size_t attrs = learnt->known->attr_count;
	struct model_attribute *attributes = calloc(attrs + 1, sizeof(*attributes));

	if (attributes == NULL)
		abort();
	fit(learnt, group, &learnt->columns[group].history, ret_model);
	for (size_t i = 0; i < count; i++) {
		struct model_step step = {.input_bytes = night[i].size_bytes,
					  .value = night[i].value,
					  .is_censored = night[i].is_censored,
					  .attributes = attributes,
					  .attribute_n = attrs};

		for (size_t a = 0; a < attrs; a++)
			attributes[a] = (struct model_attribute){
				a, attr_number(&night[i].attrs[a], learnt->kinds[a])};
		model_judge(&learnt->params, ret_model, &step, &ret_judgements[i]);
	}
	free(attributes);
}

static void alone_judge(void *context, size_t group, const struct point *night, size_t count,
			struct opinion *ret_opinions)
{
	struct model_judgement judgements[NIGHT_JOBS_MAX];
	struct model model;

	judge_alone(context, group, night, count, &model, judgements);
	for (size_t i = 0; i < count; i++)
		ret_opinions[i] = opinion_of(&judgements[i]);
	model_release(&model);
}

/* The night's steps appended to their history, each judged by all others. */
static void night_judge(void *context, size_t group, const struct point *night, size_t count,
			struct opinion *ret_opinions)
{
	const struct learnt *learnt = context;
	struct model_judgement judgements[NIGHT_JOBS_MAX];
	struct model_history lenders[MODEL_LENDERS_MAX];
	size_t rows[NIGHT_JOBS_MAX], lender_n = lenders_find(learnt, group, lenders);
	const int32_t numbers[NIGHT_JOBS_MAX] = {0};
	const struct model_night steps = {count, rows, numbers};
	struct model alone, together, apart;
	struct stream both = {0};
	struct columns columns;

	judge_alone(learnt, group, night, count, &alone, judgements);
	for (size_t i = 0; i < learnt->known->streams[group].count; i++)
		stream_add(&both, &learnt->known->streams[group].points[i]);
	for (size_t i = 0; i < count; i++) {
		rows[i] = both.count;
		stream_add(&both, &night[i]);
	}
	columns_make(learnt, &both, &columns);
	fit(learnt, group, &columns.history, &together);
	model_judge_night(&learnt->params, &together, &columns.history, &steps, lenders, lender_n,
			  learnt->workspace, judgements, &apart);
	for (size_t i = 0; i < count; i++)
		ret_opinions[i] = opinion_of(&judgements[i]);
	model_release(&apart);
	model_release(&together);
	model_release(&alone);
	columns_release(&columns);
	free(both.points);
}

static void ours_forget(void *context)
{
	struct learnt *learnt = context;

	for (size_t i = 0; i < learnt->known->count; i++)
		columns_release(&learnt->columns[i]);
	model_workspace_free(learnt->workspace);
	free(learnt->columns);
	free(learnt->kinds);
	free(learnt);
}

const struct method method_model = {"model", ours_learn, night_judge, ours_forget};
const struct method method_alone = {"alone", ours_learn, alone_judge, ours_forget};

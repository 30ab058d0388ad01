/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the group, fits it once, and asks its models for a band without a value. */
#include "predictor.h"

#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/fits.h"
#include "fit/groups.h"
#include "fit/night_priors.h"
#include "fit/node_models.h"
#include "fit/site_prior.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/workers.h"

struct predictor {
	struct store *store;
	struct model_params params;
	struct node_models *nodes;
	int64_t before_unix_us;
	unsigned int thread_count;
	struct model_workspace *workspaces[WORKERS_MAX];
	void *baselines; /* tsearch's tree of struct known, by group */
};

struct known {
	int64_t group_id; /* first: it is the key */
	char *name;
	struct baseline baseline;
	struct fits fits;
};

static int compare_known(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void free_known(void *node)
{
	struct known *known = node;

	fits_release(&known->fits);
	baseline_release(&known->baseline);
	free(known->name);
	free(known);
}

int predictor_new(struct store *store, const struct judge_options *options,
		  struct carryover *carryover, int64_t before_unix_us,
		  struct predictor **ret_predictor, struct jo_err *err)
{
	struct predictor *predictor = xcalloc(1, sizeof(*predictor));
	int rc;

	predictor->store = store;
	predictor->params = options->params;
	predictor->before_unix_us = before_unix_us;
	predictor->thread_count = workers_count(options->thread_count);
	for (size_t i = 0; i < predictor->thread_count; i++)
		predictor->workspaces[i] = model_workspace_new();
	rc = node_models_load(store, &predictor->nodes, err);
	if (rc == 0)
		rc = night_priors_get(store, before_unix_us, &predictor->params, err);
	if (rc == 0)
		rc = site_prior_learn(store, predictor->nodes, carryover, before_unix_us, false,
				      predictor->thread_count, predictor->workspaces,
				      &predictor->params, err);
	if (rc < 0) {
		predictor_free(predictor);
		return rc;
	}
	*ret_predictor = predictor;
	return 0;
}

void predictor_free(struct predictor *predictor)
{
	if (predictor == NULL)
		return;
	tdestroy(predictor->baselines, free_known);
	node_models_free(predictor->nodes);
	for (size_t i = 0; i < predictor->thread_count; i++)
		model_workspace_free(predictor->workspaces[i]);
	free(predictor);
}

/* A group's "" stands for everything, and so does a query's. */
static bool agrees(const char *of_group, const char *of_query)
{
	return of_group[0] == '\0' || of_query[0] == '\0' || strcmp(of_group, of_query) == 0;
}

/* The classes that are asked for: the one that is named, or those that a step of the job's name
 * would have, one that srun starts and one that it does not. */
enum { CLASS_OF_STEP, CLASS_OF_JOB, CLASSES };
struct asked_classes {
	char names[CLASSES][JO_CLASS_SIZE]; /* "": none */
};

static void ask_classes(const struct store *store, const struct predictor_query *query,
			struct asked_classes *ret_asked)
{
	static const enum jo_step_kind kinds[CLASSES] = {
		[CLASS_OF_STEP] = JO_STEP_SRUN,
		[CLASS_OF_JOB] = JO_STEP_BATCH,
	};

	for (size_t i = 0; i < CLASSES; i++) {
		const struct class_facts facts = {query->job_name, query->program, "", kinds[i]};
		struct class_made made;

		if (query->class_name[0] != '\0')
			(void)snprintf(made.name, sizeof(made.name), "%s", query->class_name);
		else if (query->job_name[0] != '\0')
			class_name_make(store_class_rule(store), &facts, &made);
		else
			made.name[0] = '\0';
		(void)memcpy(ret_asked->names[i], made.name, sizeof(made.name));
	}
}

static bool is_named(const char *of_group, const char *of_query)
{
	return of_query[0] != '\0' && strcmp(of_group, of_query) == 0;
}

/* Whether the class is one that is made of this program. */
static bool is_of_program(const char *class_name, const char *program)
{
	char of_program[JO_CLASS_SIZE];
	const char *last = strrchr(class_name, '/');

	jo_class_of_step("", program, of_program);
	return is_named(last != NULL ? last + 1 : class_name, of_program);
}

/* Where no class is named, which programs a group is of says its class, if it has one. */
static bool has_program(const struct store_group *group, const struct predictor_query *query,
			const struct asked_classes *asked)
{
	if (query->program[0] == '\0' || group->program[0] != '\0')
		return agrees(group->program, query->program);
	return group->class_name[0] == '\0' || asked->names[CLASS_OF_JOB][0] != '\0' ||
	       is_of_program(group->class_name, query->program);
}

static bool is_wanted(const struct store_group *group, const struct predictor_query *query,
		      const struct asked_classes *asked)
{
	return agrees(group->cluster, query->cluster) &&
	       agrees(group->partition, query->partition) && agrees(group->user, query->user) &&
	       (agrees(group->class_name, asked->names[CLASS_OF_STEP]) ||
		agrees(group->class_name, asked->names[CLASS_OF_JOB])) &&
	       has_program(group, query, asked);
}

/* How much of what is named the group has: what it lacks, its steps may have had otherwise. */
static int likeness(const struct store_group *group, const struct predictor_query *query,
		    const struct asked_classes *asked)
{
	return is_named(group->cluster, query->cluster) +
	       is_named(group->partition, query->partition) +
	       (is_named(group->user, query->user) ||
		(query->user[0] != '\0' && group->class_is_declared)) +
	       is_named(group->class_name, asked->names[CLASS_OF_STEP]) +
	       is_named(group->class_name, asked->names[CLASS_OF_JOB]) +
	       (is_named(group->program, query->program) ||
		is_of_program(group->class_name, query->program));
}

/* Whether a is to answer rather than b. */
static bool is_liker(const struct store_group *a, const struct store_group *b,
		     const struct predictor_query *query, const struct asked_classes *asked)
{
	int like_a = likeness(a, query, asked), like_b = likeness(b, query, asked);

	if (like_a != like_b)
		return like_a > like_b;
	if (asked->names[CLASS_OF_JOB][0] != '\0' && a->class_is_declared != b->class_is_declared)
		return a->class_is_declared == (query->class_name[0] != '\0');
	return a->newest_end_unix_us > b->newest_end_unix_us;
}

static bool names_a_group(const struct predictor_query *query)
{
	return query->cluster[0] != '\0' || query->partition[0] != '\0' || query->user[0] != '\0' ||
	       query->class_name[0] != '\0' || query->program[0] != '\0' ||
	       query->job_name[0] != '\0';
}

/* Returns 1 and a copy of the group, or 0 and why there is none. */
static int find_group(struct store *store, const struct predictor_query *query,
		      struct store_group *ret_group, const char **ret_reason, struct jo_err *err)
{
	struct asked_classes asked;
	const char *const classes[] = {asked.names[CLASS_OF_STEP], asked.names[CLASS_OF_JOB], ""};
	struct store_group_selection selection;
	struct store_group *list = NULL;
	size_t count = 0, best = 0, found = 0;
	int rc;

	ask_classes(store, query, &asked);
	store_group_selection_init(&selection);
	if (asked.names[CLASS_OF_JOB][0] != '\0')
		selection.classes = (struct store_words){classes, CLASSES + 1};
	rc = group_list(store, &selection, &list, &count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (!is_wanted(&list[i], query, &asked))
			continue;
		if (found++ == 0 || is_liker(&list[i], &list[best], query, &asked))
			best = i;
	}
	if (found == 0)
		*ret_reason = "unknown-group";
	else if (!names_a_group(query) && (found > 1 || query->input_bytes == JO_MISSING))
		*ret_reason = "which-group";
	else
		group_copy(&list[best], ret_group);
	group_list_free(list, count);
	return *ret_reason == NULL;
}

static int fit_group(struct predictor *predictor, const struct store_group *group,
		     struct known **ret_known, struct jo_err *err)
{
	struct known *const *node = tfind(&group->id, &predictor->baselines, compare_known);
	struct known *known;
	struct model_cache cache;
	int rc;

	if (node != NULL) {
		*ret_known = *node;
		return 0;
	}
	known = xcalloc(1, sizeof(*known));
	rc = baseline_read(predictor->store, predictor->nodes, NULL, &predictor->params, group,
			   predictor->before_unix_us, &known->baseline, err);
	if (rc < 0) {
		free(known);
		return rc;
	}
	rc = model_cache_load(predictor->store, group->id, &cache, err);
	if (rc < 0) {
		baseline_release(&known->baseline);
		free(known);
		return rc;
	}
	fits_make(&known->baseline, NULL, 0, &cache, &predictor->params, predictor->workspaces[0],
		  &known->fits);
	model_cache_release(&cache);
	baseline_forget_history(&known->baseline);
	known->group_id = group->id;
	known->name = group_format(group);
	(void)tsearch(known, &predictor->baselines, compare_known);
	*ret_known = known;
	return 0;
}

static const struct predictor_metric no_answer = {
	.expected = NAN,
	.low = NAN,
	.high = NAN,
	.enough = NAN,
	.input_min = NAN,
	.input_max = NAN,
	.reason = "",
};

static void ask_metric(const struct predictor *predictor, const struct model *model,
		       const struct predictor_query *query, const struct model_step *step,
		       struct predictor_metric *ret_metric)
{
	struct model_judgement judgement;
	enum reason reason;
	double enough =
		model_quantile(&predictor->params, model, step, query->probability, &reason);

	model_judge(&predictor->params, model, step, &judgement);
	*ret_metric = no_answer;
	if (judgement.fit != NULL) {
		ret_metric->n = judgement.fit->n;
		if (judgement.fit->has_input) {
			ret_metric->input_min = judgement.fit->input_min;
			ret_metric->input_max = judgement.fit->input_max;
		}
	}
	/* A step without a value is refused as such unless there is more to say. */
	if (reason == REASON_NONE && isnan(judgement.expected))
		reason = judgement.reason;
	if (reason != REASON_NONE) {
		ret_metric->reason = reason_word(reason);
		return;
	}
	ret_metric->expected = judgement.expected;
	ret_metric->low = judgement.low;
	ret_metric->high = judgement.high;
	ret_metric->enough = enough;
}

void predictor_refuse(struct predictor_answer *answer, const char *reason)
{
	answer->group = "";
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		answer->metrics[m] = no_answer;
		answer->metrics[m].reason = reason;
	}
}

int predictor_ask_group(struct predictor *predictor, const struct store_group *group,
			const struct predictor_query *query, struct predictor_answer *ret_answer,
			struct jo_err *err)
{
	struct model_attribute attributes[FIT_ATTRIBUTES_MAX];
	struct fit_row row = {
		.obs = {.cpu_count = query->cpu_count,
			.task_count = query->task_count,
			.node_count = query->node_count,
			.attrs = query->attrs},
		.node_model = NAN,
		.user = fit_attributes_category(query->user),
		.read_bytes = JO_MISSING,
		.write_bytes = JO_MISSING,
	};
	struct model_step step = {
		.input_bytes = query->input_bytes == JO_MISSING ? NAN : (double)query->input_bytes,
		.value = NAN,
		.is_among = query->is_among,
		.attributes = attributes,
	};
	struct arena_block *words = NULL;
	struct known *known;
	int rc = fit_group(predictor, group, &known, err);

	fit_attributes_read(&row, &words);
	step.attribute_n = fit_attributes_of(&row, attributes);
	arena_release(&words);
	if (rc < 0)
		return rc;
	ret_answer->group = known->name;
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		ask_metric(predictor, &known->fits.models[m], query, &step,
			   &ret_answer->metrics[m]);
		ret_answer->metrics[m].measure = known->fits.measures[m];
	}
	return 0;
}

int predictor_ask(struct predictor *predictor, const struct predictor_query *query,
		  struct predictor_answer *ret_answer, struct jo_err *err)
{
	const char *reason = NULL;
	struct store_group group;
	int rc = find_group(predictor->store, query, &group, &reason, err);

	if (rc < 0)
		return rc;
	if (rc == 0) {
		predictor_refuse(ret_answer, reason);
		return 0;
	}
	rc = predictor_ask_group(predictor, &group, query, ret_answer, err);
	group_release(&group);
	return rc;
}

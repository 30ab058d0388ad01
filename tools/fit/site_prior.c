/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fits a sample of groups with the built-in priors, and asks the model what they have in common. */
#include "site_prior.h"

#include <stdbool.h>
#include <stdlib.h>

#include "fits.h"
#include "groups.h"
#include "model_cache.h"
#include "night_priors.h"
#include "util/alloc.h"
#include "util/scramble.h"
#include "util/workers.h"

/* Two numbers per metric are learnt: more groups would not change them visibly. */
#define SAMPLE_GROUPS 200

/* Groups looked at to find these; many of a site's groups have a few steps only. */
#define SAMPLE_TRIES 2000

/* Under which the store keeps the models of the sample. */
#define KEPT_NAME "prior-sample"

struct sample {
	struct model_params params;
	struct model_workspace **workspaces;
	struct baseline baselines[SAMPLE_GROUPS];
	struct fits fits[SAMPLE_GROUPS]; /* of those that were fitted */
	struct model_cache_entry entries[SAMPLE_GROUPS];
	size_t count;
};

/* Ids are spread evenly so, whatever order groups came up in. */
static int compare_scrambled(const void *a, const void *b)
{
	uint64_t x = scramble((uint64_t)((const struct store_group *)a)->id);
	uint64_t y = scramble((uint64_t)((const struct store_group *)b)->id);

	return (x > y) - (x < y);
}

static void fit_sample(void *context, size_t index, unsigned int worker)
{
	struct sample *sample = context;

	fits_make(&sample->baselines[index], NULL, 0, &sample->entries[index].cache,
		  &sample->params, sample->workspaces[worker], &sample->fits[index]);
}

static int read_sample(struct store *store, struct node_models *nodes, struct carryover *carryover,
		       int64_t before_unix_us, struct sample *sample, struct jo_err *err)
{
	struct store_group_selection selection;
	struct store_group *groups = NULL;
	size_t count = 0;
	int rc;

	store_group_selection_init(&selection);
	rc = group_list(store, &selection, &groups, &count, err);
	if (rc < 0)
		return rc;
	if (count > 0)
		qsort(groups, count, sizeof(groups[0]), compare_scrambled);
	for (size_t i = 0; i < count && i < SAMPLE_TRIES && sample->count < SAMPLE_GROUPS; i++) {
		struct baseline *baseline = &sample->baselines[sample->count];

		rc = baseline_read_own(store, nodes, carryover, &sample->params, &groups[i],
				       before_unix_us, baseline, err);
		if (rc < 0)
			break;
		if (baseline->own.history.count >= sample->params.own_enough)
			sample->count++;
		else
			baseline_release(baseline);
	}
	group_list_free(groups, count);
	return rc;
}

/* Give each of the sample what was kept of it, and free the rest. */
static int recall(struct store *store, struct sample *sample, struct jo_err *err)
{
	struct model_cache_entry *known;
	size_t known_n;
	int rc = model_cache_list_load(store, KEPT_NAME, &known, &known_n, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < sample->count; i++)
		sample->entries[i].group_id = sample->baselines[i].group.id;
	for (size_t k = 0; k < known_n; k++) {
		size_t i = 0;

		while (i < sample->count && sample->entries[i].group_id != known[k].group_id)
			i++;
		if (i == sample->count || sample->entries[i].cache.models[0].size > 0)
			model_cache_release(&known[k].cache);
		else
			sample->entries[i].cache = known[k].cache;
	}
	free(known);
	return 0;
}

/* Keep the sample's models, if any was fitted anew. */
static int keep(struct store *store, const struct sample *sample, struct jo_err *err)
{
	bool is_new = false;

	for (size_t i = 0; i < sample->count; i++)
		for (size_t m = 0; m < METRIC_COUNT; m++)
			is_new = is_new || sample->entries[i].cache.models[m].is_new;
	if (!is_new)
		return 0;
	return model_cache_list_store(store, KEPT_NAME, sample->entries, sample->count, err);
}

/* The models of one metric, sized and unsized ones together. */
static void learn_metric(const struct sample *sample, enum metric metric,
			 struct model_params *params)
{
	const struct model *models[SAMPLE_GROUPS];

	for (size_t i = 0; i < sample->count; i++)
		models[i] = &sample->fits[i].models[metric];
	model_prior_learn(models, sample->count, metric, &params->prior[metric]);
}

int site_prior_learn(struct store *store, struct node_models *nodes, struct carryover *carryover,
		     int64_t before_unix_us, bool want_store, unsigned int thread_count,
		     struct model_workspace **workspaces, struct model_params *params,
		     struct jo_err *err)
{
	struct sample *sample = xcalloc(1, sizeof(*sample));
	struct model_params built_in;
	int rc;

	model_params_init(&built_in);
	sample->params = *params;
	for (size_t m = 0; m < METRIC_COUNT; m++)
		sample->params.prior[m] = built_in.prior[m];
	sample->workspaces = workspaces;
	rc = read_sample(store, nodes, carryover, before_unix_us, sample, err);
	if (rc == 0)
		rc = recall(store, sample, err);
	if (rc == 0) {
		workers_run(fit_sample, sample, sample->count, thread_count);
		for (size_t m = 0; m < METRIC_COUNT; m++)
			learn_metric(sample, (enum metric)m, params);
		if (want_store)
			rc = keep(store, sample, err);
		if (rc == 0 && want_store)
			rc = night_priors_put(store, before_unix_us, params, err);
	}
	for (size_t i = 0; i < sample->count; i++) {
		fits_release(&sample->fits[i]);
		model_cache_release(&sample->entries[i].cache);
		baseline_release(&sample->baselines[i]);
	}
	free(sample);
	return rc;
}

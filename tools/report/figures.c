/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts nodes, coverage and health on the page, and the tiles that sum it up. */
#include "report/figures.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/when.h"

static int add_nodes(struct store *store, const struct report_options *options,
		     const struct survey *survey, struct report_page *page, size_t *ret_slow,
		     struct jo_err *err)
{
	*ret_slow = 0;
	for (guint i = 0; i < survey->nodes->len; i++) {
		const struct explain_node *node = &survey->node_findings[i];
		const struct survey_node *named = &g_array_index(survey->nodes, struct survey_node, i);
		struct report_node row = {.node = named->name,
					  .job_count = (int64_t)node->step_n,
					  .group_count = (int64_t)node->group_n,
					  .ratio = exp(node->log_ratio),
					  .p_value = node->p_holm};
		struct store_node described;
		char *sentence = NULL;
		int rc = store_node_at(store, named->cluster, named->name, options->to_unix_us,
				       &described, err);

		if (rc < 0)
			return rc;
		row.model = rc > 0 ? described.node_model : NULL;
		if (node->is_slow)
			sentence = xasprintf("%.2g times slower than the others: %zu jobs of %zu "
					     "groups and %zu users",
					     row.ratio, node->step_n, node->group_n, node->user_n);
		row.finding = sentence != NULL ? sentence : "";
		report_page_add_node(page, &row);
		free(sentence);
		*ret_slow += (size_t)node->is_slow;
	}
	return 0;
}

static void add_coverage(const struct survey *survey, struct report_page *page)
{
	for (guint i = 0; i < survey->partitions->len; i++) {
		const struct survey_partition *partition =
			&g_array_index(survey->partitions, struct survey_partition, i);
		struct report_reason reasons[REASON_MODEL_COUNT + 1];
		struct report_coverage row = {.partition = partition->name,
					      .step_count = partition->step_count,
					      .sized_count = partition->sized_count,
					      .judged_count = partition->judged_count,
					      .reasons = reasons};

		for (size_t r = 1; r <= REASON_MODEL_COUNT; r++)
			if (partition->reason_counts[r] > 0)
				reasons[row.reason_n++] = (struct report_reason){
					r < REASON_MODEL_COUNT ? reason_word((enum reason)r)
							       : "other",
					partition->reason_counts[r]};
		report_page_add_coverage(page, &row);
	}
}

static int add_health(struct store *store, const struct report_options *options,
		      const struct survey *survey, struct report_page *page, struct jo_err *err)
{
	const struct health_site site = {options->from_unix_us, options->to_unix_us,
					 options->spools, options->spool_count};
	struct health_fact facts[HEALTH_FACTS_MAX];
	struct health health;
	size_t count;
	int rc = health_read(store, survey, &site, &health, err);

	if (rc < 0)
		return rc;
	count = health_facts(&health, facts);
	for (size_t i = 0; i < count; i++)
		report_page_add_health(page, facts[i].label, facts[i].state, facts[i].text);
	health_facts_release(facts, count);
	health_release(&health);
	return 0;
}

static void add_tile(struct report_page *page, const char *label, char *value)
{
	report_page_add_tile(page, label, value);
	free(value);
}

static void add_tiles(const struct survey *survey, size_t found_step_count, size_t slow_node_count,
		      struct report_page *page)
{
	GHashTable *users = g_hash_table_new(g_str_hash, g_str_equal);
	double core_hours = 0, total = (double)survey->step_count;

	for (guint i = 0; i < survey->findings->len; i++) {
		const struct survey_finding *finding =
			&g_array_index(survey->findings, struct survey_finding, i);

		(void)g_hash_table_add(users, (gpointer)finding->user);
		/* CPU time lies within what the run time holds of processors */
		if (isfinite(finding->core_hours) && metric_infos[finding->metric].is_on_all_cpus)
			core_hours += finding->core_hours;
	}
	add_tile(page, "findings", xasprintf("%zu", found_step_count));
	add_tile(page, "users with findings", xasprintf("%u", g_hash_table_size(users)));
	add_tile(page, "core-hours over the expected", xasprintf("%.1f", core_hours));
	add_tile(page, "slow nodes", xasprintf("%zu", slow_node_count));
	add_tile(page, "steps", xasprintf("%" PRId64, survey->step_count));
	if (survey->step_count > 0) {
		add_tile(page, "judged",
			 xasprintf("%.0f %%", 100 * (double)survey->judged_count / total));
		add_tile(page, "with a declared input size",
			 xasprintf("%.0f %%", 100 * (double)survey->sized_count / total));
	}
	if (survey->history_count > 0)
		add_tile(page, "steps of history, not judged",
			 xasprintf("%" PRId64, survey->history_count));
	g_hash_table_destroy(users);
}

int figures_add(struct store *store, const struct report_options *options,
		const struct survey *survey, size_t found_step_count, struct report_page *page,
		size_t *ret_slow_node_count, struct jo_err *err)
{
	int rc = add_nodes(store, options, survey, page, ret_slow_node_count, err);

	if (rc == 0)
		rc = add_health(store, options, survey, page, err);
	if (rc < 0)
		return rc;
	add_coverage(survey, page);
	add_tiles(survey, found_step_count, *ret_slow_node_count, page);
	return 0;
}

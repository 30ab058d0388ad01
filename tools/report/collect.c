/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a survey, its groups' sheets and the site's health on a page. */
#include "report/collect.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain/peers.h"
#include "judge/night.h"
#include "report/sheet.h"
#include "report/survey.h"
#include "util/alloc.h"
#include "util/when.h"

#define DIFFERENCES_MAX 2 /* in a cell of the findings' table */
#define QUIET_GROUPS 12 /* pictured when nothing was found, for whoever looks */

/* The groups on the page, by id, with their index there + 1. */
struct placed {
	GHashTable *index_by_id;
	struct predictor *predictor;
};

static int place_group(struct store *store, const struct report_options *options,
		       struct placed *placed, struct report_page *page, int64_t group_id,
		       struct jo_err *err)
{
	struct sheet *sheet;
	int rc;

	if (g_hash_table_lookup(placed->index_by_id, &group_id) != NULL ||
	    g_hash_table_size(placed->index_by_id) >= REPORT_GROUPS_MAX)
		return 0;
	rc = sheet_read(store, placed->predictor, group_id, options->to_unix_us,
			REPORT_GROUP_STEPS_MAX, &sheet, err);
	if (rc < 0)
		return rc;
	g_hash_table_insert(placed->index_by_id, g_memdup2(&group_id, sizeof(group_id)),
			    GSIZE_TO_POINTER(report_page_add_group(page, &sheet->group) + 1));
	sheet_free(sheet);
	return 0;
}

/* The findings' groups, the most surprising first. */
static int place_found_groups(struct store *store, const struct report_options *options,
			      const struct survey *survey, struct placed *placed,
			      struct report_page *page, struct jo_err *err)
{
	int rc = 0;

	for (guint i = 0; i < survey->findings->len && rc == 0; i++)
		rc = place_group(store, options, placed, page,
				 g_array_index(survey->findings, struct survey_finding, i).group_id,
				 err);
	return rc;
}

/* Without findings: the groups that were at work last. */
static int place_quiet_groups(struct store *store, const struct report_options *options,
			      struct placed *placed, struct report_page *page, struct jo_err *err)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct store_step step;
	int64_t ids[QUIET_GROUPS];
	size_t count = 0;
	int rc;

	store_selection_init(&selection);
	selection.end_to_unix_us = options->to_unix_us;
	selection.order = STORE_BY_END_NEWEST;
	selection.limit = QUIET_GROUPS * REPORT_GROUP_STEPS_MAX;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while (count < QUIET_GROUPS && (rc = store_steps_next(cursor, &step, err)) > 0) {
		size_t i = 0;

		while (i < count && ids[i] != step.group_id)
			i++;
		if (i == count && step.end_unix_us != JO_MISSING)
			ids[count++] = step.group_id;
	}
	store_cursor_close(cursor);
	for (size_t i = 0; i < count && rc >= 0; i++)
		rc = place_group(store, options, placed, page, ids[i], err);
	return rc < 0 ? rc : 0;
}

/* Its node, if that was slow for everybody. */
static const struct explain_node *slow_node(const struct survey *survey,
					    const struct survey_finding *found)
{
	for (guint i = 0; i < survey->nodes->len && found->metric == STORE_WALL; i++) {
		const struct survey_node *named =
			&g_array_index(survey->nodes, struct survey_node, i);

		if (survey->node_findings[i].is_slow && strcmp(named->name, found->node) == 0 &&
		    strcmp(named->cluster, found->cluster) == 0)
			return &survey->node_findings[i];
	}
	return NULL;
}

/* In what a finding's step differs from its peers, as one cell of a table; the caller frees it. */
static int differs_text(struct store *store, const struct survey *survey,
			const struct survey_finding *found, char **ret_text, struct jo_err *err)
{
	const struct explain_node *slow = slow_node(survey, found);
	struct explain_difference differences[DIFFERENCES_MAX];
	struct explain_peers peers;
	struct strbuf text;
	size_t count;
	int rc = explain_peers_read(store, found->metric, &found->step_id, 1, &peers, err);

	if (rc < 0)
		return rc;
	count = explain_peers_differ(&peers, differences, DIFFERENCES_MAX);
	explain_peers_release(&peers);
	strbuf_init(&text);
	if (slow != NULL)
		strbuf_addf(&text, "node %s is slow: all took %.2g times as long there",
			    found->node, exp(slow->log_ratio));
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&text, "%s%s", text.len == 0 ? "" : ". ", differences[i].text);
	*ret_text = strbuf_detach(&text);
	return 0;
}

static int add_findings(struct store *store, const struct survey *survey,
			const struct placed *placed, struct report_page *page, struct jo_err *err)
{
	for (guint i = 0; i < survey->findings->len && i < REPORT_FINDINGS_MAX; i++) {
		const struct survey_finding *found =
			&g_array_index(survey->findings, struct survey_finding, i);
		gpointer index = g_hash_table_lookup(placed->index_by_id, &found->group_id);
		struct report_finding finding = {
			.group = index == NULL ? REPORT_NO_GROUP : GPOINTER_TO_SIZE(index) - 1,
			.metric = found->metric == STORE_WALL ? REPORT_WALL : REPORT_MEMORY,
			.job = found->job,
			.user = found->user,
			.partition = found->partition,
			.class_name = found->class_name,
			.node = found->node,
			.ratio = found->ratio,
			.value = found->value,
			.expected = found->expected,
			.core_hours = found->core_hours,
			.end_unix_s = (double)found->end_unix_us / WHEN_US_PER_S,
		};
		char *differs;
		int rc = differs_text(store, survey, found, &differs, err);

		if (rc < 0)
			return rc;
		finding.differs = differs;
		report_page_add_finding(page, &finding);
		free(differs);
	}
	return 0;
}

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

static char *reasons_text(const struct survey_partition *partition)
{
	struct strbuf text;

	strbuf_init(&text);
	for (size_t i = 1; i <= MODEL_REASONS; i++)
		if (partition->reason_counts[i] > 0)
			strbuf_addf(&text, "%s%" PRId64 " %s", text.len > 0 ? ", " : "",
				    partition->reason_counts[i],
				    i < MODEL_REASONS ? model_reason_word((enum model_reason)i)
						      : "other");
	return strbuf_detach(&text);
}

static void add_coverage(const struct survey *survey, struct report_page *page)
{
	for (guint i = 0; i < survey->partitions->len; i++) {
		const struct survey_partition *partition =
			&g_array_index(survey->partitions, struct survey_partition, i);
		double count = (double)partition->step_count;
		char *reasons = reasons_text(partition);

		report_page_add_coverage(
			page, &(struct report_coverage){
				      partition->name, partition->step_count,
				      (double)partition->sized_count / count,
				      (double)partition->judged_count / count, reasons});
		free(reasons);
	}
}

static void add_node_health(struct report_page *page, const struct store_node_health *health,
			    int64_t now_unix_us)
{
	char since[WHEN_TEXT_SIZE];
	bool is_silent = now_unix_us - health->last_record_unix_us > 86400 * WHEN_US_PER_S;
	bool has_loss = health->dropped_count > 0 || health->bad_count > 0;
	char *what, *detail;

	if (!is_silent && !has_loss)
		return;
	what = xasprintf("node %s", health->node);
	detail = xasprintf("last record %s; %" PRId64 " dropped on the node, %" PRId64
			   " set aside by ingest",
			   when_format(health->last_record_unix_us, since), health->dropped_count,
			   health->bad_count);
	report_page_add_health(page, what, has_loss ? "lost records" : "silent", detail);
	free(what);
	free(detail);
}

static int add_health(struct store *store, const struct report_options *options,
		      struct report_page *page, struct jo_err *err)
{
	struct store_node_health health;
	struct store_counts counts;
	struct store_cursor *cursor;
	char *detail;
	int rc = store_counts(store, &counts, err);

	if (rc < 0)
		return rc;
	detail = xasprintf("%" PRId64 " steps kept, %" PRId64 " running, %" PRId64
			   " not judged yet, %.1f MB",
			   counts.step_count, counts.running_count, counts.unjudged_count,
			   (double)counts.file_bytes / 1e6);
	report_page_add_health(page, "database", "ok", detail);
	free(detail);
	rc = store_node_health_open(store, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_node_health_next(cursor, &health, err)) > 0)
		add_node_health(page, &health, options->now_unix_us);
	store_cursor_close(cursor);
	return rc;
}

static void add_tile(struct report_page *page, const char *label, char *value)
{
	report_page_add_tile(page, label, value);
	free(value);
}

static void add_tiles(const struct survey *survey, size_t slow_node_count,
		      struct report_page *page)
{
	GHashTable *users = g_hash_table_new(g_str_hash, g_str_equal);
	double core_hours = 0, total = (double)survey->step_count;

	for (guint i = 0; i < survey->findings->len; i++) {
		const struct survey_finding *finding =
			&g_array_index(survey->findings, struct survey_finding, i);

		(void)g_hash_table_add(users, (gpointer)finding->user);
		core_hours += isfinite(finding->core_hours) ? finding->core_hours : 0;
	}
	add_tile(page, "findings", xasprintf("%u", survey->findings->len));
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
	g_hash_table_destroy(users);
}

static int fill(struct store *store, const struct report_options *options,
		const struct survey *survey, struct placed *placed, struct report_page *page,
		struct report_counts *counts, struct jo_err *err)
{
	int rc = place_found_groups(store, options, survey, placed, page, err);

	if (rc == 0 && survey->findings->len == 0)
		rc = place_quiet_groups(store, options, placed, page, err);
	if (rc == 0)
		rc = add_nodes(store, options, survey, page, &counts->slow_node_count, err);
	if (rc == 0)
		rc = add_health(store, options, page, err);
	if (rc == 0)
		rc = add_findings(store, survey, placed, page, err);
	if (rc < 0)
		return rc;
	add_coverage(survey, page);
	add_tiles(survey, counts->slow_node_count, page);
	counts->finding_count = survey->findings->len;
	counts->group_count = g_hash_table_size(placed->index_by_id);
	return 0;
}

int report_collect(struct store *store, const struct report_options *options,
		   struct report_page **ret_page, struct report_counts *ret_counts,
		   struct jo_err *err)
{
	const struct report_heading heading = {options->title,
					       options->from_unix_us / WHEN_US_PER_S,
					       options->to_unix_us / WHEN_US_PER_S,
					       options->now_unix_us / WHEN_US_PER_S};
	struct placed placed = {
		.index_by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
	struct report_page *page = report_page_new(&heading);
	struct report_counts counts = {0};
	struct survey survey;
	int rc = survey_read(store, options->from_unix_us, options->to_unix_us, &survey, err);

	if (rc < 0)
		goto out;
	/* The bands are those against which the last night was judged, without its outliers. */
	rc = predictor_new(store, options->judge, night_of(options->to_unix_us - 1).from_unix_us,
			   &placed.predictor, err);
	if (rc == 0)
		rc = fill(store, options, &survey, &placed, page, &counts, err);
	predictor_free(placed.predictor);
	survey_release(&survey);
	if (rc < 0)
		goto out;
	*ret_page = page;
	*ret_counts = counts;
	page = NULL;
out:
	report_page_free(page);
	g_hash_table_destroy(placed.index_by_id);
	return rc;
}

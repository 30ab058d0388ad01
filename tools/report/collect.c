/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a survey's findings, their groups' sheets and the figures on a page. */
#include "report/collect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "explain/peers.h"
#include "explain/span_tree.h"
#include "explain/where.h"
#include "finding/survey.h"
#include "judge/night_predictors.h"
#include "report/drawn_jobs.h"
#include "report/earlier.h"
#include "report/figures.h"
#include "report/found_steps.h"
#include "report/moved.h"
#include "report/sheet.h"
#include "step/night.h"
#include "util/alloc.h"
#include "util/when.h"

#define DIFFERENCES_MAX 2 /* in a cell of the findings' table */
#define QUIET_GROUPS 12   /* pictured when nothing was found, for whoever looks */

/* The groups on the page, by id, with their index there + 1. */
struct placed {
	GHashTable *index_by_id;
	struct night_predictors predictors;
	size_t bytes_max; /* of the page with its groups */
};

/*
 * The models against which the night was judged, without its outliers; of too
 * many nights the last one's, whose predictor is the first.
 */
static int find_predictor(struct store *store, const struct report_options *options,
			  struct placed *placed, int64_t *night_unix_us,
			  struct predictor **ret_predictor, struct jo_err *err)
{
	int rc = night_predictors_get(&placed->predictors, store, options->judge, *night_unix_us,
				      ret_predictor, err);

	if (rc == 0 && *ret_predictor == NULL) {
		*night_unix_us = options->to_unix_us - 1;
		*ret_predictor = placed->predictors.nights[0].predictor;
	}
	return rc;
}

static int place_group(struct store *store, const struct report_options *options,
		       struct placed *placed, struct report_page *page, int64_t group_id,
		       int64_t night_unix_us, struct jo_err *err)
{
	struct predictor *predictor;
	struct sheet *sheet;
	int rc;

	if (g_hash_table_lookup(placed->index_by_id, &group_id) != NULL ||
	    g_hash_table_size(placed->index_by_id) >= REPORT_GROUPS_MAX ||
	    report_page_size(page) >= placed->bytes_max)
		return 0;
	rc = find_predictor(store, options, placed, &night_unix_us, &predictor, err);
	if (rc == 0)
		rc = sheet_read(store, predictor, group_id, options->to_unix_us,
				REPORT_GROUP_STEPS_MAX, &sheet, err);
	if (rc < 0)
		return rc;
	sheet->group.judged_unix_s = (double)night_of(night_unix_us).from_unix_us / JO_US_PER_S;
	g_hash_table_insert(placed->index_by_id, g_memdup(&group_id, sizeof(group_id)),
			    GSIZE_TO_POINTER(report_page_add_group(page, &sheet->group) + 1));
	sheet_free(sheet);
	return 0;
}

/* The findings' groups, the weightiest first. */
static int place_found_groups(struct store *store, const struct report_options *options,
			      const struct found_steps *steps, struct placed *placed,
			      struct report_page *page, struct jo_err *err)
{
	int rc = 0;

	for (guint i = 0; i < steps->list->len && rc == 0; i++) {
		const struct survey_finding *found =
			g_array_index(steps->list, struct found_step, i).found;

		rc = place_group(store, options, placed, page, found->group_id, found->end_unix_us,
				 err);
	}
	return rc;
}

/* The groups whose level moved come first, but leave room for the others. */
static int place_moved_groups(struct store *store, const struct report_options *options,
			      const struct drift_account *drifts, struct placed *placed,
			      struct report_page *page, struct jo_err *err)
{
	int rc = 0;

	for (guint i = 0;
	     i < drifts->list->len && rc == 0 && report_page_size(page) < REPORT_MOVED_BYTES; i++)
		rc = place_group(store, options, placed, page,
				 drift_account_get(drifts, i)->drift.group_id,
				 options->to_unix_us - 1, err);
	return rc;
}

static size_t index_of(const struct placed *placed, const int64_t *group_id)
{
	gpointer index = g_hash_table_lookup(placed->index_by_id, group_id);

	return index == NULL ? REPORT_NO_GROUP : GPOINTER_TO_SIZE(index) - 1;
}

static int add_moved(struct store *store, const struct report_options *options,
		     struct placed *placed, struct report_page *page, size_t *ret_count,
		     struct jo_err *err)
{
	struct drift_account drifts;
	size_t count = 0;
	int rc = moved_read(store, options, &drifts, err);

	if (rc < 0)
		return rc;
	rc = place_moved_groups(store, options, &drifts, placed, page, err);
	for (guint i = 0; i < drifts.list->len && rc == 0; i++) {
		const struct drift_finding *finding = drift_account_get(&drifts, i);

		/* One of the CPU time stands in the row of the run time's at the same date. */
		if (finding->wall != NULL)
			continue;
		moved_add(page, finding, index_of(placed, &finding->drift.group_id));
		count++;
	}
	*ret_count = count;
	drift_account_release(&drifts);
	return rc;
}

/* Without findings: the groups that were at work last; scripts that wait for steps are in none. */
static int place_quiet_groups(struct store *store, const struct report_options *options,
			      struct placed *placed, struct report_page *page, struct jo_err *err)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
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
		if (i == count && step.end_unix_us != JO_MISSING && step.is_script != 1)
			ids[count++] = step.group_id;
	}
	store_cursor_close(cursor);
	for (size_t i = 0; i < count && rc >= 0; i++)
		rc = place_group(store, options, placed, page, ids[i], options->to_unix_us - 1,
				 err);
	return rc < 0 ? rc : 0;
}

/* Its node, if that was slow for everybody. */
static const struct explain_node *slow_node(const struct survey *survey,
					    const struct report_finding *row)
{
	for (guint i = 0; i < survey->nodes->len && row->metric == METRIC_WALL; i++) {
		const struct survey_node *named =
			&g_array_index(survey->nodes, struct survey_node, i);

		if (survey->node_findings[i].is_slow && strcmp(named->name, row->node) == 0 &&
		    strcmp(named->cluster, row->cluster) == 0)
			return &survey->node_findings[i];
	}
	return NULL;
}

/* Where more of a step's time went than in its peers, where samples tell. */
static int add_where(struct store *store, const struct explain_peers *peers, struct strbuf *text,
		     struct jo_err *err)
{
	struct explain_where where;
	int rc = explain_where_gained(store, peers, &where, err);

	if (rc <= 0)
		return rc;
	strbuf_adds(text, text->len == 0 ? "of its time " : ". Of its time ");
	explain_gain_write(&where, &where.gains[0], text);
	explain_where_release(&where);
	return 0;
}

/* Which of its program's spans took the time, where that is what it is about. */
static int add_span(struct store *store, const struct explain_peers *peers, struct strbuf *text,
		    struct jo_err *err)
{
	struct explain_span_tree tree;
	int rc = explain_culprit_read(store, peers, &tree, err);

	if (rc <= 0)
		return rc;
	strbuf_adds(text, text->len == 0 ? "its span " : ". Its span ");
	explain_culprit_write(&tree, text);
	explain_span_tree_release(&tree);
	return 0;
}

/* In what a finding's step differs from its peers, as one cell of a table; the caller frees it. */
static int differs_text(struct store *store, const struct survey *survey, int64_t step_id,
			const struct report_finding *row, char **ret_text, struct jo_err *err)
{
	const struct explain_node *slow = slow_node(survey, row);
	struct explain_difference differences[DIFFERENCES_MAX];
	struct explain_peers peers;
	struct strbuf text;
	size_t count;
	int rc = explain_peers_read(store, row->metric, &step_id, 1, &peers, err);

	if (rc < 0)
		return rc;
	count = explain_peers_differ(&peers, differences, DIFFERENCES_MAX);
	strbuf_init(&text);
	if (slow != NULL)
		strbuf_addf(&text, "node %s is slow: all took %.2g times as long there", row->node,
			    exp(slow->log_ratio));
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&text, "%s%s", text.len == 0 ? "" : ". ", differences[i].text);
	rc = add_where(store, &peers, &text, err);
	if (rc == 0)
		rc = add_span(store, &peers, &text, err);
	explain_peers_release(&peers);
	if (rc == 0)
		*ret_text = strbuf_detach(&text);
	strbuf_release(&text);
	return rc;
}

static int add_findings(struct store *store, const struct survey *survey,
			const struct found_steps *steps, const struct placed *placed,
			struct report_page *page, struct jo_err *err)
{
	for (guint i = 0; i < steps->list->len && report_page_size(page) < REPORT_BYTES; i++) {
		const struct found_step *step = &g_array_index(steps->list, struct found_step, i);
		struct report_finding finding = step->row;
		char *differs = NULL;
		int rc = differs_text(store, survey, step->found->step_id, &finding, &differs, err);

		if (rc < 0)
			return rc;
		finding.group = index_of(placed, &step->found->group_id);
		finding.differs = differs;
		report_page_add_finding(page, &finding);
		free(differs);
	}
	return 0;
}

static void add_links(const struct strlist *links, struct report_page *page)
{
	for (size_t i = 0; i < links->count; i++) {
		const char *equals = strchr(links->list[i], '=');
		char *name = g_strndup(links->list[i], (gsize)(equals - links->list[i]));

		report_page_add_link(page, name, equals + 1);
		g_free(name);
	}
}

static size_t count_groups(const struct survey *survey)
{
	GHashTable *ids = g_hash_table_new(g_int64_hash, g_int64_equal);
	size_t count;

	for (guint i = 0; i < survey->findings->len; i++)
		(void)g_hash_table_add(
			ids, &g_array_index(survey->findings, struct survey_finding, i).group_id);
	count = g_hash_table_size(ids);
	g_hash_table_destroy(ids);
	return count;
}

/* What groups may fill, so that there is room for the findings. */
static size_t groups_bytes(size_t finding_count)
{
	size_t needed = finding_count * REPORT_FINDING_BYTES;
	size_t left = needed < REPORT_BYTES ? REPORT_BYTES - needed : 0;

	return CLAMP(left, REPORT_GROUPS_LEAST, REPORT_GROUPS_BYTES);
}

/* The findings come last: they point to groups, and fill what room is left. */
static int fill(struct store *store, const struct report_options *options,
		const struct survey *survey, const struct found_steps *steps, struct placed *placed,
		struct report_page *page, struct report_counts *counts, struct jo_err *err)
{
	int rc = figures_add(store, options, survey, steps->list->len, page,
			     &counts->slow_node_count, err);

	placed->bytes_max = groups_bytes(steps->list->len);
	add_links(options->links, page);
	if (rc == 0)
		rc = drawn_jobs_add(store, survey, REPORT_JOBS_MAX, page, err);
	if (rc == 0)
		rc = earlier_add(store, options, page, err);
	if (rc == 0)
		rc = add_moved(store, options, placed, page, &counts->moved_count, err);
	if (rc == 0)
		rc = place_found_groups(store, options, steps, placed, page, err);
	if (rc == 0 && steps->list->len == 0)
		rc = place_quiet_groups(store, options, placed, page, err);
	if (rc == 0)
		rc = add_findings(store, survey, steps, placed, page, err);
	if (rc < 0)
		return rc;
	counts->finding_count = steps->list->len;
	if (survey->step_count > 0 && survey->sized_count == 0)
		report_page_set_advice(page, STEP_UNSIZED_ADVICE);
	report_page_set_night(page, &survey->heat);
	counts->found_group_count = count_groups(survey);
	counts->group_count = g_hash_table_size(placed->index_by_id);
	report_page_set_totals(page, counts->finding_count, counts->found_group_count);
	return 0;
}

int report_collect(struct store *store, const struct report_options *options,
		   struct report_page **ret_page, struct report_counts *ret_counts,
		   struct jo_err *err)
{
	const struct report_heading heading = {options->title, options->from_unix_us / JO_US_PER_S,
					       options->to_unix_us / JO_US_PER_S,
					       options->now_unix_us / JO_US_PER_S};
	struct placed placed = {
		.index_by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
	struct report_page *page = report_page_new(&heading);
	struct report_counts counts = {0};
	struct found_steps steps;
	struct predictor *last;
	struct survey survey;
	int rc = survey_read(store, options->from_unix_us, options->to_unix_us, &survey, err);

	if (rc < 0)
		goto out;
	rc = night_predictors_get(&placed.predictors, store, options->judge,
				  options->to_unix_us - 1, &last, err);
	if (rc == 0)
		rc = found_steps_read(store, &survey, &steps, err);
	if (rc == 0) {
		rc = fill(store, options, &survey, &steps, &placed, page, &counts, err);
		found_steps_release(&steps);
	}
	night_predictors_release(&placed.predictors);
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

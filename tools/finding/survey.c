/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads verdicts once and keeps of each what the page needs. */
#include "finding/survey.h"

#include "joboutliers/units.h"
#include "step/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One scale for every night, so that nights compare: an eighth to sixteen times. */
#define HEAT_LOW 0.125
#define HEAT_HIGH 16.0
#define HEAT_COLUMNS 96 /* a quarter of an hour of one night */
#define HEAT_ROWS 35    /* five to each doubling */

/* While reading: names to numbers, and each step's log ratio. */
struct pass {
	struct survey survey;
	GHashTable *nodes, *users, *partitions, *classes; /* name to index + 1 */
	GArray *node_steps;                               /* struct explain_node_step */
};

static guint index_of(GHashTable *table, GStringChunk *strings, const char *name, bool *ret_is_new)
{
	gpointer known = g_hash_table_lookup(table, name);

	*ret_is_new = known == NULL;
	if (known == NULL) {
		known = GUINT_TO_POINTER(g_hash_table_size(table) + 1);
		g_hash_table_insert(table, g_string_chunk_insert_const(strings, name), known);
	}
	return GPOINTER_TO_UINT(known) - 1;
}

/* The class of the step in its partition; good until the next new one. */
static struct survey_class *class_of(struct pass *pass, const struct step *step)
{
	GStringChunk *strings = pass->survey.strings;
	char *key = g_strconcat(step->partition, "\n", step->class_name, NULL);
	bool is_new;
	guint index = index_of(pass->classes, strings, key, &is_new);

	g_free(key);
	if (is_new) {
		struct survey_class empty = {
			.partition = g_string_chunk_insert_const(strings, step->partition),
			.name = g_string_chunk_insert_const(strings, step->class_name)};

		g_array_append_val(pass->survey.classes, empty);
	}
	return &g_array_index(pass->survey.classes, struct survey_class, index);
}

static void add_finding(struct pass *pass, const struct step *step,
			const struct step_verdict *verdict)
{
	GStringChunk *strings = pass->survey.strings;
	struct survey_finding finding = {
		.step_id = step->id,
		.group_id = step->group_id,
		.metric = verdict->metric,
		.user = g_string_chunk_insert_const(strings, step->user),
		.partition = g_string_chunk_insert_const(strings, step->partition),
		.end_unix_us = step->end_unix_us,
		.score = verdict->score,
		.core_hours = metric_core_hours(verdict->metric, verdict->value - verdict->expected,
						step->cpu_count),
	};

	struct survey_class *class = class_of(pass, step);

	class->high_counts[verdict->metric]++;
	if (verdict->metric == METRIC_WALL && isfinite(finding.core_hours))
		class->core_hours += finding.core_hours;
	(void)step_label_format(step, finding.job, sizeof(finding.job));
	g_array_append_val(pass->survey.findings, finding);
}

static void add_node_step(struct pass *pass, const struct step *step,
			  const struct step_verdict *verdict)
{
	struct explain_node_step node_step = {.group = (uint64_t)step->group_id,
					      .log_ratio = log(verdict->ratio)};
	struct survey_node node;
	bool is_new;
	char *key;

	/* A step of several nodes is as slow as its slowest, and does not say which that was. */
	if (!isfinite(node_step.log_ratio) || step->node_count > 1 || step->node[0] == '\0')
		return;
	key = g_strconcat(step->cluster, "\n", step->node, NULL);
	node_step.node = index_of(pass->nodes, pass->survey.strings, key, &is_new);
	g_free(key);
	if (is_new) {
		node.cluster = g_string_chunk_insert_const(pass->survey.strings, step->cluster);
		node.name = g_string_chunk_insert_const(pass->survey.strings, step->node);
		g_array_append_val(pass->survey.nodes, node);
	}
	node_step.user = index_of(pass->users, pass->survey.strings, step->user, &is_new);
	g_array_append_val(pass->node_steps, node_step);
}

static size_t reason_index(const char *word)
{
	size_t i = 1;

	while (i < REASON_MODEL_COUNT && strcmp(reason_word((enum reason)i), word) != 0)
		i++;
	return i;
}

static void add_coverage(struct pass *pass, const struct step *step,
			 const struct step_verdict *verdict)
{
	struct survey *survey = &pass->survey;
	struct survey_class *class = class_of(pass, step);
	struct survey_partition *partition;
	bool is_new, is_sized = step->input_bytes != JO_MISSING;
	bool is_judged = verdict->verdict != VERDICT_UNJUDGED;
	guint index = index_of(pass->partitions, survey->strings, step->partition, &is_new);

	if (is_new) {
		struct survey_partition empty = {
			.name = g_string_chunk_insert_const(survey->strings, step->partition)};

		g_array_append_val(survey->partitions, empty);
	}
	partition = &g_array_index(survey->partitions, struct survey_partition, index);
	partition->step_count++;
	partition->sized_count += is_sized;
	partition->judged_count += is_judged;
	if (!is_judged)
		partition->reason_counts[reason_index(verdict->reason)]++;
	class->step_count++;
	class->sized_count += is_sized;
	class->judged_count += is_judged;
	survey->step_count++;
	survey->sized_count += is_sized;
	survey->judged_count += is_judged;
}

static void add_heat(struct survey *survey, const struct step *step,
		     const struct step_verdict *verdict)
{
	if (verdict->verdict != VERDICT_UNJUDGED)
		heat_add(&survey->heat, (double)step->end_unix_us / JO_US_PER_S, verdict->ratio);
}

static gint compare_findings(gconstpointer left, gconstpointer right)
{
	const struct survey_finding *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->step_id != b->step_id)
		return a->step_id < b->step_id ? -1 : 1;
	return (gint)a->metric - (gint)b->metric;
}

static gint compare_partitions(gconstpointer left, gconstpointer right)
{
	const struct survey_partition *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static gint compare_classes(gconstpointer left, gconstpointer right)
{
	const struct survey_class *a = left, *b = right;
	int order;

	if (a->core_hours != b->core_hours)
		return a->core_hours > b->core_hours ? -1 : 1;
	if (a->step_count != b->step_count)
		return a->step_count > b->step_count ? -1 : 1;
	order = strcmp(a->partition, b->partition);
	return order != 0 ? order : strcmp(a->name, b->name);
}

/* What is looked at of a step. */
static const enum step_column_index column_list[] = {
	STEP_LABEL_COLUMNS, MEASURE_COLUMNS,  COL_group_id,    COL_cluster_id,
	COL_user_id,        COL_partition_id, COL_class_id,    COL_node_id,
	COL_node_count,     COL_cpu_count,    COL_end_unix_us, COL_input_bytes,
};
static const struct store_columns columns = STORE_COLUMNS(column_list);

/* Of memory only what is high is looked at, and nothing else is worth reading. */
static int read_verdicts(struct store *store, int64_t from_unix_us, int64_t to_unix_us,
			 enum metric metric, struct pass *pass, struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step_verdict verdict;
	struct step step;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.end_from_unix_us = from_unix_us;
	selection.steps.end_to_unix_us = to_unix_us;
	selection.steps.columns = &columns;
	selection.metric_mask = 1u << metric;
	selection.verdict_mask = metric == METRIC_WALL ? 0 : 1u << VERDICT_HIGH;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		if (verdict.verdict == VERDICT_HIGH)
			add_finding(pass, &step, &verdict);
		if (metric != METRIC_WALL)
			continue;
		g_array_append_val(pass->survey.step_ids, step.id);
		add_node_step(pass, &step, &verdict);
		add_coverage(pass, &step, &verdict);
		add_heat(&pass->survey, &step, &verdict);
	}
	store_cursor_close(cursor);
	return rc;
}

/* What ended in the stretch and is history. */
static int count_history(struct store *store, int64_t from_unix_us, int64_t to_unix_us,
			 int64_t *ret_count, struct jo_err *err)
{
	struct store_selection selection;

	store_selection_init(&selection);
	selection.want_history = true;
	selection.end_from_unix_us = from_unix_us;
	selection.end_to_unix_us = to_unix_us;
	return store_steps_count(store, &selection, ret_count, err);
}

int survey_read(struct store *store, int64_t from_unix_us, int64_t to_unix_us,
		struct survey *ret_survey, struct jo_err *err)
{
	struct pass pass = {
		.survey = {.findings = g_array_new(FALSE, FALSE, sizeof(struct survey_finding)),
			   .step_ids = g_array_new(FALSE, FALSE, sizeof(int64_t)),
			   .partitions = g_array_new(FALSE, FALSE, sizeof(struct survey_partition)),
			   .classes = g_array_new(FALSE, FALSE, sizeof(struct survey_class)),
			   .nodes = g_array_new(FALSE, FALSE, sizeof(struct survey_node)),
			   .strings = g_string_chunk_new(4096)},
		.nodes = g_hash_table_new(g_str_hash, g_str_equal),
		.users = g_hash_table_new(g_str_hash, g_str_equal),
		.partitions = g_hash_table_new(g_str_hash, g_str_equal),
		.classes = g_hash_table_new(g_str_hash, g_str_equal),
		.node_steps = g_array_new(FALSE, FALSE, sizeof(struct explain_node_step)),
	};
	int rc = 0;

	heat_init(&pass.survey.heat, (double)from_unix_us / JO_US_PER_S,
		  (double)to_unix_us / JO_US_PER_S, HEAT_LOW, HEAT_HIGH, HEAT_COLUMNS, HEAT_ROWS);
	for (int m = 0; m < METRIC_COUNT && rc == 0; m++)
		rc = read_verdicts(store, from_unix_us, to_unix_us, (enum metric)m, &pass, err);
	if (rc == 0)
		rc = count_history(store, from_unix_us, to_unix_us, &pass.survey.history_count,
				   err);
	if (rc < 0) {
		survey_release(&pass.survey);
		goto out;
	}
	g_array_sort(pass.survey.findings, compare_findings);
	g_array_sort(pass.survey.partitions, compare_partitions);
	g_array_sort(pass.survey.classes, compare_classes);
	pass.survey.node_findings = g_new0(struct explain_node, pass.survey.nodes->len + 1);
	explain_nodes((struct explain_node_step *)(void *)pass.node_steps->data,
		      pass.node_steps->len, pass.survey.nodes->len, pass.survey.node_findings);
	*ret_survey = pass.survey;
out:
	g_hash_table_destroy(pass.nodes);
	g_hash_table_destroy(pass.users);
	g_hash_table_destroy(pass.partitions);
	g_hash_table_destroy(pass.classes);
	(void)g_array_free(pass.node_steps, TRUE);
	return rc;
}

void survey_release(struct survey *survey)
{
	(void)g_array_free(survey->findings, TRUE);
	(void)g_array_free(survey->step_ids, TRUE);
	(void)g_array_free(survey->partitions, TRUE);
	(void)g_array_free(survey->classes, TRUE);
	(void)g_array_free(survey->nodes, TRUE);
	g_string_chunk_free(survey->strings);
	g_free(survey->node_findings);
	heat_release(&survey->heat);
}

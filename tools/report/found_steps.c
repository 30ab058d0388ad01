/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folds findings by their steps, reads the other verdicts on these, and weighs them. */
#include "report/found_steps.h"

#include <math.h>

#include "joboutliers/units.h"
#include "report/weight.h"
#include "step/cause.h"
#include "step/measure.h"

/* What is looked at of a step. */
static const enum step_column_index column_list[] = {
	STEP_LABEL_COLUMNS, MEASURE_COLUMNS,  COL_state,       COL_cluster_id, COL_user_id,
	COL_account_id,     COL_partition_id, COL_class_id,    COL_node_id,    COL_cpu_count,
	COL_start_unix_us,  COL_end_unix_us,  COL_input_bytes, COL_attrs,
};
static const struct store_columns columns = STORE_COLUMNS(column_list);
static const struct store_columns no_columns = {NULL, 0};

/* What a processor has of its node's memory; 0: not known. */
static int read_core_bytes(struct store *store, const struct step *step, double *ret_bytes,
			   struct jo_err *err)
{
	struct store_node node;
	int rc = store_node_at(store, step->cluster, step->node, step->end_unix_us, &node, err);

	*ret_bytes = rc > 0 && node.node_mem_bytes > 0 && node.core_count > 0
			     ? (double)node.node_mem_bytes / (double)node.core_count
			     : 0;
	return rc < 0 ? rc : 0;
}

static void set_judged(const struct step *step, const struct step_verdict *verdict,
		       struct report_judged *judged)
{
	enum metric metric = verdict->metric;
	bool has_likes = verdict_has_likes(verdict->near_count, verdict->like_count);

	*judged = (struct report_judged){
		.is_judged = verdict->verdict != VERDICT_UNJUDGED,
		.is_high = verdict->verdict == VERDICT_HIGH,
		.is_certain = verdict->level == VERDICT_LEVEL_CERTAIN,
		.measure = verdict->measure,
		.ratio = verdict->ratio,
		.value = metric_shown(metric, verdict->value),
		.expected = metric_shown(metric, verdict->expected),
		.high = metric_shown(metric, verdict->high),
		.core_hours = metric_core_hours(metric, verdict->value - verdict->expected,
						step->cpu_count),
		.p_value = verdict->p_value,
		.score = verdict->score,
		.near_count = has_likes ? verdict->near_count : JO_MISSING,
		.like_count = has_likes ? verdict->like_count : JO_MISSING,
	};
}

static void set_facts(struct found_steps *steps, const struct step *step,
		      struct report_finding *row)
{
	char job[STEP_LABEL_SIZE];
	const char *const names[] = {step_label_format(step, job, sizeof(job)),
				     step->user,
				     step->account,
				     step->cluster,
				     step->partition,
				     step->class_name,
				     step->node,
				     step->attrs};
	const char **const kept[] = {&row->job,     &row->user,      &row->account,
				     &row->cluster, &row->partition, &row->class_name,
				     &row->node,    &row->attrs};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		*kept[i] = g_string_chunk_insert_const(steps->strings, names[i]);
	row->job_id = step->job_id;
	row->state = step_state_words[step->state];
	row->start_unix_s =
		step->start_unix_us == JO_MISSING ? NAN : (double)step->start_unix_us / JO_US_PER_S;
	row->end_unix_s = (double)step->end_unix_us / JO_US_PER_S;
	row->input_bytes = step->input_bytes == JO_MISSING ? NAN : (double)step->input_bytes;
	row->cpu_count = step->cpu_count;
}

/* The most surprising of what is high, but CPU time after a run time; METRIC_COUNT: nothing is. */
static enum metric lead_of(const struct report_finding *row)
{
	int lead = METRIC_COUNT;

	for (int m = 0; m < METRIC_COUNT; m++)
		if (row->judged[m].is_high &&
		    (lead == METRIC_COUNT || row->judged[m].score > row->judged[lead].score))
			lead = m;
	return lead == METRIC_CPU && row->judged[METRIC_WALL].is_high ? METRIC_WALL
								      : (enum metric)lead;
}

static int read_cost(struct store *store, const struct step *step,
		     const struct step_verdict *verdict, struct report_judged *judged,
		     struct jo_err *err)
{
	double core_bytes;
	int rc;

	if (!judged->is_high || verdict->metric != METRIC_MEMORY)
		return 0;
	rc = read_core_bytes(store, step, &core_bytes, err);
	if (rc == 0)
		judged->core_hours = weight_memory_core_hours(verdict->value - verdict->expected,
							      step->wall_us, core_bytes);
	return rc;
}

/* Append the step if anything of it is high. */
static int add_step(struct store *store, int64_t step_id, const struct survey_finding *found,
		    struct found_steps *steps, struct jo_err *err)
{
	struct found_step added = {.found = found};
	struct step_verdict verdicts[METRIC_COUNT], verdict;
	bool has_verdict[METRIC_COUNT] = {false};
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.id = step_id;
	selection.steps.columns = &columns;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		struct report_judged *judged = &added.row.judged[verdict.metric];

		set_facts(steps, &step, &added.row);
		set_judged(&step, &verdict, judged);
		verdicts[verdict.metric] = verdict;
		has_verdict[verdict.metric] = true;
		rc = read_cost(store, &step, &verdict, judged, err);
		if (rc < 0)
			break;
	}
	store_cursor_close(cursor);
	added.row.metric = lead_of(&added.row);
	if (rc < 0 || added.row.metric == METRIC_COUNT)
		return rc;
	added.row.cause = cause_of(has_verdict[METRIC_WALL] ? &verdicts[METRIC_WALL] : NULL,
				   has_verdict[METRIC_CPU] ? &verdicts[METRIC_CPU] : NULL);
	weight_set(&added.row);
	g_array_append_val(steps->list, added);
	return 0;
}

/* What has no weight comes last. */
static gint compare_weights(gconstpointer left, gconstpointer right)
{
	const struct report_finding *a = &((const struct found_step *)left)->row,
				    *b = &((const struct found_step *)right)->row;

	if (isnan(a->weight) != isnan(b->weight))
		return isnan(a->weight) ? 1 : -1;
	if (a->weight != b->weight && !isnan(a->weight))
		return a->weight < b->weight ? 1 : -1;
	return (a->job_id > b->job_id) - (a->job_id < b->job_id);
}

static void init(struct found_steps *steps)
{
	steps->list = g_array_new(FALSE, FALSE, sizeof(struct found_step));
	steps->strings = g_string_chunk_new(4096);
}

int found_steps_read(struct store *store, const struct survey *survey,
		     struct found_steps *ret_steps, struct jo_err *err)
{
	GHashTable *ids = g_hash_table_new(g_int64_hash, g_int64_equal);
	struct found_steps steps;
	int rc = 0;

	init(&steps);
	for (guint i = 0; i < survey->findings->len && rc == 0; i++) {
		struct survey_finding *found =
			&g_array_index(survey->findings, struct survey_finding, i);

		if (g_hash_table_add(ids, &found->step_id))
			rc = add_step(store, found->step_id, found, &steps, err);
	}
	g_hash_table_destroy(ids);
	if (rc < 0) {
		found_steps_release(&steps);
		return rc;
	}
	g_array_sort(steps.list, compare_weights);
	*ret_steps = steps;
	return 0;
}

/* The ids of the newest steps of which something is high. */
static int read_ids(struct store *store, int64_t from_unix_us, int64_t to_unix_us, size_t max,
		    GArray *ids, struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step_verdict verdict;
	struct step step;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.end_from_unix_us = from_unix_us;
	selection.steps.end_to_unix_us = to_unix_us;
	selection.steps.order = STORE_BY_END_NEWEST;
	selection.steps.columns = &no_columns;
	selection.verdict_mask = 1u << VERDICT_HIGH;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while (ids->len < max && (rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0)
		if (ids->len == 0 || g_array_index(ids, int64_t, ids->len - 1) != step.id)
			g_array_append_val(ids, step.id);
	store_cursor_close(cursor);
	return rc < 0 ? rc : 0;
}

int found_steps_before(struct store *store, int64_t from_unix_us, int64_t to_unix_us, size_t max,
		       struct found_steps *ret_steps, struct jo_err *err)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	struct found_steps steps;
	int rc = read_ids(store, from_unix_us, to_unix_us, max, ids, err);

	init(&steps);
	for (guint i = 0; i < ids->len && rc == 0; i++)
		rc = add_step(store, g_array_index(ids, int64_t, i), NULL, &steps, err);
	(void)g_array_free(ids, TRUE);
	if (rc < 0) {
		found_steps_release(&steps);
		return rc;
	}
	*ret_steps = steps;
	return 0;
}

void found_steps_release(struct found_steps *steps)
{
	(void)g_array_free(steps->list, TRUE);
	g_string_chunk_free(steps->strings);
}

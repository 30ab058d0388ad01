/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps as JSON: the members of struct step and its verdicts by their names. */
#include "joboutliers/attr.h"
#include "export/sink.h"
#include "step/measure.h"
#include "store/store.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

struct member {
	const char *name;
	size_t offset;
};

#define TEXT(member)                                                                               \
	{                                                                                          \
#member, offsetof(struct step, member)                                             \
	}
static const struct member texts[] = {
	TEXT(cluster), TEXT(sluid),    TEXT(user),       TEXT(account), TEXT(partition),
	TEXT(qos),     TEXT(job_name), TEXT(class_name), TEXT(program), TEXT(node),
};
static const struct member numbers[] = {
	TEXT(job_id),
	TEXT(step_id),
	TEXT(restart_count),
	TEXT(array_job_id),
	TEXT(array_task_id),
	TEXT(het_job_id),
	TEXT(het_job_offset),
	TEXT(uid),
	TEXT(class_is_declared),
	TEXT(node_count),
	TEXT(node_ended_count),
	TEXT(mem_request_bytes),
	TEXT(time_limit_us),
	TEXT(input_bytes),
	TEXT(mem_peak_sum_bytes),
};
/* What each node has, too. */
static const struct member node_numbers[] = {
	TEXT(node_index),
	TEXT(task_count),
	TEXT(cpu_count),
	TEXT(start_unix_us),
	TEXT(end_unix_us),
	TEXT(wall_us),
	TEXT(exit_status),
	TEXT(term_signal),
	TEXT(mem_peak_bytes),
	TEXT(max_rss_bytes),
	TEXT(mem_limit_bytes),
	TEXT(mem_limit_hit_count),
	TEXT(oom_kill_count),
	TEXT(swap_peak_bytes),
	TEXT(cpu_user_us),
	TEXT(cpu_system_us),
	TEXT(read_bytes),
	TEXT(write_bytes),
	TEXT(major_fault_count),
	TEXT(psi_cpu_some_us),
	TEXT(psi_memory_some_us),
	TEXT(psi_memory_full_us),
	TEXT(psi_io_some_us),
	TEXT(psi_io_full_us),
};
#undef TEXT

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* What is not known is not there. */
static void set_text(json_t *object, const char *name, const char *text)
{
	if (text[0] != '\0')
		(void)json_object_set_new(object, name, json_string(text));
}

static void set_int(json_t *object, const char *name, int64_t number)
{
	if (number != JO_MISSING)
		(void)json_object_set_new(object, name, json_integer(number));
}

static void set_real(json_t *object, const char *name, double number)
{
	if (isfinite(number))
		(void)json_object_set_new(object, name, json_real(number));
}

static json_t *attrs_object(const char *text)
{
	json_t *object = json_object();
	struct jo_attrs attrs;

	if (jo_attrs_parse(text, &attrs, NULL) == 0)
		for (size_t i = 0; i < attrs.count; i++)
			set_text(object, attrs.list[i].key, attrs.list[i].value);
	return object;
}

/* In the metric's unit: micro-seconds or bytes, as in the step. */
static json_t *verdict_object(const struct step_verdict *verdict)
{
	json_t *object = json_object();

	set_text(object, "verdict", verdict_words[verdict->verdict]);
	set_text(object, "reason", verdict->reason);
	set_real(object, "value", verdict->value);
	set_text(object, "measure", measure_word(verdict->measure));
	set_real(object, "expected", verdict->expected);
	set_real(object, "low", verdict->low);
	set_real(object, "high", verdict->high);
	set_real(object, "ratio", verdict->ratio);
	set_real(object, "score", verdict->score);
	set_real(object, "p_value", verdict->p_value);
	set_int(object, "history_count", verdict->history_count);
	set_int(object, "borrowed_count", verdict->borrowed_count);
	set_text(object, "borrowed_from", verdict->borrowed_from);
	set_int(object, "judged_unix_us", verdict->judged_unix_us);
	return object;
}

static void set_numbers(json_t *object, const struct step *step, const struct member *members,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		set_int(object, members[i].name,
			*(const int64_t *)(const void *)((const char *)step + members[i].offset));
}

static json_t *step_object(const struct judged_step *row)
{
	const struct step *step = &row->step;
	char name[STEP_LABEL_SIZE];
	json_t *object = json_object();

	set_text(object, "job", step_full_format(step, name, sizeof(name)));
	set_text(object, "state", step_state_words[step->state]);
	for (size_t i = 0; i < COUNT(texts); i++)
		set_text(
			object, texts[i].name,
			*(const char *const *)(const void *)((const char *)step + texts[i].offset));
	set_numbers(object, step, numbers, COUNT(numbers));
	set_numbers(object, step, node_numbers, COUNT(node_numbers));
	if (step->attrs[0] != '\0')
		(void)json_object_set_new(object, "attrs", attrs_object(step->attrs));
	if (step->is_expected)
		(void)json_object_set_new(object, "is_expected", json_true());
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (row->has_verdict[metric])
			(void)json_object_set_new(object, metric_word(metric),
						  verdict_object(&row->verdicts[metric]));
	return object;
}

/* Of a step that was seen on several nodes, what each of them told. */
static int add_nodes(struct store *store, const struct step *step, json_t *object,
		     struct jo_err *err)
{
	struct store_cursor *cursor;
	struct step node;
	json_t *nodes;
	int rc;

	if (step->node_seen_count < 2)
		return 0;
	rc = store_nodes_open(store, step->id, &cursor, err);
	if (rc < 0)
		return rc;
	nodes = json_array();
	while ((rc = store_nodes_next(cursor, &node, err)) > 0) {
		json_t *member = json_object();

		set_text(member, "node", node.node);
		set_text(member, "state", step_state_words[node.state]);
		set_numbers(member, &node, node_numbers, COUNT(node_numbers));
		(void)json_array_append_new(nodes, member);
	}
	store_cursor_close(cursor);
	(void)json_object_set_new(object, "nodes", nodes);
	return rc;
}

int export_json(struct store *store, const struct store_selection *selection, FILE *fp,
		struct jo_err *err)
{
	struct store_judged *steps = NULL;
	struct judged_step row;
	int rc;

	rc = store_judged_open(store, selection, &steps, err);
	if (rc < 0)
		return rc;
	while ((rc = store_judged_next(steps, &row, err)) > 0) {
		json_t *object = step_object(&row);

		rc = add_nodes(store, &row.step, object, err);
		if (rc == 0) {
			(void)json_dumpf(object, fp, JSON_COMPACT);
			(void)fputc('\n', fp);
		}
		json_decref(object);
		if (rc < 0)
			break;
	}
	store_judged_close(steps);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step's members in JSON: its columns and verdicts by name, and what each node told. */
#include "export/step_json.h"

#include "joboutliers/attr.h"
#include "step/columns.h"
#include "step/measure.h"
#include "util/json_member.h"

static json_t *attrs_object(const char *text)
{
	json_t *object = json_object();
	struct jo_attrs attrs;

	if (jo_attrs_parse(text, &attrs, NULL) == 0)
		for (size_t i = 0; i < attrs.count; i++)
			json_member_text(object, attrs.list[i].key, attrs.list[i].value);
	return object;
}

/* In the metric's unit: micro-seconds or bytes, as in the step. */
static json_t *verdict_object(const struct step_verdict *verdict)
{
	json_t *object = json_object();

	json_member_text(object, "verdict", verdict_words[verdict->verdict]);
	json_member_text(object, "reason", verdict->reason);
	json_member_real(object, "value", verdict->value);
	json_member_text(object, "measure", measure_word(verdict->measure));
	json_member_real(object, "expected", verdict->expected);
	json_member_real(object, "low", verdict->low);
	json_member_real(object, "high", verdict->high);
	json_member_real(object, "ratio", verdict->ratio);
	json_member_real(object, "score", verdict->score);
	json_member_real(object, "p_value", verdict->p_value);
	json_member_text(object, "level", verdict_level_words[verdict->level]);
	json_member_int(object, "near_count", verdict->near_count);
	json_member_int(object, "like_count", verdict->like_count);
	json_member_int(object, "history_count", verdict->history_count);
	json_member_int(object, "borrowed_count", verdict->borrowed_count);
	json_member_text(object, "borrowed_from", verdict->borrowed_from);
	json_member_int(object, "judged_unix_us", verdict->judged_unix_us);
	return object;
}

/* The columns that are the step's, or those that each node has, too: texts apart from numbers. */
static void set_columns(json_t *object, const struct step *step, enum json_place place,
			bool want_texts)
{
	for (size_t i = 0; i < COL_COUNT; i++) {
		const struct step_column *column = &step_columns[i];

		if (column->json != place || column_is_string(column) != want_texts)
			continue;
		if (want_texts)
			json_member_text(object, column->member, column_string(column, step));
		else
			json_member_int(object, column->member, column_number(column, step));
	}
}

static json_t *step_object(const struct judged_step *row)
{
	const struct step *step = &row->step;
	char name[STEP_LABEL_SIZE];
	json_t *object = json_object();

	json_member_text(object, "job", step_full_format(step, name, sizeof(name)));
	json_member_text(object, "state", step_state_words[step->state]);
	set_columns(object, step, JSON_STEP, true);
	set_columns(object, step, JSON_STEP, false);
	set_columns(object, step, JSON_NODE, false);
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

		json_member_text(member, "node", node.node);
		json_member_text(member, "state", step_state_words[node.state]);
		set_columns(member, &node, JSON_NODE, false);
		(void)json_array_append_new(nodes, member);
	}
	store_cursor_close(cursor);
	(void)json_object_set_new(object, "nodes", nodes);
	return rc;
}

int step_json_make(struct store *store, const struct judged_step *row, json_t **ret_object,
		   struct jo_err *err)
{
	json_t *object = step_object(row);
	int rc = add_nodes(store, &row->step, object, err);

	if (rc < 0)
		json_decref(object);
	else
		*ret_object = object;
	return rc;
}

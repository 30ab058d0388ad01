/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The story of a step for programs: what export has of it, and what explains it. */
#include "cmd/show.h"

#include <math.h>

#include "cmd/profile_json.h"
#include "explain/where.h"
#include "export/step_json.h"
#include "step/cause.h"
#include "util/json_member.h"

/* Into the verdict's object: what was spent beyond what was expected. */
static void set_excess(const struct judged_step *row, enum metric metric, json_t *object)
{
	const struct step_verdict *verdict = &row->verdicts[metric];
	double excess = verdict->value - verdict->expected;

	if (verdict->verdict != VERDICT_HIGH || !(excess > 0))
		return;
	json_member_real(object, "excess", excess);
	json_member_real(object, "excess_core_hours",
			 metric_core_hours(metric, excess, row->step.cpu_count));
}

static json_t *use_object(const struct show_use *use)
{
	json_t *object = json_object();

	json_member_real(object, "share", use->share);
	json_member_real(object, "peers_median", use->usual_share);
	return object;
}

static json_t *difference_object(const struct explain_difference *difference)
{
	const struct explain_contrast *contrast = &difference->contrast;
	const struct {
		const char *name, *text;
	} members[] = {
		{"text", difference->text}, {"name", contrast->name}, {"own", contrast->own},
		{"usual", contrast->usual}, {"low", contrast->low},   {"high", contrast->high},
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].text != NULL)
			(void)json_object_set_new(object, members[i].name,
						  json_string(members[i].text));
	json_member_real(object, "p_value", difference->p_value);
	return object;
}

/* What its samples say, of a step that has some. */
static int set_where(struct store *store, const struct step *step, json_t *object,
		     struct jo_err *err)
{
	struct explain_where where = {.names = NULL};
	int rc = explain_where_read(store, step, &where, err);

	if (rc > 0)
		(void)json_object_set_new(object, "where", profile_json_gains(&where));
	explain_where_release(&where);
	return rc < 0 ? rc : 0;
}

static int set_peers(struct store *store, const struct judged_step *row, json_t *object,
		     struct jo_err *err)
{
	struct explain_difference differences[SHOW_DIFFERENCES_MAX];
	enum metric metric = show_metric(row);
	struct show_use uses[SHOW_USE_COUNT];
	struct explain_peers peers;
	json_t *went, *list;
	size_t count;
	int rc = explain_peers_read(store, metric, &row->step.id, 1, &peers, err);

	if (rc < 0)
		return rc;
	(void)json_object_set_new(object, "peer_count", json_integer((json_int_t)peers.peer_count));
	show_uses(&row->step, &peers, uses);
	went = json_object();
	for (int i = 0; i < SHOW_USE_COUNT; i++)
		if (!isnan(uses[i].share))
			(void)json_object_set_new(went, uses[i].word, use_object(&uses[i]));
	(void)json_object_set_new(object, "time_went", went);
	if (row->has_verdict[metric] && show_is_out_of_normal(&row->verdicts[metric])) {
		count = explain_peers_differ(&peers, differences, SHOW_DIFFERENCES_MAX);
		list = json_array();
		for (size_t i = 0; i < count; i++)
			(void)json_array_append_new(list, difference_object(&differences[i]));
		(void)json_object_set_new(object, "differences", list);
	}
	rc = show_spans_json(store, &peers, object, err);
	explain_peers_release(&peers);
	return rc;
}

int show_json(struct store *store, const struct judged_step *row, json_t **ret_object,
	      struct jo_err *err)
{
	const struct step_verdict *wall =
		row->has_verdict[METRIC_WALL] ? &row->verdicts[METRIC_WALL] : NULL;
	const struct step_verdict *cpu =
		row->has_verdict[METRIC_CPU] ? &row->verdicts[METRIC_CPU] : NULL;
	enum cause cause = cause_of(wall, cpu);
	json_t *object;
	int rc = step_json_make(store, row, &object, err);

	if (rc < 0)
		return rc;
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (row->has_verdict[metric])
			set_excess(row, (enum metric)metric,
				   json_object_get(object, metric_word(metric)));
	if (cause != CAUSE_UNKNOWN)
		(void)json_object_set_new(object, "cause", json_string(cause_words[cause]));
	rc = set_peers(store, row, object, err);
	if (rc == 0)
		rc = set_where(store, &row->step, object, err);
	if (rc < 0)
		json_decref(object);
	else
		*ret_object = object;
	return rc;
}

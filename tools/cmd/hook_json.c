/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One finding as one object: what it is, a line for people, and all that is known of it. */
#include "cmd/hook_json.h"

#include <inttypes.h>
#include <math.h>

#include "cmd/show.h"
#include "joboutliers/units.h"
#include "util/json_member.h"
#include "util/when.h"

/* Raised when a reader of the old version would misunderstand it; a new member does not raise it.
 */
#define HOOK_JSON_VERSION 1

/* An array may have a million tasks, and a chat has no use for their numbers. */
#define JOBS_MAX 100

static json_t *object_new(const char *kind, const char *id, const char *text)
{
	json_t *object = json_object();

	json_member_int(object, "v", HOOK_JSON_VERSION);
	json_member_text(object, "kind", kind);
	json_member_text(object, "id", id);
	json_member_text(object, "text", text);
	return object;
}

static void add_group(struct strbuf *text, const char *class_name, const char *partition)
{
	if (class_name[0] != '\0')
		strbuf_addf(text, "%s", class_name);
	if (partition[0] != '\0')
		strbuf_addf(text, "%son %s", class_name[0] != '\0' ? " " : "", partition);
}

/* "501 of ann (align on main): run time 1 h 00 min, expected 3 min 20 s (18 times as much)" */
static void add_steps_text(struct strbuf *text, const struct finding *finding, bool is_running)
{
	const struct finding_item *worst = finding->items[0];
	char value[32], expected[32], ratio[24];

	strbuf_addf(text, "%s of %s", worst->label, worst->user);
	if (worst->class_name[0] != '\0' || worst->partition[0] != '\0') {
		strbuf_adds(text, " (");
		add_group(text, worst->class_name, worst->partition);
		strbuf_addc(text, ')');
	}
	strbuf_addf(text, ": %s%s %s, expected %s (%s times as much)",
		    metric_infos[worst->metric].label, is_running ? " so far" : "",
		    metric_format(worst->metric, worst->value, value, sizeof(value)),
		    metric_format(worst->metric, worst->expected, expected, sizeof(expected)),
		    jo_ratio_format(worst->ratio, ratio, sizeof(ratio)));
	if (finding->item_count > 1)
		strbuf_addf(text, ", and %zu more of the kind", finding->item_count - 1);
}

static json_t *jobs_list(const struct finding *finding)
{
	json_t *list = json_array();

	for (size_t i = 0; i < finding->item_count && i < JOBS_MAX; i++)
		(void)json_array_append_new(list, json_string(finding->items[i]->label));
	return list;
}

int hook_json_steps(struct store *store, const struct finding *finding,
		    const struct judged_step *row, bool is_running, json_t **ret_object,
		    struct jo_err *err)
{
	const struct finding_item *worst = finding->items[0];
	char label[STEP_LABEL_SIZE];
	struct strbuf id, text;
	json_t *step;
	int rc = show_json(store, row, &step, err);

	if (rc < 0)
		return rc;
	strbuf_init(&id);
	strbuf_init(&text);
	strbuf_addf(&id, "%s/%s/%" PRId64 "/%s", row->step.cluster,
		    step_full_format(&row->step, label, sizeof(label)),
		    row->step.restart_count == JO_MISSING ? 0 : row->step.restart_count,
		    metric_word(worst->metric));
	add_steps_text(&text, finding, is_running);
	*ret_object = object_new(is_running ? "running" : "step", id.text, text.text);
	json_member_text(*ret_object, "user", worst->user);
	json_member_text(*ret_object, "metric", metric_word(worst->metric));
	json_member_int(*ret_object, "count", (int64_t)finding->item_count);
	(void)json_object_set_new(*ret_object, "jobs", jobs_list(finding));
	(void)json_object_set_new(*ret_object, "step", step);
	strbuf_release(&text);
	strbuf_release(&id);
	return 0;
}

json_t *hook_json_drift(const struct drift_finding *finding, const char *user)
{
	const struct store_drift *drift = &finding->drift;
	char since[WHEN_TEXT_SIZE];
	struct strbuf id, text;
	json_t *object;

	strbuf_init(&id);
	strbuf_init(&text);
	strbuf_addf(&id, "drift/%" PRId64 "/%s/%" PRId64 "/%s", drift->group_id,
		    metric_word(drift->metric), drift->begin_unix_us, user);
	if (drift->user[0] != '\0')
		strbuf_addf(&text, "jobs of %s ", drift->user);
	add_group(&text, drift->class_name, drift->partition);
	strbuf_adds(&text, ": ");
	drift_add_sentence(finding, &text);
	object = object_new("drift", id.text, text.text);
	json_member_text(object, "user", user);
	json_member_text(object, "metric", metric_word(drift->metric));
	json_member_text(object, "cluster", drift->cluster);
	json_member_text(object, "partition", drift->partition);
	json_member_text(object, "class_name", drift->class_name);
	json_member_real(object, "ratio", exp(drift->log_ratio));
	json_member_text(object, "since", when_format(drift->since_unix_us, since));
	json_member_int(object, "count", finding->all.step_count);
	strbuf_release(&text);
	strbuf_release(&id);
	return object;
}

json_t *hook_json_node(const struct slow_node *node)
{
	char night[WHEN_TEXT_SIZE], ratio[24];
	struct strbuf id, text;
	json_t *object;

	(void)when_format(node->night_from_unix_us, night);
	strbuf_init(&id);
	strbuf_init(&text);
	strbuf_addf(&id, "node/%s/%s/%.10s", node->cluster, node->name, night);
	strbuf_addf(&text,
		    "node %s: steps took %s times as long as elsewhere in the night from %.10s "
		    "(%zu steps of %zu users)",
		    node->name, jo_ratio_format(node->ratio, ratio, sizeof(ratio)), night,
		    node->step_count, node->user_count);
	object = object_new("node", id.text, text.text);
	json_member_text(object, "cluster", node->cluster);
	json_member_text(object, "node", node->name);
	json_member_text(object, "since", night);
	json_member_real(object, "ratio", node->ratio);
	json_member_real(object, "p_value", node->p_value);
	json_member_int(object, "count", (int64_t)node->step_count);
	strbuf_release(&text);
	strbuf_release(&id);
	return object;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Surveys the nights that matter, and compares items with the nodes that were slow in them. */
#include "finding/slow_nodes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "finding/survey.h"
#include "notify/texts.h"
#include "util/alloc.h"
#include "util/when.h"

static void add_node(struct notify_nodes *nodes, const struct night *night,
		     const struct survey_node *named, const struct explain_node *node)
{
	nodes->list = xreallocarray(nodes->list, nodes->count + 1, sizeof(*nodes->list));
	nodes->list[nodes->count++] = (struct notify_node){
		.cluster = xstrdup(named->cluster),
		.name = xstrdup(named->name),
		.night_from_unix_us = night->from_unix_us,
		.night_to_unix_us = night->to_unix_us,
		.ratio = exp(node->log_ratio),
		.p_value = node->p_holm,
		.step_count = node->step_n,
		.group_count = node->group_n,
		.user_count = node->user_n,
	};
}

int notify_nodes_look(struct store *store, const struct night *night, struct notify_nodes *nodes,
		      struct jo_err *err)
{
	struct survey survey;
	int rc = survey_read(store, night->from_unix_us, night->to_unix_us, &survey, err);

	if (rc < 0)
		return rc;
	for (guint i = 0; i < survey.nodes->len; i++)
		if (survey.node_findings[i].is_slow)
			add_node(nodes, night, &g_array_index(survey.nodes, struct survey_node, i),
				 &survey.node_findings[i]);
	survey_release(&survey);
	return 0;
}

static int compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

int notify_nodes_read(struct store *store, const struct notify_items *items, int64_t now_unix_us,
		      struct notify_nodes *ret_nodes, struct jo_err *err)
{
	int64_t *times = xcalloc(items->count + 2, sizeof(*times));
	struct notify_nodes nodes = {0};
	size_t count = 0;
	int32_t last = 0;
	int rc = 0;

	times[count++] = now_unix_us;
	times[count++] = now_unix_us - JO_US_PER_DAY;
	for (size_t i = 0; i < items->count; i++)
		if (items->list[i].metric == METRIC_WALL)
			times[count++] = items->list[i].end_unix_us;
	qsort(times, count, sizeof(*times), compare_times);
	for (size_t i = 0; i < count && rc == 0; i++) {
		const struct night night = night_of(times[i]);

		if (night.number != last)
			rc = notify_nodes_look(store, &night, &nodes, err);
		last = night.number;
	}
	free(times);
	if (rc < 0) {
		notify_nodes_release(&nodes);
		return rc;
	}
	*ret_nodes = nodes;
	return 0;
}

void notify_nodes_release(struct notify_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		free(nodes->list[i].cluster);
		free(nodes->list[i].name);
	}
	free(nodes->list);
	*nodes = (struct notify_nodes){0};
}

bool notify_node_explains(const struct notify_node *node, const struct notify_item *item)
{
	return item->metric == METRIC_WALL && item->node_count <= 1 &&
	       item->end_unix_us >= node->night_from_unix_us &&
	       item->end_unix_us < node->night_to_unix_us && strcmp(item->node, node->name) == 0 &&
	       strcmp(item->cluster, node->cluster) == 0 && item->value / node->ratio <= item->high;
}

void notify_nodes_hold(struct notify_nodes *nodes, struct notify_items *items)
{
	size_t kept = 0;

	for (size_t i = 0; i < items->count; i++) {
		size_t k = 0;

		while (k < nodes->count && !notify_node_explains(&nodes->list[k], &items->list[i]))
			k++;
		if (k < nodes->count) {
			nodes->list[k].held_count++;
			notify_item_release(&items->list[i]);
		} else {
			items->list[kept++] = items->list[i];
		}
	}
	items->count = kept;
}

/* ---- the ledger ---- */

static bool is_recent(const struct notify_node *node, int64_t now_unix_us)
{
	return node->night_to_unix_us > now_unix_us - JO_US_PER_DAY;
}

/* The newest time at which the admin was told of the node, JO_MISSING for never. */
static int last_told(struct store *store, const char *name, int64_t *ret_unix_us,
		     struct jo_err *err)
{
	const struct store_finding_selection selection = {.owner = "", .message_id = JO_MISSING};
	struct store_cursor *cursor;
	struct store_finding finding;
	int64_t newest_unix_us = JO_MISSING;
	int rc = store_findings_open(store, &selection, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_findings_next(cursor, &finding, err)) > 0)
		if (finding.kind == STORE_FINDING_NODE && strcmp(finding.node, name) == 0 &&
		    (newest_unix_us == JO_MISSING || finding.created_unix_us > newest_unix_us))
			newest_unix_us = finding.created_unix_us;
	store_cursor_close(cursor);
	*ret_unix_us = newest_unix_us;
	return rc;
}

/* Of two nights in which it was slow the first is told. */
static int is_due(struct store *store, const struct notify_settings *settings,
		  const struct notify_nodes *nodes, size_t i, int64_t now_unix_us,
		  struct jo_err *err)
{
	const struct notify_node *node = &nodes->list[i];
	int64_t told_unix_us;
	int rc;

	if (!is_recent(node, now_unix_us))
		return 0;
	for (size_t k = 0; k < i; k++)
		if (is_recent(&nodes->list[k], now_unix_us) &&
		    strcmp(nodes->list[k].name, node->name) == 0 &&
		    strcmp(nodes->list[k].cluster, node->cluster) == 0)
			return 0;
	rc = last_told(store, node->name, &told_unix_us, err);
	if (rc < 0)
		return rc;
	return told_unix_us == JO_MISSING || told_unix_us < now_unix_us - settings->max_age_us;
}

static void add_line(const struct notify_settings *settings, const struct notify_node *node,
		     struct strlist *lines)
{
	struct mail_values *values = mail_values_new(notify_slow_node_names);
	char since[WHEN_TEXT_SIZE];
	char *line;

	mail_values_text(values, "node", node->name);
	mail_values_format(values, "since", "%.10s", when_format(node->night_from_unix_us, since));
	mail_values_format(values, "ratio", "%.2g", node->ratio);
	mail_values_count(values, "steps", (int64_t)node->step_count);
	mail_values_count(values, "groups", (int64_t)node->group_count);
	mail_values_count(values, "users", (int64_t)node->user_count);
	mail_values_format(values, "p", "%.1g", node->p_value);
	mail_values_count(values, "held", (int64_t)node->held_count);
	line = mail_catalog_line(settings->wording, "admin-slow-node", values);
	strlist_add(lines, line);
	g_free(line);
	mail_values_free(values);
}

int notify_nodes_tell(struct store *store, const struct notify_settings *settings,
		      const struct notify_nodes *nodes, int64_t now_unix_us, struct strlist *lines,
		      struct jo_err *err)
{
	for (size_t i = 0; i < nodes->count; i++) {
		int rc = is_due(store, settings, nodes, i, now_unix_us, err);

		if (rc < 0)
			return rc;
		if (rc > 0)
			add_line(settings, &nodes->list[i], lines);
	}
	return 0;
}

int notify_nodes_told(struct store *store, const struct notify_settings *settings,
		      const struct notify_nodes *nodes, int64_t now_unix_us, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < nodes->count && rc >= 0; i++) {
		const struct store_finding finding = {
			.kind = STORE_FINDING_NODE,
			.step_id = JO_MISSING,
			.group_id = JO_MISSING,
			.node = nodes->list[i].name,
			.metric = METRIC_WALL,
			.owner = "",
			.since_unix_us = nodes->list[i].night_from_unix_us,
			.night = night_day(now_unix_us),
			.detail = "",
			.message_id = JO_MISSING,
			.created_unix_us = now_unix_us,
		};
		int64_t id;

		rc = is_due(store, settings, nodes, i, now_unix_us, err);
		if (rc > 0)
			rc = store_finding_add(store, &finding, &id, err);
	}
	return rc < 0 ? rc : 0;
}

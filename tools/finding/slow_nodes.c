/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Surveys the nights that matter, once each, and compares items with the nodes that were slow in
 * them. */
#include "finding/slow_nodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "finding/survey.h"
#include "util/alloc.h"

/* A night as far as it had come when it was looked at. */
struct slow_night {
	struct night night;
	struct slow_node *list;
	size_t count;
};

static void slow_night_free(gpointer pointer)
{
	struct slow_night *night = pointer;

	for (size_t i = 0; i < night->count; i++) {
		free(night->list[i].cluster);
		free(night->list[i].name);
	}
	free(night->list);
	g_free(night);
}

void slow_nodes_init(struct slow_nodes *nodes)
{
	nodes->nights = g_ptr_array_new_with_free_func(slow_night_free);
}

void slow_nodes_release(struct slow_nodes *nodes)
{
	if (nodes->nights != NULL)
		g_ptr_array_unref(nodes->nights);
	nodes->nights = NULL;
}

static void add_node(struct slow_night *night, const struct survey_node *named,
		     const struct explain_node *node)
{
	night->list = xreallocarray(night->list, night->count + 1, sizeof(*night->list));
	night->list[night->count++] = (struct slow_node){
		.cluster = xstrdup(named->cluster),
		.name = xstrdup(named->name),
		.night_from_unix_us = night->night.from_unix_us,
		.ratio = exp(node->log_ratio),
		.p_value = node->p_holm,
		.step_count = node->step_n,
		.group_count = node->group_n,
		.user_count = node->user_n,
	};
}

static int look(struct slow_nodes *nodes, struct store *store, const struct night *night,
		struct slow_night **ret_night, struct jo_err *err)
{
	struct slow_night *looked;
	struct survey survey;
	int rc = survey_read(store, night->from_unix_us, night->to_unix_us, &survey, err);

	if (rc < 0)
		return rc;
	looked = g_new0(struct slow_night, 1);
	looked->night = *night;
	for (guint i = 0; i < survey.nodes->len; i++)
		if (survey.node_findings[i].is_slow)
			add_node(looked, &g_array_index(survey.nodes, struct survey_node, i),
				 &survey.node_findings[i]);
	survey_release(&survey);
	g_ptr_array_add(nodes->nights, looked);
	*ret_night = looked;
	return 0;
}

/* The night in which the time lies, as it was known until then. */
static int night_at(struct slow_nodes *nodes, struct store *store, int64_t unix_us,
		    int64_t known_until_unix_us, struct slow_night **ret_night, struct jo_err *err)
{
	struct night night = night_of(unix_us);

	night.to_unix_us = MIN(night.to_unix_us, known_until_unix_us);
	/* the newest first: nights are asked for in order, and again soon */
	for (guint i = nodes->nights->len; i-- > 0;) {
		struct slow_night *known = g_ptr_array_index(nodes->nights, i);

		if (known->night.number == night.number &&
		    known->night.to_unix_us == night.to_unix_us) {
			*ret_night = known;
			return 0;
		}
	}
	return look(nodes, store, &night, ret_night, err);
}

/* Whether the item, of a night in which the node was slow, would have been normal on another. */
static bool explains(const struct slow_node *node, const struct finding_item *item)
{
	return strcmp(item->node, node->name) == 0 && strcmp(item->cluster, node->cluster) == 0 &&
	       item->value / node->ratio <= item->high;
}

int slow_nodes_explain(struct slow_nodes *nodes, struct store *store,
		       const struct finding_item *item, int64_t known_until_unix_us,
		       struct slow_node **ret_node, struct jo_err *err)
{
	struct slow_night *night;
	int rc;

	*ret_node = NULL;
	if (metric_infos[item->metric].kind != METRIC_OF_TIME || item->node_count > 1)
		return 0;
	rc = night_at(nodes, store, item->end_unix_us, known_until_unix_us, &night, err);
	for (size_t i = 0; rc == 0 && i < night->count && *ret_node == NULL; i++)
		if (explains(&night->list[i], item))
			*ret_node = &night->list[i];
	return rc;
}

static bool is_listed(const GPtrArray *list, const struct slow_node *node)
{
	for (guint i = 0; i < list->len; i++) {
		const struct slow_node *listed = g_ptr_array_index(list, i);

		if (strcmp(listed->name, node->name) == 0 &&
		    strcmp(listed->cluster, node->cluster) == 0)
			return true;
	}
	return false;
}

/* The slow nodes of the last night and of this one, each once. */
static int read_recent(struct slow_nodes *nodes, struct store *store, int64_t now_unix_us,
		       GPtrArray *recent, struct jo_err *err)
{
	const int64_t times[] = {now_unix_us - JO_US_PER_DAY, now_unix_us};

	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		struct slow_night *night;
		int rc = night_at(nodes, store, times[i], INT64_MAX, &night, err);

		if (rc < 0)
			return rc;
		for (size_t k = 0; k < night->count; k++)
			if (!is_listed(recent, &night->list[k]))
				g_ptr_array_add(recent, &night->list[k]);
	}
	return 0;
}

int slow_nodes_due(struct slow_nodes *nodes, struct store *store, const struct ledger *ledger,
		   int64_t now_unix_us, int64_t ledger_from_unix_us, GPtrArray **ret_due,
		   struct jo_err *err)
{
	GPtrArray *recent = g_ptr_array_new(), *due = g_ptr_array_new();
	int rc = read_recent(nodes, store, now_unix_us, recent, err);

	for (guint i = 0; i < recent->len && rc == 0; i++) {
		struct slow_node *node = g_ptr_array_index(recent, i);
		int64_t told_unix_us = ledger_node_told_unix_us(ledger, node->name);

		if (told_unix_us == JO_MISSING || told_unix_us < ledger_from_unix_us)
			g_ptr_array_add(due, node);
	}
	g_ptr_array_unref(recent);
	if (rc < 0) {
		g_ptr_array_unref(due);
		return rc;
	}
	*ret_due = due;
	return 0;
}

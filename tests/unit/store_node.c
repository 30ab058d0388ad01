/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nodes told of themselves is found, also where slurmd did not know its cluster. */
#include "store_fixture.h"

#include "fit/node_models.h"

static void tell(struct store *store, const char *cluster, const char *node, const char *model,
		 int64_t dropped_count)
{
	struct jo_record record = record_of(JO_RECORD_NODE, JO_MISSING, JO_MISSING, node);
	struct store_added added;

	(void)snprintf(record.cluster, sizeof(record.cluster), "%s", cluster);
	(void)snprintf(record.node_model, sizeof(record.node_model), "%s", model);
	record.dropped_count = dropped_count;
	add(store, &record, &added);
}

static const char *model_at(struct store *store, const char *cluster, const char *node)
{
	static char text[64];
	struct store_node described;
	int rc = store_node_at(store, cluster, node, T0 + HOUR, &described, &err);

	must(rc >= 0, "describe");
	(void)snprintf(text, sizeof(text), "%s", rc > 0 ? described.node_model : "none");
	return text;
}

static void test_descriptions(struct store *store)
{
	struct node_models *nodes;

	is_str(model_at(store, "c1", "n1"), "Old", "without a cluster: it is this cluster's");
	is_str(model_at(store, "c1", "n2"), "New", "with one: it goes before one without");
	is_str(model_at(store, "c2", "n3"), "none", "another cluster's node is not ours");
	must(node_models_load(store, &nodes, &err) == 0, "load");
	ok(node_models_of_name(nodes, "c1", "n1") == node_models_of_name(nodes, "", "n1"),
	   "judging finds it, too");
	ok(node_models_of_name(nodes, "c1", "n2") != node_models_of_name(nodes, "c1", "n1"),
	   "and goes by the cluster's own first");
	ok(isnan(node_models_of_name(nodes, "c2", "n3")), "and not by another's");
	node_models_free(nodes);
}

static void test_health(struct store *store)
{
	struct store_node_health health;
	struct store_cursor *cursor;
	int count = 0;

	must(store_node_health_open(store, &cursor, &err) == 0, "open");
	while (store_node_health_next(cursor, &health, &err) == 1) {
		count++;
		if (strcmp(health.node, "n1") != 0)
			continue;
		is_str(health.cluster, "c1", "a node is of the cluster whose steps it ran");
		is_int(health.dropped_count, 7, "what it dropped counts once");
	}
	store_cursor_close(cursor);
	is_int(count, 3, "three nodes are three");
}

/* What the node's step that began so many hours after T0 says, and what is known then. */
static void drops(struct store *store, int hour, int64_t dropped_count, int64_t want_count,
		  int64_t want_unix_us, const char *what)
{
	struct jo_record record = record_of(JO_RECORD_END, 100 + hour, 0, "n9");
	struct store_added added;
	struct store_node_health health;
	struct store_cursor *cursor;

	record.start_unix_us = T0 + hour * HOUR;
	record.dropped_count = dropped_count;
	add_at(store, &record, T0 + (10 + hour) * HOUR, &added);
	must(store_node_health_open(store, &cursor, &err) == 0, "open");
	while (store_node_health_next(cursor, &health, &err) == 1) {
		if (strcmp(health.node, "n9") != 0)
			continue;
		is_int(health.dropped_count, want_count, "%s: as many", what);
		is_int(health.last_dropped_unix_us, want_unix_us, "%s: then last", what);
	}
	store_cursor_close(cursor);
}

static void test_dropped(struct store *store)
{
	drops(store, 1, 500, 500, T0 + 11 * HOUR, "a node that lost records");
	drops(store, 2, 500, 500, T0 + 11 * HOUR, "no more");
	drops(store, 4, 0, 0, T0 + 11 * HOUR, "a spool that begins anew");
	drops(store, 3, 500, 0, T0 + 11 * HOUR, "a record of before that comes late");
	drops(store, 5, JO_MISSING, 0, T0 + 11 * HOUR, "one that says nothing");
	drops(store, 6, 400, 400, T0 + 16 * HOUR, "more lost in the new one");
	drops(store, 7, 3, 3, T0 + 17 * HOUR, "another spool, and at once some");
}

/* A store remembers what it read, until it adds to it. */
static void test_later(struct store *store)
{
	struct jo_record record = record_of(JO_RECORD_NODE, JO_MISSING, JO_MISSING, "n3");
	struct store_node before, after;
	struct store_added added;

	must(store_node_at(store, "c1", "n3", T0 + 3 * HOUR, &before, &err) == 1, "describe");
	(void)snprintf(record.cluster, sizeof(record.cluster), "c1");
	(void)snprintf(record.node_model, sizeof(record.node_model), "Newest");
	record.start_unix_us = T0 + 2 * HOUR;
	add(store, &record, &added);
	must(store_node_at(store, "c1", "n3", T0 + 3 * HOUR, &after, &err) == 1, "again");
	is_str(after.node_model, "Newest", "a description that was added since is known");
	is_str(before.node_model, "New", "and what was told before stays readable");
	is_str(model_at(store, "c1", "n3"), "New", "of a time before it the one before holds");
	must(store_node_at(store, "c1", "n3", T0 - 9 * HOUR, &after, &err) == 1, "long ago");
	is_str(after.node_model, "New", "and of one before all the oldest");
}

int main(void)
{
	struct jo_record record;
	struct store_added added;
	struct store *store;

	begin_tests();
	store = open_new("nodes");
	tell(store, "", "n1", "Old", 5);
	tell(store, "", "n2", "Old", 0);
	tell(store, "c1", "n2", "New", 0);
	tell(store, "c1", "n3", "New", 0);
	record = record_of(JO_RECORD_END, 1, 0, "n1");
	record.dropped_count = 7;
	add(store, &record, &added);
	test_descriptions(store);
	test_health(store);
	test_later(store);
	test_dropped(store);
	store_close(store);
	return end_tests();
}

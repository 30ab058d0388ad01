/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ledger: what was told to whom is the same, noted in memory or read from the database. */
#include "finding/ledger.h"

#include "notify_fixture.h"

static struct finding_item item_of(int64_t step_id, enum metric metric)
{
	return (struct finding_item){
		.step_id = step_id,
		.group_id = 7,
		.metric = metric,
		.user = "ann",
		.end_unix_us = NOW_US - step_id * HOUR_US, /* so many hours ago */
	};
}

static struct store_drift drift_of(int64_t group_id, enum metric metric, int64_t begin_hours_ago)
{
	return (struct store_drift){
		.group_id = group_id,
		.metric = metric,
		.begin_unix_us = NOW_US - begin_hours_ago * HOUR_US,
		.since_end_unix_us = NOW_US - begin_hours_ago * HOUR_US,
	};
}

/* ann's steps of 2 and 30 hours ago, her drift, the admin's, and node n1 twice. */
static void fill(struct ledger *ledger, struct store *store)
{
	const struct finding_item items[] = {item_of(2, METRIC_WALL), item_of(30, METRIC_WALL)};
	const struct store_drift drift = drift_of(7, METRIC_WALL, 20);
	const struct store_finding entries[] = {
		ledger_entry_of_item(&items[0], NOW_US),
		ledger_entry_of_item(&items[1], NOW_US),
		ledger_entry_of_drift(&drift, "ann", NOW_US),
		ledger_entry_of_drift(&drift, "", NOW_US),
		ledger_entry_of_node("n1", NOW_US - 90 * HOUR_US, NOW_US - 72 * HOUR_US),
		ledger_entry_of_node("n1", NOW_US - 40 * HOUR_US, NOW_US - 24 * HOUR_US),
	};
	int64_t id;

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (ledger != NULL)
			ledger_note(ledger, &entries[i]);
		else
			is_int(store_finding_add(store, &entries[i], &id, NULL), 1,
			       "entry %zu goes in", i);
}

static void check_steps(const struct ledger *ledger)
{
	static const struct {
		const char *name;
		int64_t step_id;
		enum metric metric;
		int64_t from_hours_ago;
		bool want;
	} cases[] = {
		{"another step", 3, METRIC_WALL, 100, false},
		{"another metric", 2, METRIC_MEMORY, 100, false},
		{"an entry of before", 30, METRIC_WALL, 29, false},
		{"a step", 2, METRIC_WALL, 100, true},
		{"one of just then", 30, METRIC_WALL, 30, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct finding_item item = item_of(cases[i].step_id, cases[i].metric);

		is_int(ledger_has_item(ledger, &item, NOW_US - cases[i].from_hours_ago * HOUR_US),
		       cases[i].want, "%s", cases[i].name);
	}
}

static void check_drifts(const struct ledger *ledger)
{
	static const struct {
		const char *name;
		int64_t group_id;
		enum metric metric;
		int64_t begin_hours_ago;
		const char *owner;
		bool want, want_before;
		size_t want_steps;
	} cases[] = {
		{"another group", 8, METRIC_WALL, 20, "ann", false, false, 0},
		{"another metric", 7, METRIC_MEMORY, 20, "ann", false, false, 0},
		{"another owner", 7, METRIC_WALL, 20, "bob", false, false, 0},
		{"one that began before", 7, METRIC_WALL, 21, "ann", false, false, 1},
		{"the drift", 7, METRIC_WALL, 20, "ann", true, false, 1},
		{"the admin's", 7, METRIC_WALL, 20, "", true, false, 0},
		{"one that began after", 7, METRIC_WALL, 1, "ann", false, true, 0},
		{"with steps of long ago", 7, METRIC_WALL, 40, "ann", false, false, 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct store_drift drift =
			drift_of(cases[i].group_id, cases[i].metric, cases[i].begin_hours_ago);

		is_int(ledger_has_drift(ledger, &drift, cases[i].owner), cases[i].want, "%s",
		       cases[i].name);
		is_int(ledger_has_drift_before(ledger, &drift, cases[i].owner),
		       cases[i].want_before, "an earlier one");
		is_int(ledger_count_steps(ledger, &drift, cases[i].owner), cases[i].want_steps,
		       "%zu steps", cases[i].want_steps);
	}
}

static void check_nodes(const struct ledger *ledger)
{
	is_int(ledger_node_told_unix_us(ledger, "n2"), JO_MISSING, "a node that was never told");
	is_int(ledger_node_told_unix_us(ledger, "n1"), NOW_US - 24 * HOUR_US,
	       "of a node the last time counts");
}

static void check_all(const struct ledger *ledger)
{
	check_steps(ledger);
	check_drifts(ledger);
	check_nodes(ledger);
}

static void check_memory(void)
{
	const struct finding_item item = item_of(2, METRIC_WALL);
	struct ledger *ledger = ledger_new();

	ok(!ledger_has_item(ledger, &item, INT64_MIN), "an empty one has nothing");
	fill(ledger, NULL);
	check_all(ledger);
	ledger_free(ledger);
	ledger_free(NULL);
}

static void check_database(const char *folder)
{
	struct store *store = new_store(folder);
	struct ledger *ledger = NULL;
	struct jo_err err = {0};

	(void)store_begin(store, NULL);
	fill(NULL, store);
	(void)store_commit(store, NULL);
	is_int(ledger_read(store, STORE_CHANNEL_MAIL, &ledger, &err), 0, "its ledger is read (%s)", err.text);
	check_all(ledger);
	ledger_free(ledger);
	store_close(store);
}

int main(void)
{
	(void)setenv("TZ", "UTC", 1);
	check_memory();
	in_folder(check_database);
	return tap_done();
}

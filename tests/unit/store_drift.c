/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drifts: kept under their first date, chosen by group, time and state, gone with their group. */
#include "store_fixture.h"

static struct store_drift drift_of(int64_t group_id, int64_t begin_unix_us)
{
	return (struct store_drift){
		.group_id = group_id,
		.metric = METRIC_MEMORY,
		.begin_unix_us = begin_unix_us,
		.since_unix_us = begin_unix_us + S,
		.since_end_unix_us = begin_unix_us + 2 * S,
		.until_unix_us = JO_MISSING,
		.is_back = true,
		.log_ratio = 0.5,
		.statistic = 6,
		.before_count = 40,
		.since_count = 23,
		.night_count = 4,
		.found_night = NIGHT,
		.seen_night = NIGHT,
	};
}

static int count_drifts(struct store *store, const struct store_drift_selection *selection)
{
	struct store_cursor *cursor;
	struct store_drift drift;
	int count = 0;

	must(store_drifts_open(store, selection, &cursor, &err) == 0, "open drifts");
	while (store_drifts_next(cursor, &drift, &err) == 1)
		count++;
	store_cursor_close(cursor);
	return count;
}

static void test_round_trip(struct store *store, int64_t group_id)
{
	struct store_drift drift = drift_of(group_id, T0), got;
	struct store_drift_selection all;
	struct store_cursor *cursor;

	store_drift_selection_init(&all);
	is_int(count_drifts(store, &all), 0, "none yet");
	is_int(store_drift_put(store, &drift, &err), 0, "one goes in");
	drift.since_count = 30;
	drift.found_night = drift.seen_night = NIGHT + 1;
	is_int(store_drift_put(store, &drift, &err), 0, "and again, a night later");
	must(store_drifts_open(store, &all, &cursor, &err) == 0, "open drifts");
	is_int(store_drifts_next(cursor, &got, &err), 1, "it is there");
	ok(got.group_id == group_id && got.metric == METRIC_MEMORY && got.begin_unix_us == T0 &&
		   got.since_unix_us == T0 + S && got.since_end_unix_us == T0 + 2 * S &&
		   got.until_unix_us == JO_MISSING && got.is_back && !got.is_gradual &&
		   got.log_ratio == 0.5 && got.statistic == 6 && got.before_count == 40 &&
		   got.since_count == 30 && got.night_count == 4,
	   "as it was last");
	ok(got.found_night == NIGHT && got.seen_night == NIGHT + 1, "found in the first night");
	is_str(got.class_name, "align", "with its class");
	is_str(got.partition, "main", "and partition");
	is_str(got.user, "ann", "and user");
	is_int(store_drifts_next(cursor, &got, &err), 0, "once");
	store_cursor_close(cursor);
}

static void test_selection(struct store *store, int64_t group_id)
{
	static const char *const align[] = {"align"}, *const sort[] = {"sort"};
	struct store_drift drift = drift_of(group_id, T0 + HOUR);
	struct store_drift_selection selection;

	drift.until_unix_us = T0 + 2 * HOUR;
	must(store_drift_put(store, &drift, &err) == 0, "put a second one");
	store_drift_selection_init(&selection);
	is_int(count_drifts(store, &selection), 2, "two in all");
	selection.want_open = true;
	is_int(count_drifts(store, &selection), 1, "of which one holds");
	selection.want_open = false;
	selection.begin_from_unix_us = T0 + 1;
	is_int(count_drifts(store, &selection), 1, "one began later");
	selection.begin_from_unix_us = JO_MISSING;
	selection.seen_from_night = NIGHT + 1;
	is_int(count_drifts(store, &selection), 1, "one was seen later");
	selection.seen_from_night = 0;
	selection.group_id = group_id + 1;
	is_int(count_drifts(store, &selection), 0, "another group has none");
	selection.group_id = JO_MISSING;
	selection.classes = (struct store_words){align, 1};
	is_int(count_drifts(store, &selection), 2, "the class has both");
	selection.classes = (struct store_words){sort, 1};
	is_int(count_drifts(store, &selection), 0, "another one none");
}

int main(void)
{
	struct store_drift_selection all;
	struct store *store;
	int64_t group_id, gone;

	begin_tests();
	store = open_new("drift.db");
	add_job(store, 1, "ann", T0);
	group_id = group_of(store, 1);
	test_round_trip(store, group_id);
	test_selection(store, group_id);
	must(prune(store, T0 + 100 * HOUR, &gone) == 0, "prune");
	store_drift_selection_init(&all);
	is_int(count_drifts(store, &all), 0, "they go with their group");
	store_close(store);
	return end_tests();
}

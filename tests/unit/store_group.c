/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups follow their rule, also when it changes; histories are read in time; models are kept. */
#include "store_fixture.h"

static void models(void)
{
	struct store *store = open_new("models");
	struct store_model model;

	is_int(store_model_get(store, 1, METRIC_WALL, &model, &err), 0, "there is no model");
	put_model(store, 1, "first");
	put_model(store, 1, "second one");
	is_int(store_model_get(store, 1, METRIC_WALL, &model, &err), 1, "until there is one");
	ok(model.size == 10 && memcmp(model.data, "second one", 10) == 0, "the last one put");
	is_int(model.format_version, 7, "with its version");
	is_int(model.change_count, 3, "and the state of the group it was fitted on");
	is_int(store_model_get(store, 1, METRIC_MEMORY, &model, &err), 0, "of its metric alone");
	store_close(store);
}

static void regroup(void)
{
	const struct store_options options = {STORE_WRITE, 0};
	struct store *store = open_new("regroup");
	struct step_verdict verdict = {.metric = METRIC_WALL,
				       .verdict = VERDICT_HIGH,
				       .reason = "",
				       .borrowed_from = "",
				       .attrs_used = "",
				       .group = "",
				       .judged_unix_us = T0,
				       .night = NIGHT};
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct store_group group;
	struct store_model model;
	struct step step;
	int64_t old_group_id;
	char path[ENGINE_PATH_SIZE];

	add_job(store, 1, "ann", T0);
	add_job(store, 2, "ann", T0 + S);
	add_job(store, 3, "bob", T0 + 2 * S);
	start_job(store, 4, JO_MISSING);
	is_int(list_groups(store, &group), 2, "a group for each user");
	ok(group_of(store, 1) == group_of(store, 2) && group_of(store, 1) != group_of(store, 3),
	   "with the user's steps");
	is_int(group_of(store, 4), group_of(store, 1), "also those that still run");
	put_model(store, group_of(store, 1), "bytes");
	verdict.step_id = id_of(store, 1);
	old_group_id = group_of(store, 1);
	must(put_verdict(store, &verdict) == 0, "put a verdict");

	is_int(store_group_by(store, STORE_GROUP_CLUSTER | STORE_GROUP_CLASS, &err), 0,
	       "grouped by class");
	is_int(list_groups(store, &group), 1, "all are one group");
	is_int(group.newest_end_unix_us, T0 + 102 * S, "whose newest end is known");
	ok(group.change_count >= 3, "and which has changed");
	is_int(group_of(store, 3), group.id, "the steps are in it");
	is_int(group_of(store, 4), group.id, "all of them");
	is_int(store_model_get(store, old_group_id, METRIC_WALL, &model, &err), 0,
	       "models of groups that are no more are gone");
	store_verdict_selection_init(&selection);
	must(store_verdicts_open(store, &selection, &cursor, &err) == 0, "list verdicts");
	is_int(store_verdicts_next(cursor, &step, &verdict, &err), 1, "verdicts stay");
	store_cursor_close(cursor);
	store_close(store);

	must(store_open(engine_path(folder, "regroup", path), &options, &store, &err) == 0, "open again");
	add_job(store, 5, "zoe", T0);
	is_int(list_groups(store, &group), 1, "the rule stays with the database");
	store_close(store);
}

static void counts(void)
{
	struct store *store = open_new("counts");
	struct store_group_tally tally = {77, 77};

	is_int(store_group_tally(store, 2, &tally, &err), 0, "groups are counted");
	is_int(tally.count + tally.filled_count, 0, "when there are none");
	add_job(store, 1, "ann", T0);
	add_job(store, 2, "ann", T0 + S);
	add_job(store, 3, "bob", T0 + 2 * S);
	start_job(store, 4, JO_MISSING);
	is_int(store_group_tally(store, 2, &tally, &err), 0, "and when there are some");
	is_int(tally.count, 2, "two");
	is_int(tally.filled_count, 1, "of which one has two steps that ended");
	store_close(store);
}

static void declared_classes(void)
{
	struct store *store = open_new("declared");
	struct jo_record record = record_of(JO_RECORD_END, 1, 0, "n1");
	struct store_added added;

	record.class_is_declared = 1;
	add(store, &record, &added);
	record.job_id = 2;
	(void)strcpy(record.user, "bob");
	add(store, &record, &added);
	record.job_id = 3;
	record.class_is_declared = 0;
	add(store, &record, &added);
	is_int(group_of(store, 1), group_of(store, 2), "a declared class is shared by users");
	ok(group_of(store, 3) != group_of(store, 1), "one that was guessed is not");
	store_close(store);
}

static void histories(void)
{
	struct store *store = open_new("histories");
	struct store_history history = {0};
	struct jo_record record;
	struct store_added added;
	int64_t group;

	for (int64_t job = 1; job <= 5; job++) {
		record = record_of(JO_RECORD_END, job, 0, "n1");
		/* Not in the order in which they ended. */
		record.start_unix_us = T0 + (job * 3 % 5) * HOUR;
		record.input_bytes = job * 1000;
		record.input_source = JO_INPUT_OPTION;
		must(jo_attrs_set(&record.attrs, "words", job % 2 == 0 ? "even" : "odd", &err) == 0,
		     "set an attribute");
		add(store, &record, &added);
	}
	start_job(store, 6, HOUR);
	start_job(store, 7, JO_MISSING);
	must(store_settle_lost(store, T0 + 100 * HOUR, HOUR, 200 * HOUR, &err) == 1, "lose one");
	group = group_of(store, 1);

	is_int(store_history_read(store, group, T0 + 100 * HOUR, 100, &history, &err), 0, "read");
	is_int(history.count, 5, "what ended is a history, neither what runs nor what is lost");
	for (size_t i = 1; i < history.count; i++)
		ok(history.list[i - 1].end_unix_us < history.list[i].end_unix_us, "in time");
	is_int(history.list[0].input_bytes, 5000, "from the first to end");
	is_str(history.list[0].attrs, "words=odd", "with its attributes");
	is_str(history.list[4].attrs, "words=odd", "each with its own");
	is_int(history.list[4].input_bytes, 3000, "to the last");
	is_str(store_name(store, history.list[0].node_name_id), "n1", "nodes have names");

	is_int(store_history_read(store, group, T0 + 3 * HOUR + 100 * S, 2, &history, &err), 0,
	       "with a limit");
	is_int(history.count, 2, "no more than that");
	is_int(history.list[1].end_unix_us, T0 + 2 * HOUR + 100 * S, "the newest before the time");
	is_int(store_history_read(store, group + 100, T0, 2, &history, &err), 0, "of no group");
	is_int(history.count, 0, "nothing");
	store_history_release(&history);
	store_close(store);
}

int main(void)
{
	begin_tests();
	models();
	regroup();
	counts();
	declared_classes();
	histories();
	return end_tests();
}

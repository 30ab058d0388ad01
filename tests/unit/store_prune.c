/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What never ended is lost, what is old goes, and nothing goes that is still needed. */
#include "store_fixture.h"

#include "step/month.h"

static void lost(void)
{
	struct store *store = open_new("lost");
	struct jo_record end = record_of(JO_RECORD_END, 1, 0, "n1");
	struct store_added added;

	start_job(store, 1, 2 * HOUR);
	start_job(store, 2, 10 * HOUR);
	start_job(store, 3, JO_MISSING);
	is_int(store_settle_lost(store, T0 + 3 * HOUR, HOUR, 100 * HOUR, &err), 0,
	       "within its limit and some grace nothing is lost");
	is_int(store_settle_lost(store, T0 + 3 * HOUR + S, HOUR, 100 * HOUR, &err), 1,
	       "after that it is");
	is_int(state_of(store, 1), STEP_STATE_LOST, "the one with that limit");
	is_int(state_of(store, 2), STEP_STATE_RUNNING, "not one with a longer limit");
	is_int(state_of(store, 3), STEP_STATE_RUNNING, "nor one without");
	is_int(store_settle_lost(store, T0 + 3 * HOUR + S, HOUR, 100 * HOUR, &err), 0, "once");
	is_int(store_settle_lost(store, T0 + 100 * HOUR + S, HOUR, 100 * HOUR, &err), 2,
	       "in the end even those");
	add(store, &end, &added);
	is_int(state_of(store, 1), STEP_STATE_COMPLETED, "an end that comes after all is believed");
	store_close(store);
}

/* ---- pruning ---- */

#define OLD (T0 - 1000 * HOUR)

static struct store_finding finding_of(struct store *store, int64_t job)
{
	return (struct store_finding){
		.kind = STORE_FINDING_STEP,
		.step_id = id_of(store, job),
		.group_id = group_of(store, job),
		.node = "",
		.owner = "ann",
		.detail = "",
		.night = NIGHT,
		.created_unix_us = T0,
	};
}

static int64_t add_finding(struct store *store, int64_t job)
{
	const struct store_finding finding = finding_of(store, job);
	int64_t id;

	must(store_finding_add(store, &finding, &id, &err) == 1, "add a finding");
	return id;
}

static int64_t queue(struct store *store, int64_t finding_id, int32_t night, const char *header_id)
{
	const struct store_message message = {
		.owner = "ann",
		.night = night,
		.address = "a@x",
		.header_id = header_id,
		.created_unix_us = T0,
		.body = "x",
		.body_size = 1,
	};
	int64_t id = JO_MISSING;

	must(store_begin(store, &err) == 0 &&
		     store_message_queue(store, &message, &finding_id, 1, &id, &err) == 0 &&
		     store_commit(store, &err) == 0,
	     "queue a message");
	return id;
}

static int count_findings(struct store *store)
{
	const struct store_finding_selection selection = {.message_id = JO_MISSING};
	struct store_finding finding;
	struct store_cursor *cursor;
	int count = 0;

	must(store_findings_open(store, &selection, &cursor, &err) == 0, "list findings");
	while (store_findings_next(cursor, &finding, &err) == 1)
		count++;
	store_cursor_close(cursor);
	return count;
}

static void prune_one_step(void)
{
	struct store *store = open_new("prune");
	struct step_verdict verdict = {.metric = METRIC_WALL,
				       .reason = "",
				       .borrowed_from = "",
				       .attrs_used = "",
				       .group = "",
				       .night = NIGHT};
	struct store_group group;
	struct store_model model;
	int64_t count = -1, ann, bob, sent;

	add_job(store, 1, "ann", OLD);
	add_job(store, 2, "ann", OLD);
	add_job(store, 3, "ann", OLD);
	add_job(store, 4, "ann", T0);
	add_job(store, 5, "bob", OLD);
	start_job(store, 6, HOUR);
	ann = group_of(store, 1);
	bob = group_of(store, 5);
	put_model(store, ann, "a");
	put_model(store, bob, "b");
	verdict.step_id = id_of(store, 1);
	must(put_verdict(store, &verdict) == 0, "put a verdict");
	(void)add_finding(store, 1);                             /* nobody was told */
	(void)queue(store, add_finding(store, 2), NIGHT, "1@x"); /* waits */
	sent = queue(store, add_finding(store, 3), NIGHT + 1, "2@x");
	must(store_message_sent(store, sent, T0, &err) == 0, "send");
	(void)add_finding(store, 4);
	(void)list_groups(store, &group);

	is_int(prune(store, OLD, &count), 0, "pruned, but nothing is that old");
	is_int(count, 0, "so nothing went");
	is_int(prune(store, T0, &count), 0, "pruned");
	is_int(count, 4, "four steps ended before");
	is_int(count_steps(store), 2, "a newer one and one that runs stay");
	is_int(count_verdicts(store, verdict.step_id, &verdict), 0, "verdicts go with their steps");
	is_int(count_findings(store), 2, "so do findings, but not those on their way");
	is_int(list_groups(store, &group), 1, "a group without steps goes");
	is_int(group.id, ann, "one with steps stays");
	is_int(group.change_count, 5, "and has changed");
	is_int(store_model_get(store, bob, METRIC_WALL, &model, &err), 0, "its model goes");
	is_int(store_model_get(store, ann, METRIC_WALL, &model, &err), 1, "the other stays");
	is_int(prune(store, T0, &count), 0, "again");
	is_int(count, 0, "nothing more");

	is_int(prune(store, T0 + HOUR, &count), 0, "pruned later");
	is_int(count, 1, "the newer one goes");
	is_int(list_groups(store, &group), 1, "a group in which one runs stays");
	must(store_settle_lost(store, T0 + 100 * HOUR, HOUR, HOUR, &err) == 1, "lose one");
	is_int(prune(store, T0 + HOUR, &count), 0, "again");
	is_int(count, 1, "what is lost goes by its start");
	is_int(list_groups(store, &group), 0, "and no group is left");
	add_job(store, 10, "ann", T0);
	is_int(id_of(store, 10) & MONTH_NUMBER_MAX, 7, "a new step has an id that none had before");
	is_int(store_check(store, &err), 0, "the file is whole");
	store_close(store);
}

static int count_messages(struct store *store)
{
	const struct store_message_selection selection = {.night = 0};
	struct store_message message;
	struct store_cursor *cursor;
	int count = 0;

	must(store_messages_open(store, &selection, &cursor, &err) == 0, "list messages");
	while (store_messages_next(cursor, &message, &err) == 1)
		count++;
	store_cursor_close(cursor);
	return count;
}

/* A mail that waits while the step it tells of is forgotten, and one that is being written then. */
static void prune_told_step(void)
{
	struct store *store = open_new("told");
	struct store_finding finding;
	int64_t count = -1, late, message;

	add_job(store, 1, "ann", OLD);
	finding = finding_of(store, 1);
	message = queue(store, add_finding(store, 1), NIGHT, "1@x");
	is_int(prune(store, T0, &count), 0, "a step is forgotten before its mail went");
	is_int(count_findings(store), 1, "what its mail tells stays");
	is_int(store_finding_add(store, &finding, &late, &err), 1, "another is told late");
	add_job(store, 2, "ann", T0);
	(void)add_finding(store, 2);
	is_int(count_findings(store), 3, "and the next step is not taken for told");
	must(store_message_sent(store, message, T0 + HOUR, &err) == 0, "send");
	is_int(prune(store, T0, &count), 0, "pruned again");
	is_int(count_findings(store), 2, "what was told goes");
	is_int(count_messages(store), 1, "a mail that was sent lately stays");
	is_int(prune(store, T0 + 2 * HOUR, &count), 0, "and later");
	is_int(count_messages(store), 0, "it goes as well");
	store_close(store);
}

#define MANY 17000 /* more than go in one transaction */
#define BATCH 250

/* Some have rows for their nodes. */
static void add_many(struct store *store)
{
	struct jo_record *records = calloc((size_t)BATCH * 2, sizeof(*records));
	struct store_input inputs[BATCH * 2];
	struct store_added added = {0};
	size_t count = 0;

	must(records != NULL && store_begin(store, &err) == 0, "begin");
	for (int64_t job = 1; job <= MANY; job++) {
		int64_t node_count = job % 100 == 0 ? 2 : 1;

		for (int64_t node = 0; node < node_count; node++) {
			records[count] =
				record_of(JO_RECORD_END, job, 0, node == 0 ? "n1" : "n2");
			records[count].node_count = node_count;
			inputs[count] = (struct store_input){&records[count], NULL,
							     STEP_SOURCE_PLUGIN, STEP_STATE_NONE};
			count++;
		}
		if (job % BATCH != 0)
			continue;
		must(store_add(store, inputs, count, T0, &added, &err) == 0, "add");
		count = 0;
	}
	must(store_commit(store, &err) == 0, "commit");
	free(records);
}

static void prune_many_steps(void)
{
	struct store *store = open_new("many");
	int64_t count = -1;

	add_many(store);
	is_int(count_steps(store), MANY, "many steps");
	is_int(prune(store, T0 + HOUR, &count), 0, "are pruned");
	is_int(count, MANY, "all of them");
	is_int(count_steps(store), 0, "so that none is left");
	is_int(store_check(store, &err), 0, "of a whole file");
	store_close(store);
}

int main(void)
{
	begin_tests();
	lost();
	prune_one_step();
	prune_told_step();
	prune_many_steps();
	return end_tests();
}

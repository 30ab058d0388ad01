/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is a peer, and which of the recorded facts a step can differ in. */
#include "explain/peers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/facts.h"
#include "tap.h"

#define HOUR_US INT64_C(3600000000)
#define BEGIN_US INT64_C(1772150400000000)

static struct store *new_store(char *path)
{
	static const struct store_options options = {.mode = STORE_CREATE};
	struct jo_err err = {0};
	struct store *store = NULL;
	int rc;

	(void)unlink(path);
	rc = store_open(path, &options, &store, &err);
	is_int(rc, 0, "a store (%s)", err.text);
	return store;
}

/* What a test says of a step; the rest is the same for all. */
struct job {
	int64_t id;
	const char *node, *qos;
	int64_t exit_status;
	enum step_state state;
	const char *attrs;
};

static void add(struct store *store, const struct job *job)
{
	struct jo_record record;
	struct store_added added = {0};
	struct jo_err err = {0};
	const struct store_input input = {&record, NULL, STEP_SOURCE_CSV, job->state};

	jo_record_init(&record, JO_RECORD_END);
	record.job_id = job->id;
	record.step_id = 4294967291;
	record.step_kind = JO_STEP_BATCH;
	record.node_count = 1;
	record.start_unix_us = BEGIN_US + job->id * HOUR_US;
	record.wall_us = HOUR_US / 2;
	record.exit_status = job->exit_status;
	record.cpu_count = 4;
	record.task_count = 2;
	record.restart_count = 1;
	record.mem_limit_bytes = 1 << 30;
	record.time_limit_us = HOUR_US;
	record.read_bytes = 3 << 20;
	record.write_bytes = 2 << 20;
	record.major_fault_count = 7;
	record.mem_limit_hit_count = 5;
	record.psi_cpu_some_us = HOUR_US / 10;
	record.psi_memory_some_us = HOUR_US / 20;
	record.psi_io_some_us = HOUR_US / 30;
	(void)strcpy(record.account, "biology");
	(void)strcpy(record.program, "aligner");
	(void)strcpy(record.job_name, "night");
	(void)snprintf(record.user, sizeof(record.user), "ann");
	(void)snprintf(record.class_name, sizeof(record.class_name), "align");
	(void)snprintf(record.node, sizeof(record.node), "%s", job->node);
	(void)snprintf(record.qos, sizeof(record.qos), "%s", job->qos);
	(void)jo_attrs_parse(job->attrs, &record.attrs, NULL);
	is_int(store_add(store, &input, 1, BEGIN_US, &added, &err), 0, "job %d (%s)", (int)job->id,
	       err.text);
}

/* The step, whose strings are the caller's to release with the cursor. */
static struct store_cursor *find_step(struct store *store, int64_t job_id, struct step *ret_step)
{
	const struct store_job job = {job_id, JO_MISSING, JO_MISSING, JO_MISSING};
	struct store_cursor *cursor = NULL;
	struct store_selection selection;

	store_selection_init(&selection);
	selection.jobs = &job;
	selection.job_count = 1;
	*ret_step = (struct step){0};
	if (store_steps_open(store, &selection, &cursor, NULL) == 0)
		(void)store_steps_next(cursor, ret_step, NULL);
	return cursor;
}

static int64_t find(struct store *store, int64_t job_id)
{
	struct step step;

	store_cursor_close(find_step(store, job_id, &step));
	return step.id;
}

static void say_high(struct store *store, int64_t job_id)
{
	const struct step_verdict verdict = {
		.step_id = find(store, job_id),
		.metric = METRIC_WALL,
		.verdict = VERDICT_HIGH,
		.reason = "",
		.borrowed_from = "",
		.attrs_used = "",
		.group = "class align",
	};

	is_int(store_verdicts_put(store, &verdict, 1, JO_MISSING, NULL), 0, "job %d was high",
	       (int)job_id);
}

static void check_peers(struct store *store)
{
	struct explain_difference differences[4];
	struct explain_peers peers;
	struct jo_err err = {0};
	int64_t id = find(store, 50);
	size_t n;

	is_int(explain_peers_read(store, METRIC_WALL, &id, 1, &peers, &err), 0, "peers (%s)",
	       err.text);
	is_int(peers.peer_count, 40, "neither what was high, nor was cut short, nor came later");
	is_int(explain_peer(&peers, 0)->step.job_id, 39, "the newest is first");
	is_int(explain_peers_nearest(&peers)->job_id, 39, "and nearest, where no sizes are known");
	n = explain_peers_differ(&peers, differences, 4);
	is_int(n, 2, "two things differ, and the exit of a step that was stopped is none");
	is_str(differences[0].text, "words was 174; in the 40 normal jobs it was 30",
	       "what was declared");
	is_str(differences[1].text, "the node was n2; in the 40 normal jobs it was n1",
	       "and what was recorded");
	explain_peers_release(&peers);
}

/* Of peers not all is read, but what each fact is made of. */
static void check_facts(struct store *store)
{
	int64_t id = find(store, 50);
	struct store_cursor *cursor;
	struct explain_peers peers;
	struct step whole;

	is_int(explain_peers_read(store, METRIC_WALL, &id, 1, &peers, NULL), 0, "peers");
	cursor = find_step(store, 39, &whole);
	for (const struct explain_fact *fact = explain_facts; fact->name != NULL; fact++) {
		const struct explain_facts_source of_peer = {&explain_peer(&peers, 0)->step, NULL,
							     peers.strings};
		const struct explain_facts_source of_whole = {&whole, NULL, peers.strings};
		const char *text = fact->value(&of_whole).text;
		const char *peers_text = fact->value(&of_peer).text;

		if (text == NULL) /* of a node that nothing is known of */
			is_int(fact->kind, FACT_NODE, "%s is not known", fact->name);
		else
			is_str(peers_text != NULL ? peers_text : "(not read)", text, "%s",
			       fact->name);
	}
	store_cursor_close(cursor);
	explain_peers_release(&peers);
}

static void check_none(struct store *store)
{
	struct explain_difference difference;
	struct explain_peers peers;
	int64_t first = find(store, 0), none = 4711;

	is_int(explain_peers_read(store, METRIC_WALL, &first, 1, &peers, NULL), 0,
	       "the first step");
	is_int(peers.peer_count, 0, "has no peers");
	ok(explain_peers_nearest(&peers) == NULL, "nor a nearest one");
	is_int(explain_peers_differ(&peers, &difference, 1), 0, "nor anything to differ in");
	explain_peers_release(&peers);
	is_int(explain_peers_read(store, METRIC_WALL, &none, 1, &peers, NULL), 0,
	       "a step that is gone");
	is_int(peers.outlier_count + peers.peer_count, 0, "has nothing");
	is_int(explain_peers_differ(&peers, &difference, 1), 0, "to tell");
	explain_peers_release(&peers);
}

int main(void)
{
	char folder[] = "/tmp/explain_peers.XXXXXX", path[64], junk[80];
	struct store *store;

	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/db", folder);
	store = new_store(path);
	is_int(store_begin(store, NULL), 0, "steps");
	for (int64_t i = 0; i < 40; i++)
		add(store, &(struct job){i, "n1", i < 20 ? "" : "normal", 0, STEP_STATE_COMPLETED,
					 "words=30"});
	add(store, &(struct job){41, "n9", "", 0, STEP_STATE_COMPLETED, ""});
	add(store, &(struct job){42, "n9", "", 0, STEP_STATE_TIMEOUT, ""});
	add(store, &(struct job){50, "n2", "normal", 9, STEP_STATE_TIMEOUT, "words=174"});
	add(store, &(struct job){60, "n9", "", 0, STEP_STATE_COMPLETED, ""});
	is_int(store_commit(store, NULL), 0, "are there");
	say_high(store, 41);
	check_peers(store);
	check_facts(store);
	check_none(store);
	store_close(store);
	(void)snprintf(junk, sizeof(junk), "rm -rf %s", folder);
	return system(junk) == 0 ? tap_done() : 1;
}

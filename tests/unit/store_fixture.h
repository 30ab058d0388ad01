/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store's tests share: a folder, new stores in it, and steps to put in. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "engine_path.h"
#include "store/store.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000)
#define HOUR (3600 * S)
#define T0 (INT64_C(1700000000) * S)
#define NIGHT 20231114
#define MAYBE_UNUSED __attribute__((unused))

/* In memory: a test waits for no disk. */
static char folder[] = "/dev/shm/store_test.XXXXXX";
static struct jo_err err;

/* For what the test itself needs, and is not testing. */
static void must(int is_good, const char *what)
{
	if (is_good)
		return;
	printf("Bail out! %s: %s\n", what, err.text);
	exit(1);
}

MAYBE_UNUSED static void begin_tests(void)
{
	must(mkdtemp(folder) != NULL, "make a folder");
}

MAYBE_UNUSED static int end_tests(void)
{
	char command[100];

	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	must(system(command) == 0, "remove the folder");
	return tap_done();
}

/* The store of this name, made where there is none; nobody waits for a lock. */
MAYBE_UNUSED static struct store *open_new(const char *name)
{
	const struct store_options options = {STORE_CREATE, 0};
	struct store *store = NULL;
	char path[ENGINE_PATH_SIZE];

	must(store_open(engine_path(folder, name, path), &options, &store, &err) == 0, "open");
	return store;
}

/* Of ann's class align, on the only node of its step; an end took 100 seconds. */
MAYBE_UNUSED static struct jo_record record_of(enum jo_record_kind kind, int64_t job, int64_t step,
					       const char *node)
{
	struct jo_record record;

	jo_record_init(&record, kind);
	record.job_id = job;
	record.step_id = step;
	record.step_kind = JO_STEP_SRUN;
	record.restart_count = 0;
	(void)strcpy(record.cluster, "c1");
	(void)strcpy(record.node, node);
	(void)strcpy(record.user, "ann");
	(void)strcpy(record.partition, "main");
	(void)strcpy(record.class_name, "align");
	record.node_count = 1;
	record.start_unix_us = T0;
	if (kind == JO_RECORD_END) {
		record.wall_us = 100 * S;
		record.exit_status = 0;
		record.term_signal = 0;
	}
	return record;
}

MAYBE_UNUSED static void add_at(struct store *store, const struct jo_record *record,
				int64_t now_unix_us, struct store_added *added)
{
	const struct store_input input = {record, NULL, STEP_SOURCE_PLUGIN, STEP_STATE_NONE};

	*added = (struct store_added){0};
	must(store_begin(store, &err) == 0 &&
		     store_add(store, &input, 1, now_unix_us, added, &err) == 0 &&
		     store_commit(store, &err) == 0,
	     "add");
}

MAYBE_UNUSED static void add(struct store *store, const struct jo_record *record,
			     struct store_added *added)
{
	add_at(store, record, T0, added);
}

/* The one step of the job; the caller closes the cursor. */
MAYBE_UNUSED static struct store_cursor *get(struct store *store, int64_t job, struct step *step)
{
	const struct store_job wanted = {job, JO_MISSING, JO_MISSING, JO_MISSING};
	struct store_selection selection;
	struct store_cursor *cursor;

	store_selection_init(&selection);
	selection.jobs = &wanted;
	selection.job_count = 1;
	must(store_steps_open(store, &selection, &cursor, &err) == 0 &&
		     store_steps_next(cursor, step, &err) == 1,
	     "get");
	return cursor;
}

/* The id of that step. */
MAYBE_UNUSED static int64_t id_of(struct store *store, int64_t job)
{
	struct step step;

	store_cursor_close(get(store, job, &step));
	return step.id;
}

/* The change of the step that waits to be judged; JO_MISSING when none does. */
MAYBE_UNUSED static int64_t change_of(struct store *store, int64_t step_id)
{
	struct store_change *list;
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int64_t change_unix_us = JO_MISSING;
	size_t count;

	store_selection_init(&selection);
	selection.id = step_id;
	must(store_steps_open(store, &selection, &cursor, &err) == 0 &&
		     store_steps_next(cursor, &step, &err) == 1,
	     "get");
	store_cursor_close(cursor);
	must(store_unjudged_of(store, step.group_id, JO_MISSING + 1, INT64_MAX, &list, &count,
			       &err) == 0,
	     err.text);
	for (size_t i = 0; i < count; i++)
		if (list[i].step_id == step_id)
			change_unix_us = list[i].change_unix_us;
	free(list);
	return change_unix_us;
}

/* Put a verdict on the step as it is. */
MAYBE_UNUSED static int put_verdict(struct store *store, const struct step_verdict *verdict)
{
	return store_verdicts_put(store, verdict, 1, change_of(store, verdict->step_id), &err);
}

MAYBE_UNUSED static enum step_state state_of(struct store *store, int64_t job)
{
	struct step step;

	store_cursor_close(get(store, job, &step));
	return step.state;
}

MAYBE_UNUSED static int64_t count_steps(struct store *store)
{
	struct store_counts counts;

	must(store_counts(store, &counts, &err) == 0, "count");
	return counts.step_count;
}

/* A step of the user that ended well after 100 seconds. */
MAYBE_UNUSED static void add_job(struct store *store, int64_t job, const char *user,
				 int64_t start_unix_us)
{
	struct jo_record record = record_of(JO_RECORD_END, job, 0, "n1");
	struct store_added added;

	(void)snprintf(record.user, sizeof(record.user), "%s", user);
	record.start_unix_us = start_unix_us;
	add(store, &record, &added);
}

/* Each step that ended before the time; how many went. */
MAYBE_UNUSED static int prune(struct store *store, int64_t end_before_unix_us, int64_t *ret_count)
{
	const struct store_prune exact = {end_before_unix_us, true};
	struct store_pruned pruned = {0};
	int rc = store_prune(store, &exact, &pruned, &err);

	*ret_count = pruned.step_count;
	return rc;
}

/* A step of ann's that has begun at T0. */
MAYBE_UNUSED static void start_job(struct store *store, int64_t job, int64_t limit_us)
{
	struct jo_record record = record_of(JO_RECORD_START, job, 0, "n1");
	struct store_added added;

	record.time_limit_us = limit_us;
	add(store, &record, &added);
}

MAYBE_UNUSED static int64_t group_of(struct store *store, int64_t job)
{
	struct step step;

	store_cursor_close(get(store, job, &step));
	return step.group_id;
}

/* Counts the groups, of which the last is left in *ret_group; its strings are gone. */
MAYBE_UNUSED static int list_groups(struct store *store, struct store_group *ret_group)
{
	struct store_group_selection selection;
	struct store_cursor *cursor;
	int count = 0;

	store_group_selection_init(&selection);
	must(store_groups_open(store, &selection, &cursor, &err) == 0, "list groups");
	while (store_groups_next(cursor, ret_group, &err) == 1)
		count++;
	store_cursor_close(cursor);
	return count;
}

MAYBE_UNUSED static void put_model(struct store *store, int64_t group_id, const char *bytes)
{
	const struct store_model model = {
		.group_id = group_id,
		.metric = METRIC_WALL,
		.format_version = 7,
		.change_count = 3,
		.end_before_unix_us = T0,
		.obs_count = 40,
		.fitted_unix_us = T0 + S,
		.data = bytes,
		.size = strlen(bytes),
	};

	must(store_model_put(store, &model, &err) == 0, "put a model");
}

MAYBE_UNUSED static int count_verdicts(struct store *store, int64_t id,
				       struct step_verdict *ret_verdict)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int count = 0;

	store_verdict_selection_init(&selection);
	selection.steps.id = id;
	must(store_verdicts_open(store, &selection, &cursor, &err) == 0, "list verdicts");
	while (store_verdicts_next(cursor, &step, ret_verdict, &err) == 1)
		count++;
	/* Their strings are the statement's. */
	store_cursor_close(cursor);
	return count;
}

#endif

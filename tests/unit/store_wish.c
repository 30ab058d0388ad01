/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What users asked for is kept once, found again, and forgotten with the steps. */
#include "engine_path.h"
#include "store/store.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define S INT64_C(1000000)
#define T0 (INT64_C(1700000000) * S)

static char folder[] = "/tmp/store_wish.XXXXXX";
static struct jo_err err;

static struct store *open_new(void)
{
	const struct store_options options = {STORE_CREATE, 0};
	struct store *store = NULL;
	char path[ENGINE_PATH_SIZE];

	if (store_open(engine_path(folder, "db", path), &options, &store, &err) < 0) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	return store;
}

/* "user/class/partition/until ..." */
static const char *mutes(struct store *store, const char *user)
{
	static char text[500];
	struct store_cursor *cursor;
	struct store_mute mute;
	size_t len = 0;

	text[0] = '\0';
	if (store_mutes_open(store, user, &cursor, &err) < 0)
		return err.text;
	while (store_mutes_next(cursor, &mute, &err) > 0)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%s/%s/%s/%lld", len > 0 ? " " : "",
			mute.user, mute.class_name, mute.partition,
			mute.until_unix_us == JO_MISSING ? -1LL
							 : (long long)(mute.until_unix_us / S));
	store_cursor_close(cursor);
	return text;
}

static int put(struct store *store, const char *user, const char *class_name, const char *partition,
	       int64_t until_unix_us)
{
	const struct store_mute mute = {user, class_name, partition, until_unix_us, T0};

	return store_mute_put(store, &mute, &err);
}

static void test_mutes(struct store *store)
{
	is_str(mutes(store, NULL), "", "nothing is muted");
	is_int(store_mute_drop(store, "ann", "", "", &err), 0, "so nothing is taken back");
	is_int(put(store, "ann", "align", "", 5 * S), 0, "a class is muted");
	is_int(put(store, "ann", "align", "", 7 * S), 0, "and again");
	is_int(put(store, "ann", "", "gpu", JO_MISSING), 0, "a partition for good");
	is_int(put(store, "bob", "align", "gpu", JO_MISSING), 0, "both, of another");
	is_str(mutes(store, NULL), "ann//gpu/-1 ann/align//7 bob/align/gpu/-1",
	       "the later one has replaced the earlier");
	is_str(mutes(store, "bob"), "bob/align/gpu/-1", "of one user");
	is_str(mutes(store, "eve"), "", "of one who is not known");
	is_int(store_mute_drop(store, "ann", "sort", "", &err), 0, "a class that is not muted");
	is_int(store_mute_drop(store, "ann", "", "gpu", &err), 1, "one is taken back");
	is_str(mutes(store, NULL), "ann/align//7 bob/align/gpu/-1", "the others stay");
	is_int(store_mute_drop(store, "bob", "", "", &err), 1, "all of a user's");
	is_str(mutes(store, NULL), "ann/align//7", "and nobody else's");
}

static void test_too_many(struct store *store)
{
	char class_name[20];

	for (int i = 1; i < STORE_MUTES_MAX; i++) {
		(void)snprintf(class_name, sizeof(class_name), "class%d", i);
		if (put(store, "ann", class_name, "", JO_MISSING) < 0)
			printf("# %s\n", err.text);
	}
	is_int(put(store, "ann", "more", "", JO_MISSING), -EDQUOT, "there is an end to mutes");
	is_int(put(store, "ann", "align", "", 9 * S), 0, "but what is there may be replaced");
	is_int(put(store, "bob", "more", "", JO_MISSING), 0, "and others have their own");
}

static void test_weekly(struct store *store)
{
	struct store_cursor *cursor = NULL;
	int64_t since_unix_us = 0;
	const char *user = "";

	is_int(store_weekly_set(store, "ann", false, T0, &err), 0, "nightly is what it is");
	is_int(store_weekly_set(store, "ann", true, T0, &err), 0, "weekly");
	is_int(store_weekly_set(store, "ann", true, T0 + S, &err), 0, "asked for twice");
	is_int(store_weekly_set(store, "bob", true, T0, &err), 0, "another");
	is_int(store_weekly_set(store, "bob", false, T0, &err), 0, "who thinks better of it");
	is_int(store_weekly_open(store, &cursor, &err), 0, "who is weekly");
	is_int(store_weekly_next(cursor, &user, &since_unix_us, &err), 1, "is one");
	is_str(user, "ann", "by name");
	is_int(since_unix_us, T0, "since when");
	is_int(store_weekly_next(cursor, &user, &since_unix_us, &err), 0, "alone");
	store_cursor_close(cursor);
}

static void add_step(struct store *store, int64_t job)
{
	struct store_added added = {0};
	struct jo_record record;
	const struct store_input input = {&record, NULL, STEP_SOURCE_PLUGIN, STEP_STATE_COMPLETED};

	jo_record_init(&record, JO_RECORD_END);
	record.job_id = job;
	record.step_id = 0;
	record.step_kind = JO_STEP_SRUN;
	record.restart_count = 0;
	jo_record_set_string(record.node, sizeof(record.node), "n1");
	jo_record_set_string(record.class_name, sizeof(record.class_name), "align");
	record.node_count = 1;
	record.start_unix_us = T0;
	record.wall_us = job * S;
	if (store_begin(store, &err) < 0 || store_add(store, &input, 1, T0, &added, &err) < 0 ||
	    store_commit(store, &err) < 0)
		printf("# job %d: %s\n", (int)job, err.text);
}

static int64_t count_expected(struct store *store, int64_t *ret_first_id, int64_t *ret_group_id)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int64_t count = 0;

	store_selection_init(&selection);
	selection.order = STORE_BY_JOB;
	*ret_first_id = JO_MISSING;
	if (store_steps_open(store, &selection, &cursor, &err) < 0)
		return -1;
	while (store_steps_next(cursor, &step, &err) > 0) {
		if (*ret_first_id == JO_MISSING)
			*ret_first_id = step.id;
		*ret_group_id = step.group_id;
		count += step.is_expected;
	}
	store_cursor_close(cursor);
	return count;
}

static void test_expected(struct store *store)
{
	struct store_history history = {0};
	const struct store_prune old = {T0 + 2 * S, true};
	struct store_pruned pruned;
	int64_t id, group_id = 0;

	add_step(store, 1);
	add_step(store, 2);
	is_int(count_expected(store, &id, &group_id), 0, "no step is expected");
	is_int(store_expected_add(store, id, "ann", T0, &err), 1, "one is");
	is_int(store_expected_add(store, id, "ann", T0, &err), 0, "once");
	is_int(count_expected(store, &id, &group_id), 1, "it is read with the step");
	is_int(store_history_read(store, group_id, T0 + 100 * S, 10, &history, &err), 0, "and in");
	ok(history.count == 2 && history.list[0].is_expected && !history.list[1].is_expected,
	   "the group's history");
	store_history_release(&history);
	is_int(store_prune(store, &old, &pruned, &err), 0, "it is pruned");
	is_int(count_expected(store, &id, &group_id), 0, "and forgotten");
	add_step(store, 3);
	is_int(count_expected(store, &id, &group_id), 0, "whatever comes next");
}

int main(void)
{
	struct store *store;
	char command[300];

	if (mkdtemp(folder) == NULL)
		return 1;
	store = open_new();
	test_mutes(store);
	test_too_many(store);
	test_weekly(store);
	test_expected(store);
	store_close(store);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0)
		printf("# %s stays\n", folder);
	return tap_done();
}

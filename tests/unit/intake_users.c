/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a record is: of the plugin's its uid's, by the name service's word, and no record is
 * anybody's by its own; of a file's the one it names. */
#include "intake/intake.h"
#include "store_fixture.h"

#include <errno.h>

/* ---- a source of one record ---- */

static struct jo_record given;
static bool is_read;

static int open_one(const struct source_request *request, void **ret_reader, struct jo_err *why)
{
	(void)request;
	(void)why;
	*ret_reader = &given;
	is_read = false;
	return 0;
}

static int next_one(void *reader, struct source_block *block, struct jo_err *why)
{
	(void)reader;
	(void)why;
	if (is_read)
		return 0;
	*source_block_record(block) = given;
	source_block_put(block, STEP_STATE_NONE);
	is_read = true;
	return 1;
}

static int close_one(void *reader, struct jo_err *why)
{
	(void)reader;
	(void)why;
	return 0;
}

/* of the plugin, and of a file */
static const struct source source_one = {
	.noun = "record",
	.step_source = STEP_SOURCE_PLUGIN,
	.open = open_one,
	.next = next_one,
	.close = close_one,
};
static const struct source source_file = {
	.noun = "record",
	.step_source = STEP_SOURCE_SACCT,
	.open = open_one,
	.next = next_one,
	.close = close_one,
};

/* ---- a name service: root is 0, ann 1001 ---- */

struct service {
	int by_uid_rc, by_name_rc; /* other than 0: no answer */
};

static int user_of(void *context, int64_t uid, char name[USER_NAME_SIZE], struct jo_err *why)
{
	const struct service *service = context;

	if (service->by_uid_rc != 0)
		return jo_err_sys(why, service->by_uid_rc, "look up uid");
	if (uid != 0 && uid != 1001)
		return -ENOENT;
	(void)strcpy(name, uid == 0 ? "root" : "ann");
	return 0;
}

static int uid_of(void *context, const char *name, int64_t *ret_uid, struct jo_err *why)
{
	const struct service *service = context;

	if (service->by_name_rc != 0)
		return jo_err_sys(why, service->by_name_rc, "look up name");
	*ret_uid = strcmp(name, "root") == 0 ? 0 : 1001;
	return strcmp(name, "root") == 0 || strcmp(name, "ann") == 0 ? 0 : -ENOENT;
}

/* ---- */

static const struct row {
	const char *what;
	int64_t uid;
	const char *word; /* the record's */
	struct service service;
	int want;
	const char *kept;
	bool is_of_file;
	bool loses_uid;
} rows[] = {
	{"the uid's own name", 1001, "ann", {0, 0}, 0, "ann", false, false},
	{"a uid that says to be root", 1001, "root", {0, 0}, 0, "ann", false, false},
	{"a uid that says nothing", 1001, "", {0, 0}, 0, "ann", false, false},
	{"a uid without a name and a name without a uid",
	 1999,
	 "gone",
	 {0, 0},
	 0,
	 "gone",
	 false,
	 false},
	{"a uid without a name that says to be root", 1999, "root", {0, 0}, 0, "", false, false},
	{"a uid without a name that says nothing", 1999, "", {0, 0}, 0, "", false, false},
	{"no uid, as in what is imported", JO_MISSING, "root", {0, 0}, 0, "root", false, false},
	{"no answer about the uid", 1001, "root", {-EIO, 0}, -EIO, NULL, false, false},
	{"no answer about the name", 1999, "root", {0, -ETIMEDOUT}, -ETIMEDOUT, NULL, false, false},
	{"no answer about what is not asked", 1001, "ann", {0, -EIO}, 0, "ann", false, false},
	{"a file's name of its uid here", 1001, "ann", {0, 0}, 0, "ann", true, false},
	{"a file's name of another uid here", 1001, "eve", {0, 0}, 0, "eve", true, true},
	{"a file's name that is root's here", 1001, "root", {0, 0}, 0, "root", true, true},
	{"a file's uid without a name here", 1999, "eve", {0, 0}, 0, "eve", true, true},
	{"a file's uid alone", 1001, "", {0, 0}, 0, "ann", true, false},
	{"no answer about a file's uid", 1001, "ann", {-EIO, 0}, -EIO, NULL, true, false},
};

static void take(const struct row *row, int64_t job)
{
	const struct intake_calls calls = {
		.context = (void *)&row->service, .user_of = user_of, .uid_of = uid_of};
	struct store_selection selection;
	struct source_request request = {0};
	struct store_cursor *cursor = NULL;
	struct intake_stats stats;
	struct store *store = open_new("users");
	struct step step;

	given = record_of(JO_RECORD_END, job, 0, "n1");
	given.uid = row->uid;
	(void)strcpy(given.user, row->word);
	request.store = store;
	is_int(intake_take(row->is_of_file ? &source_file : &source_one, &request, &calls, T0,
			   &stats, &err),
	       row->want, "%s", row->what);
	is_int(stats.added.new_count, row->want == 0, "it is taken once it is known whose it is");
	store_selection_init(&selection);
	selection.jobs = &(struct store_job){job, JO_MISSING, JO_MISSING, JO_MISSING};
	selection.job_count = 1;
	must(store_steps_open(store, &selection, &cursor, &err) == 0, "read the store");
	if (store_steps_next(cursor, &step, &err) == 1) {
		is_str(step.user, row->kept, "and is its owner's");
		is_int(step.uid, row->loses_uid ? JO_MISSING : row->uid,
		       "with the uid that is his here");
	} else
		ok(row->kept == NULL, "and not a moment before");
	store_cursor_close(cursor);
	store_close(store);
}

int main(void)
{
	begin_tests();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		take(&rows[i], 1 + (int64_t)i);
	return end_tests();
}

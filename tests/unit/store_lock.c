/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must run alone does, on each database for itself; and the night's report outlives it. */
#include "store/driver.h"
#include "store_fixture.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[200];

static void name(const char *text)
{
	(void)snprintf(path, sizeof(path), "%s/%s", folder, text);
}

/* As commands do, but of databases that are not open. */
static int take(enum store_lock_kind kind, struct store_lock **ret_lock, struct jo_err *ret_err)
{
	return db_lock_take(path, &(struct store_lock_name){.kind = kind}, ret_lock, ret_err);
}

static int take_part(enum store_lock_kind kind, uint32_t first, uint32_t last,
		     struct store_lock **ret_lock, struct jo_err *ret_err)
{
	const struct store_lock_name lock_name = {
		.kind = kind, .is_part = true, .first = first, .last = last};

	return db_lock_take(path, &lock_name, ret_lock, ret_err);
}

static void refused(int rc, int code, const char *file, const char *reason)
{
	char wanted[300];

	(void)snprintf(wanted, sizeof(wanted), "%s/%s", folder, file);
	is_int(rc, code, "refused");
	ok(strstr(err.text, wanted) != NULL && strstr(err.text, reason) != NULL, "%s", err.text);
}

/* As earlier versions made them. */
static void open_file(const char *file)
{
	FILE *fp = fopen(file, "w");

	must(fp != NULL && fclose(fp) == 0 && chmod(file, 0644) == 0, "make a file");
}

static void locks(void)
{
	static const struct {
		enum store_lock_kind kind;
		const char *file, *busy;
	} kinds[] = {
		{STORE_LOCK_INGEST, "db.ingest", "another ingest is at work"},
		{STORE_LOCK_CHECK, "db.check", "another check is at work"},
		{STORE_LOCK_MAIL, "db.mail-lock", "another run holds it"},
		{STORE_LOCK_NIGHT, "db.night", "another run holds it"},
		{STORE_LOCK_READERS, "db.readers-lock", "another run makes the copy"},
	};
	struct store_lock *held[5], *lock = NULL;
	char file[300];
	struct stat st;

	name("missing/db");
	refused(take(STORE_LOCK_INGEST, &lock, &err), -ENOENT, "missing/db.ingest", "No such file");
	ok(lock == NULL, "and nothing is handed out");
	store_lock_release(lock);
	name("db");
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", folder, kinds[i].file);
		open_file(file);
		is_int(take(kinds[i].kind, &held[i], &err), 0, "one holds it");
		ok(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600,
		   "by %s, which nobody else can open now", file);
		refused(take(kinds[i].kind, &lock, &err), -EBUSY, kinds[i].file, kinds[i].busy);
		is_int(store_lock_check(held[i], &err), 0, "which is never lost");
	}
	name("other");
	is_int(take(STORE_LOCK_MAIL, &lock, &err), 0, "another database is free");
	store_lock_release(lock);
	name("db");
	store_lock_release(held[2]);
	is_int(take(STORE_LOCK_MAIL, &held[2], &err), 0, "so is a released lock");
	for (size_t i = 0; i < 5; i++)
		store_lock_release(held[i]);
}

static void nights(void)
{
	const struct store_night_report done = {T0, T0 + HOUR, 3};
	struct store_night_report report = {0, 0, 0};
	struct store_lock *lock = NULL, *other = NULL;
	FILE *fp;

	name("nights");
	refused(store_night_get(path, &report, &err), -ENOENT, "nights.night", "No such file");
	is_int(store_night_begin(path, T0, &lock, &err), 0, "a night begins");
	is_int(store_night_get(path, &report, &err), 0, "which is known");
	ok(report.begin_unix_us == T0 && report.end_unix_us == 0 && report.status == -1,
	   "as one that lasts");
	refused(store_night_begin(path, T0 + S, &other, &err), -EBUSY, "nights.night",
		"another run holds it");
	is_int(store_night_put(lock, &done, &err), 0, "its end is reported");
	store_lock_release(lock);
	is_int(store_night_get(path, &report, &err), 0, "and known");
	ok(report.begin_unix_us == T0 && report.end_unix_us == T0 + HOUR && report.status == 3,
	   "with its status");

	name("nights.night");
	fp = fopen(path, "w");
	must(fp != NULL && fputs("x\n", fp) >= 0 && fclose(fp) == 0, "spoil it");
	name("nights");
	refused(store_night_get(path, &report, &err), -EBADMSG, "nights.night",
		"is no report of a night");
}

struct told {
	int counts[STORE_GRADE_FAIL + 1];
	char last[400];
};

static void hear(void *context, enum store_grade grade, const char *text)
{
	struct told *told = context;

	told->counts[grade]++;
	(void)snprintf(told->last, sizeof(told->last), "%s", text);
}

static void places(void)
{
	struct told told = {0};

	name("missing/db");
	ok(!store_place_check(path, hear, &told), "no folder");
	is_int(told.counts[STORE_GRADE_FAIL], 1, "is a failure");
	ok(strstr(told.last, "install -d -m 750") != NULL, "%s", told.last);
	name("new");
	ok(!store_place_check(path, hear, &told), "no file");
	ok(strstr(told.last, "ingest makes it") != NULL, "%s", told.last);
	told = (struct told){0};
	store_close(open_new("new"));
	ok(store_place_check(path, hear, &told), "a file can be opened");
	is_int(told.counts[STORE_GRADE_FAIL], 0, "and all is well");
	must(chmod(path, 0666) == 0, "chmod");
	ok(store_place_check(path, hear, &told), "also one that everybody may write");
	is_int(told.counts[STORE_GRADE_FAIL], 1, "which is told: %s", told.last);
	ok(store_is_keeper(path), "who made it is its keeper");
}

/* Parts exclude each other where they have a number in common, and the whole. */
static void parts(void)
{
	struct store_lock *some = NULL, *others = NULL, *lock = NULL;

	name("parts");
	is_int(take_part(STORE_LOCK_CHECK, 3, 5, &some, &err), 0, "some parts");
	is_int(take_part(STORE_LOCK_CHECK, 6, INT32_MAX, &others, &err), 0, "others beside them");
	refused(take_part(STORE_LOCK_CHECK, 5, 5, &lock, &err), -EBUSY, "parts.check",
		"another check is at work");
	refused(take_part(STORE_LOCK_CHECK, 0, 3, &lock, &err), -EBUSY, "parts.check",
		"another check is at work");
	refused(take(STORE_LOCK_CHECK, &lock, &err), -EBUSY, "parts.check",
		"another check is at work");
	is_int(take_part(STORE_LOCK_INGEST, 5, 5, &lock, &err), 0, "a part of another kind");
	store_lock_release(lock);
	store_lock_release(some);
	refused(take(STORE_LOCK_CHECK, &lock, &err), -EBUSY, "parts.check",
		"another check is at work");
	is_int(take_part(STORE_LOCK_CHECK, 0, 5, &some, &err), 0, "what was released is free");
	store_lock_release(some);
	store_lock_release(others);
	is_int(take(STORE_LOCK_CHECK, &lock, &err), 0, "and then the whole");
	refused(take_part(STORE_LOCK_CHECK, 9, 9, &some, &err), -EBUSY, "parts.check",
		"another check is at work");
	store_lock_release(lock);
}

int main(void)
{
	begin_tests();
	locks();
	parts();
	nights();
	places();
	return end_tests();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A database that cannot be used is refused with its name and the reason, and not touched. */
#include "store/store.h"
#include "tap.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/dev/shm/store_open.XXXXXX";
static char path[200];

static int try_open(enum store_mode mode, struct store **ret_store, struct jo_err *err)
{
	const struct store_options options = {mode, 0};

	return store_open(path, &options, ret_store, err);
}

static void name(const char *text)
{
	(void)snprintf(path, sizeof(path), "%s/%s", folder, text);
}

static void make(void)
{
	struct store *store = NULL;

	is_int(try_open(STORE_CREATE, &store, NULL), 0, "made");
	store_close(store);
}

static void sql(const char *text)
{
	sqlite3 *db;

	ok(sqlite3_open(path, &db) == SQLITE_OK &&
		   sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK,
	   "%s", text);
	(void)sqlite3_close(db);
}

static void refused(enum store_mode mode, int code, const char *text)
{
	struct store *store = NULL;
	struct jo_err err = {0};

	is_int(try_open(mode, &store, &err), code, "refused");
	ok(strstr(err.text, path) != NULL && strstr(err.text, text) != NULL, "%s", err.text);
	ok(store == NULL, "and nothing is handed out");
	store_close(store);
}

static void write_bytes(const char *bytes, size_t len, long offset)
{
	FILE *fp = fopen(path, offset == 0 ? "w" : "r+");

	ok(fp != NULL && fseek(fp, offset, SEEK_SET) == 0 && fwrite(bytes, 1, len, fp) == len,
	   "a file is spoilt");
	if (fp != NULL)
		(void)fclose(fp);
}

int main(void)
{
	struct store *store = NULL, *other = NULL;
	struct jo_err err = {0};
	char zeros[3000] = "";
	struct stat st;

	if (mkdtemp(folder) == NULL)
		return 1;

	name("missing");
	refused(STORE_READ, -ENOENT, "No such file");
	refused(STORE_WRITE, -ENOENT, "No such file");
	name("no/folder");
	refused(STORE_CREATE, -ENOENT, "create");
	name("folder");
	(void)mkdir(path, 0700);
	refused(STORE_CREATE, -EBADMSG, "not a regular file");
	name("text");
	write_bytes("This is a letter, and no database; but it is long enough to be looked at by "
		    "a library that wants a hundred bytes.",
		    110, 0);
	refused(STORE_CREATE, -EBADMSG, "not a database");
	name("foreign");
	sql("CREATE TABLE t (x)");
	refused(STORE_CREATE, -EBADMSG, "another program");
	name("newer");
	make();
	sql("PRAGMA user_version = 1000");
	refused(STORE_READ, -EPROTO, "newer version");
	refused(STORE_CREATE, -EPROTO, "newer version");
	name("older");
	make();
	sql("PRAGMA user_version = 0");
	refused(STORE_READ, -EPROTO, "older version");
	name("below_zero");
	make();
	sql("PRAGMA user_version = -5");
	refused(STORE_READ, -EBADMSG, "damaged: schema -5");
	refused(STORE_CREATE, -EBADMSG, "damaged: schema -5");
	name("damaged");
	make();
	write_bytes(zeros, sizeof(zeros), 100);
	refused(STORE_CREATE, -EBADMSG, "damaged");

	name("good");
	make();
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0640, "a new one is nobody else's");
	is_int(try_open(STORE_WRITE, &store, &err), 0, "a good one opens");
	is_int(try_open(STORE_READ, &other, &err), 0, "twice");
	is_int(store_check(store, &err), 0, "and is whole");
	is_int(store_begin(other, &err), -EROFS, "who reads does not write: %s", err.text);
	store_close(other);
	is_int(try_open(STORE_WRITE, &other, &err), 0, "two may write");
	is_int(store_begin(store, &err), 0, "one of them at a time");
	is_int(store_begin(other, &err), -EBUSY, "the other hears: %s", err.text);
	ok(strstr(err.text, path) != NULL && strstr(err.text, "locked") != NULL, "of which file");
	store_rollback(store);
	is_int(store_begin(other, &err), 0, "until it has ended");
	store_close(other);
	store_close(store);

	(void)snprintf(err.text, sizeof(err.text), "rm -r %s", folder);
	return system(err.text) != 0 || tap_done();
}

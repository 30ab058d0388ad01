/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock is an advisory one, held by a connection: that of an open database, or
 * one of its own.  It ends with the process, with the connection, or with the
 * server, which then has no other holder either.
 */
#include "postgres_place.h"

#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "postgres_hosts.h"
#include "postgres_link.h"
#include "postgres_make.h"
#include "postgres_stmt.h"
#include "util/alloc.h"

/* Nobody is waited for: who asks here can be told. */
static const struct store_options place_options = {STORE_READ, 0};

/* Run a statement with values that gives one row at most; the result is the caller's. */
static int ask(const char *database, PGconn *conn, const char *sql, int count,
	       const char *const *values, const char *what, PGresult **ret_result,
	       struct jo_err *err)
{
	PGresult *result = PQexecParams(conn, sql, count, NULL, values, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return postgres_link_fail(database, conn, result, err, what);
	*ret_result = result;
	return 0;
}

/* Whether a question is answered by one cell that says yes. */
static bool is_so(const char *database, PGconn *conn, const char *sql)
{
	PGresult *result = NULL;
	bool is_yes;

	if (ask(database, conn, sql, 0, NULL, "read", &result, NULL) < 0)
		return false;
	is_yes = PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
	PQclear(result);
	return is_yes;
}

/* ---- who, and where ---- */

bool postgres_place_is_keeper(const char *database)
{
	PGconn *conn;
	bool is_keeper;

	if (geteuid() == 0)
		return true;
	if (postgres_link_open(database, &place_options, &conn, NULL) < 0)
		return false;
	is_keeper = is_so(database, conn,
			  "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class"
			  " WHERE oid = to_regclass('" POSTGRES_OWN_TABLE "')");
	PQfinish(conn);
	return is_keeper;
}

/* When a question is asked, and what follows from a yes. */
enum question_flags {
	QUESTION_END = 1,     /* nothing can be opened then */
	QUESTION_SEVERAL = 2, /* only where several hosts are named */
};

/* Parts of a check, and who reads meanwhile: of each a statement may lock all parts of tables, with
 * their indexes. */
#define LOCKERS "16"

/* What is asked of a server, and what is told where the answer is yes.  Who may not see of others
 * how far they are sees that they are there. */
static const struct {
	const char *sql;
	enum store_grade grade;
	unsigned flags;
	const char *text;
} questions[] = {
	{"SELECT pg_is_in_recovery()", STORE_GRADE_WARN, 0,
	 "this server is a standby, which only reads: name the primary, or add "
	 "target_session_attrs=read-write"},
	{"SELECT current_schema() IS NULL", STORE_GRADE_FAIL, QUESTION_END,
	 "the role has no schema of its search_path: CREATE SCHEMA joboutliers AUTHORIZATION it, "
	 "and "
	 "ALTER ROLE it SET search_path = joboutliers"},
	{"SELECT to_regclass('" POSTGRES_OWN_TABLE "') IS NULL AND"
	 " NOT has_schema_privilege(current_schema(), 'CREATE')",
	 STORE_GRADE_FAIL, QUESTION_END,
	 "the role may not make tables in its schema: GRANT CREATE, or make it the database's "
	 "owner"},
	{"SELECT to_regclass('" POSTGRES_OWN_TABLE "') IS NULL", STORE_GRADE_WARN, QUESTION_END,
	 "has no tables yet; the first ingest makes them, or 'sjoboutliers database --create'"},
	{"SELECT NOT has_database_privilege(current_database(), 'TEMPORARY')", STORE_GRADE_FAIL, 0,
	 "the role may make no temporary tables, which prune needs: GRANT TEMPORARY"},
	{"SELECT count(*) > 0 FROM pg_class WHERE relnamespace = "
	 "quote_ident(current_schema())::regnamespace"
	 " AND relkind = 'r' AND relname <> '" POSTGRES_OWN_TABLE "'"
	 " AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')"
	 " AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))",
	 STORE_GRADE_FAIL, 0, "the role may not write all tables: it is to own them"},
	{"SELECT pg_has_role(relowner, 'USAGE') AND NOT has_schema_privilege(relnamespace, "
	 "'CREATE')"
	 " FROM pg_class WHERE oid = to_regclass('" POSTGRES_OWN_TABLE "')",
	 STORE_GRADE_FAIL, 0,
	 "the role may make no more tables in its schema, as the first step of each month needs: "
	 "GRANT CREATE"},
	{"SELECT current_setting('fsync') = 'off' OR current_setting('full_page_writes') = 'off'",
	 STORE_GRADE_WARN, 0,
	 "the server writes without fsync or full_page_writes: a crash may damage the database"},
	{"SELECT count(*) * " LOCKERS
	 " > CAST(current_setting('max_locks_per_transaction') AS integer)"
	 " * (CAST(current_setting('max_connections') AS integer)"
	 " + CAST(current_setting('max_prepared_transactions') AS integer)) FROM pg_class"
	 " WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relispartition",
	 STORE_GRADE_WARN, 0,
	 "its months have so many tables and indexes that " LOCKERS
	 " commands at once may take all locks of the server, and fail: raise "
	 "max_locks_per_transaction, or let prune drop months"},
	{"SELECT current_setting('synchronous_standby_names') = ''"
	 " AND EXISTS (SELECT 1 FROM pg_stat_replication)",
	 STORE_GRADE_WARN, QUESTION_SEVERAL,
	 "several hosts are named, but no standby is synchronous: a failover loses what was "
	 "committed last, and its records are out of the spool by then; set "
	 "synchronous_standby_names"},
	{"SELECT current_setting('synchronous_standby_names') <> '' AND NOT pg_is_in_recovery()"
	 " AND NOT EXISTS (SELECT 1 FROM pg_stat_replication"
	 " WHERE coalesce(sync_state, 'sync') IN ('sync', 'quorum'))",
	 STORE_GRADE_FAIL, 0,
	 "no synchronous standby is there, and every change waits for one: see "
	 "synchronous_standby_names"},
};

bool postgres_place_check(const char *database, store_tell_fn *tell, void *context)
{
	struct jo_err err;
	bool is_there = true, is_of_several;
	PGconn *conn;

	if (postgres_link_open(database, &place_options, &conn, &err) < 0) {
		tell(context, STORE_GRADE_FAIL, err.text);
		if (err.code == -ENOTCONN && postgres_make_lacks(database)) {
			char *text = xasprintf("%s: 'sjoboutliers database --create' makes it",
					       database);

			tell(context, STORE_GRADE_WARN, text);
			free(text);
		}
		postgres_hosts_check(database, NULL, tell, context);
		return false;
	}
	is_of_several = postgres_link_has_several_hosts(conn);
	for (size_t i = 0; is_there && i < sizeof(questions) / sizeof(questions[0]); i++) {
		char *text;

		if (((questions[i].flags & QUESTION_SEVERAL) != 0 && !is_of_several) ||
		    !is_so(database, conn, questions[i].sql))
			continue;
		text = xasprintf("%s: %s", database, questions[i].text);
		tell(context, questions[i].grade, text);
		free(text);
		is_there = (questions[i].flags & QUESTION_END) == 0;
	}
	postgres_hosts_check(database, conn, tell, context);
	PQfinish(conn);
	return is_there;
}

/* ---- locks and their notes ---- */

struct connection_lock {
	struct store_lock lock;
	PGconn *conn;
	bool is_own; /* nobody else's connection */
	char *database;
	struct store_lock_name name;
};

#define NUMBER_SIZE 12 /* an int */

/* What a lock or its note is called, as values of a statement. */
static const char *number_of(enum store_lock_kind kind, char text[static NUMBER_SIZE])
{
	(void)snprintf(text, NUMBER_SIZE, "%d", (int)kind + 1);
	return text;
}

#define TAKE_WHOLE "SELECT pg_try_advisory_lock(" POSTGRES_LOCK_CLASS ", CAST($1 AS integer))"

/* The whole is shared by those who have a part of it. */
#define TAKE_PARTS                                                                                 \
	"SELECT pg_try_advisory_lock_shared(" POSTGRES_LOCK_CLASS ", CAST($1 AS integer))"         \
	" AND (SELECT bool_and(pg_try_advisory_lock(" POSTGRES_LOCK_CLASS " + CAST($1 AS integer)" \
	", part)) FROM generate_series(CAST($2 AS integer), CAST($3 AS integer)) AS part)"

#define AWAIT_WHOLE                                                                                \
	"SELECT pg_advisory_lock(" POSTGRES_LOCK_CLASS ", CAST($1 AS integer)) IS NOT NULL"

/* What of a lock is given back, of which each part is one that was taken. */
#define RELEASE_WHOLE "SELECT pg_advisory_unlock(" POSTGRES_LOCK_CLASS ", CAST($1 AS integer))"

#define RELEASE_PARTS                                                                              \
	"SELECT pg_advisory_unlock_shared(" POSTGRES_LOCK_CLASS ", CAST($1 AS integer)),"          \
	" count(pg_advisory_unlock(" POSTGRES_LOCK_CLASS                                           \
	" + CAST($1 AS integer), objid::integer))"                                                 \
	" FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND pid = pg_backend_pid()"   \
	" AND classid::bigint = " POSTGRES_LOCK_CLASS " + CAST($1 AS integer)"                     \
	" AND objid::bigint BETWEEN CAST($2 AS integer) AND CAST($3 AS integer)"

static int run_on_lock(const char *database, PGconn *conn, const struct store_lock_name *name,
		       const char *sql, PGresult **ret_result, struct jo_err *err)
{
	char number[NUMBER_SIZE], first[NUMBER_SIZE], last[NUMBER_SIZE];
	const char *const values[] = {number_of(name->kind, number), first, last};

	(void)snprintf(first, sizeof(first), "%" PRIu32, name->first);
	(void)snprintf(last, sizeof(last), "%" PRIu32, name->last);
	return ask(database, conn, sql, name->is_part ? 3 : 1, values, "lock", ret_result, err);
}

/* What cannot be given back is so with the connection's end. */
static void give_back(const char *database, PGconn *conn, const struct store_lock_name *name)
{
	PGresult *result = NULL;

	if (run_on_lock(database, conn, name, name->is_part ? RELEASE_PARTS : RELEASE_WHOLE,
			&result, NULL) == 0)
		PQclear(result);
}

/* The end of a transaction lets go of no lock, and restores what was set for it. */
static int await(const char *database, PGconn *conn, const struct store_lock_name *name,
		 PGresult **ret_result, struct jo_err *err)
{
	int rc = postgres_link_run(database, conn, "BEGIN; SET LOCAL lock_timeout = 0", "lock",
				   NULL, err);

	if (rc == 0)
		rc = run_on_lock(database, conn, name, AWAIT_WHOLE, ret_result, err);
	PQclear(PQexec(conn, "COMMIT"));
	return rc;
}

static int take(const char *database, PGconn *conn, const struct store_lock_name *name,
		struct jo_err *err)
{
	PGresult *result = NULL;
	bool is_taken;
	int rc = name->is_awaited
			 ? await(database, conn, name, &result, err)
			 : run_on_lock(database, conn, name,
				       name->is_part ? TAKE_PARTS : TAKE_WHOLE, &result, err);

	if (rc < 0)
		return rc;
	is_taken = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
	PQclear(result);
	if (is_taken)
		return 0;
	if (name->is_part)
		give_back(database, conn, name); /* it may have some of them */
	return jo_err_set(err, -EBUSY, "%s: %s", database, db_lock_busy[name->kind]);
}

int postgres_place_lock_take(const char *database, struct db *db,
			     const struct store_lock_name *name, struct store_lock **ret_lock,
			     struct jo_err *err)
{
	struct connection_lock *lock;
	PGconn *conn = db != NULL ? ((struct postgres_db *)db)->conn : NULL;
	int rc = 0;

	if (db == NULL)
		rc = postgres_link_open(database, &place_options, &conn, err);
	if (rc < 0)
		return rc;
	rc = take(database, conn, name, err);
	if (rc < 0) {
		if (db == NULL)
			PQfinish(conn);
		return rc;
	}
	lock = xcalloc(1, sizeof(*lock));
	lock->conn = conn;
	lock->is_own = db == NULL;
	lock->database = xstrdup(database);
	lock->name = *name;
	*ret_lock = &lock->lock;
	return 0;
}

int postgres_place_lock_check(struct store_lock *store_lock, struct jo_err *err)
{
	struct connection_lock *lock = (struct connection_lock *)store_lock;
	int rc = postgres_link_run(lock->database, lock->conn, "SELECT 1", "lock", NULL, err);

	return rc < 0 ? jo_err_prefix(err, "the lock is lost") : 0;
}

void postgres_place_lock_release(struct store_lock *store_lock)
{
	struct connection_lock *lock = (struct connection_lock *)store_lock;

	if (lock->is_own)
		PQfinish(lock->conn);
	else
		give_back(lock->database, lock->conn, &lock->name);
	free(lock->database);
	free(lock);
}

char *postgres_place_lock_title(const char *database, enum store_lock_kind kind)
{
	return xasprintf("%s (lock %d)", database, (int)kind + 1);
}

int postgres_place_note_put(struct store_lock *store_lock, const char *text, size_t len,
			    struct jo_err *err)
{
	struct connection_lock *lock = (struct connection_lock *)store_lock;
	char number[NUMBER_SIZE], *copy = strndup(text, len);
	const char *const values[] = {number_of(lock->name.kind, number), copy};
	PGresult *result = NULL;
	int rc;

	rc = postgres_link_run(lock->database, lock->conn, POSTGRES_MAKE_OWN_TABLE, "write", NULL,
			       err);
	if (rc == 0)
		rc = ask(lock->database, lock->conn, POSTGRES_PUT_OWN, 2, values, "write", &result,
			 err);
	if (rc == 0)
		PQclear(result);
	free(copy);
	return rc;
}

int postgres_place_note_get(const char *database, enum store_lock_kind kind, char *ret_text,
			    size_t size, struct jo_err *err)
{
	char number[NUMBER_SIZE];
	const char *const values[] = {number_of(kind, number)};
	PGresult *result = NULL;
	PGconn *conn;
	int rc = postgres_link_open(database, &place_options, &conn, err);

	if (rc < 0)
		return rc;
	if (is_so(database, conn, "SELECT to_regclass('" POSTGRES_OWN_TABLE "') IS NULL"))
		rc = jo_err_set(err, -ENOENT, "%s: has no note yet", database);
	if (rc == 0)
		rc = ask(database, conn, "SELECT value FROM " POSTGRES_OWN_TABLE " WHERE key = $1",
			 1, values, "read", &result, err);
	if (rc == 0) {
		if (PQntuples(result) == 1)
			(void)snprintf(ret_text, size, "%s", PQgetvalue(result, 0, 0));
		else
			rc = jo_err_set(err, -ENOENT, "%s: has no note yet", database);
		PQclear(result);
	}
	PQfinish(conn);
	return rc;
}

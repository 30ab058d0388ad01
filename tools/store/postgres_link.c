/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One place for what a server can say: most of it a person can do something about. */
#include "postgres_link.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* ---- errors ---- */

/* How SQLSTATEs begin, which errno that is, and what a person can do about it; of two that begin
 * alike the longer one stands first. */
static const struct {
	const char *state;
	int code;
	const char *text; /* NULL: the server's own */
} failures[] = {
	{"25P03", -ETIMEDOUT,
	 "the server ended a transaction that waited too long: raise "
	 "idle_in_transaction_session_timeout for this role"},
	{"55P03", -EBUSY, "locked by another program; try again when it has ended"},
	{"40", -EBUSY, "in the way of another program's transaction; try again"},
	{"25006", -EROFS,
	 "cannot be written: this server only reads, as a standby does; name the primary, or add "
	 "target_session_attrs=read-write"},
	{"53100", -ENOSPC, "no space left on the server's disk"},
	{"53200", -ENOMEM,
	 "the server has no memory left for it, or no room for its locks: raise "
	 "max_locks_per_transaction"},
	{"53300", -EBUSY, "the server has no connection left; raise max_connections"},
	{"57014", -ETIMEDOUT,
	 "the server ended a statement that took too long: raise statement_timeout for this role"},
	{"57P", -ECONNRESET, "the server has ended the connection, or is starting; try again"},
	{"42501", -EACCES, "the role has no right to that: " POSTGRES_WHO_READS},
	{"08", -ECONNRESET, NULL},
	{"23", -EEXIST, NULL},
	{"28", -EACCES, NULL},
	{"54", -E2BIG, NULL},
	{"XX001", -EBADMSG, "damaged; restore it from a backup"},
	{"XX002", -EBADMSG, "damaged; restore it from a backup"},
};

#define LINE_SIZE 240 /* of a server's message as much as an error has room for */

/* A message that may have several lines, as one. */
static const char *one_line(const char *message, char line[static LINE_SIZE])
{
	size_t len;

	(void)snprintf(line, LINE_SIZE, "%s", message);
	for (len = strlen(line); len > 0 && line[len - 1] == '\n'; len--)
		line[len - 1] = '\0';
	for (char *c = line; *c != '\0'; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return line;
}

#define STATE_LENGTH 5 /* of an SQLSTATE: digits and capital letters */

/* Why a server has ended a connection that was idle is no result's: only the connection's message
 * has it, as "SEVERITY:  STATE" and a line's end.  NULL where it does not say. */
static const char *parting_state(const PGconn *conn)
{
	static const char before[] = ":  ";
	const char *at = strstr(PQerrorMessage(conn), before);

	if (at == NULL)
		return NULL;
	at += strlen(before);
	return strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == STATE_LENGTH ? at : NULL;
}

int postgres_link_fail(const char *database, const PGconn *conn, PGresult *result,
		       struct jo_err *err, const char *what)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	char line[LINE_SIZE];
	int code = -EIO;

	/* A server's errors have one: this is libpq's, who had no answer. */
	if (state == NULL) {
		state = parting_state(conn);
		code = -ECONNRESET;
		text = "the connection to the server was lost; run it again";
		/* Then libpq ends the connection, and has no other word for why. */
		if (strstr(PQerrorMessage(conn), "memory") != NULL) {
			code = -ENOMEM;
			text = "out of memory";
		}
	}
	for (size_t i = 0; state != NULL && i < sizeof(failures) / sizeof(failures[0]); i++)
		if (strncmp(state, failures[i].state, strlen(failures[i].state)) == 0) {
			code = failures[i].code;
			if (failures[i].text != NULL)
				text = failures[i].text;
			break;
		}
	code = jo_err_set(err, code, "database %s: %s: %s", database, what, one_line(text, line));
	PQclear(result);
	return code;
}

int postgres_link_run(const char *database, PGconn *conn, const char *sql, const char *what,
		      PGresult **ret_result, struct jo_err *err)
{
	PGresult *result = PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		return postgres_link_fail(database, conn, result, err, what);
	if (ret_result != NULL)
		*ret_result = result;
	else
		PQclear(result);
	return 0;
}

/* ---- connecting ---- */

/* As of "scheme://user:PASSWORD@host/...", or of "password=PASSWORD", wherever the text is wrong. */
static bool may_have_password(const char *database)
{
	const char *authority = strstr(database, "://"), *at;

	if (strstr(database, "password") != NULL)
		return true;
	if (authority == NULL)
		return false;
	authority += strlen("://");
	at = strchr(authority, '@');
	return at != NULL && memchr(authority, ':', (size_t)(at - authority)) != NULL;
}

static int refuse_password(const char *keyword, struct jo_err *err)
{
	return jo_err_set(err, -EINVAL,
			  "Database: a %s does not belong into the configuration; ~/.pgpass or a "
			  "service file has it",
			  keyword);
}

/* What must not stand in a configuration that more people read than may have the password; nor does
 * an error tell it to whoever reads those. */
static int check_name(const char *database, struct jo_err *err)
{
	static const char *const secrets[] = {"password", "sslpassword"};
	char line[LINE_SIZE], *message = NULL;
	PQconninfoOption *options = PQconninfoParse(database, &message);
	int rc = 0;

	if (options == NULL) {
		rc = may_have_password(database)
			     ? refuse_password(secrets[0], err)
			     : jo_err_set(err, -EINVAL, "database %s: %s", database,
					  one_line(message != NULL ? message : "out of memory",
						   line));
		PQfreemem(message);
		return rc;
	}
	for (size_t i = 0; rc == 0 && i < sizeof(secrets) / sizeof(secrets[0]); i++)
		for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
			if (strcmp(option->keyword, secrets[i]) == 0 && option->val != NULL)
				rc = refuse_password(secrets[i], err);
	PQconninfoFree(options);
	return rc;
}

/* Notices are for people at a prompt. */
static void ignore(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

/*
 * Commits return when the data is on the disk, and on that of a synchronous
 * standby, whatever the server's default is: what is committed is then removed
 * from the spool.  A session that only holds a lock, or that waits for a mail
 * server, is not idle by mistake; version 13 does not know of that.  Our queries
 * are short, and have many columns: compiling them takes longer than running them.
 * A schema in front of ours in the role's search_path may have tables of our names.
 * That a standby has not confirmed a change is a warning, which is to arrive.
 */
static int set_up(const char *database, PGconn *conn, const struct store_options *options,
		  int *ret_backend, struct jo_err *err)
{
	PGresult *result = NULL;
	char sql[800]; /* the text below with an integer */
	int rc;

	(void)snprintf(sql, sizeof(sql),
		       "SET lock_timeout = %" PRId64 ";"
		       "SET jit = off;"
		       "SET client_min_messages = warning;"
		       "SELECT set_config('synchronous_commit', 'on', false)"
		       " WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');"
		       "SELECT set_config('idle_session_timeout', '0', false)"
		       " WHERE current_setting('idle_session_timeout', true) IS NOT NULL;"
		       "SELECT set_config('search_path', quote_ident(nspname), false)"
		       " FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace"
		       " WHERE pg_class.oid = to_regclass('" POSTGRES_OWN_TABLE "');"
		       "SELECT pg_backend_pid()",
		       options->busy_timeout_ms > 0 ? options->busy_timeout_ms : 1);
	rc = postgres_link_run(database, conn, sql, "open", &result, err);
	if (rc < 0)
		return rc;
	*ret_backend = atoi(PQgetvalue(result, 0, 0));
	PQclear(result);
	return 0;
}

static int check_server(const char *database, PGconn *conn, struct jo_err *err)
{
	const char *encoding = PQparameterStatus(conn, "server_encoding");
	int version = PQserverVersion(conn);

	if (version < POSTGRES_VERSION_MIN)
		return jo_err_set(err, -EPROTO,
				  "database %s: the server is PostgreSQL %d, and %d is the oldest "
				  "that does",
				  database, version / 10000, POSTGRES_VERSION_MIN / 10000);
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
		return jo_err_set(err, -EPROTO,
				  "database %s: its encoding is %s, which does not hold every "
				  "name: createdb -E UTF8 -T template0 makes one that does",
				  database, encoding != NULL ? encoding : "not known");
	return 0;
}

/*
 * Of a server that is gone with its machine nobody says that the connection has
 * ended: it is asked after a minute without an answer, and given up after
 * another, which is soon enough for a night and no load on the server.  What
 * was sent and is never confirmed is waited for as long.
 */
#define KEEPALIVE_IDLE_S "60"
#define KEEPALIVE_INTERVAL_S "10"
#define KEEPALIVE_COUNT "6"
#define UNCONFIRMED_MS "120000"

/* PQconnectdbParams, which waits for an answer, or PQconnectStartParams. */
typedef PGconn *connect_fn(const char *const *keywords, const char *const *values, int is_expanded);

/* Words in the place of those that the name has; NULL where its own are good. */
struct instead {
	const char *dbname, *host, *address, *port, *session;
};

/* Of a keyword that comes twice the last one counts, and the name has some of its own. */
static PGconn *connect_by(connect_fn *connect, const char *database, const struct instead *instead)
{
	const struct {
		const char *keyword, *value;
	} words[] = {
		{"fallback_application_name", "sjoboutliers"},
		{"connect_timeout", "10"},
		{"keepalives_idle", KEEPALIVE_IDLE_S},
		{"keepalives_interval", KEEPALIVE_INTERVAL_S},
		{"keepalives_count", KEEPALIVE_COUNT},
		{"tcp_user_timeout", UNCONFIRMED_MS},
		{"dbname", database},
		{"client_encoding", "UTF8"},
		{"dbname", instead->dbname},
		{"host", instead->host},
		{"hostaddr", instead->address},
		{"port", instead->port},
		{"target_session_attrs", instead->session},
		{NULL, NULL},
	};
	enum { COUNT = sizeof(words) / sizeof(words[0]) };
	const char *keywords[COUNT], *values[COUNT];
	PGconn *conn;

	for (size_t i = 0; i < COUNT; i++) {
		keywords[i] = words[i].keyword;
		values[i] = words[i].value;
	}
	conn = connect(keywords, values, true);
	(void)PQsetNoticeReceiver(conn, ignore, NULL);
	(void)PQsetErrorVerbosity(conn, PQERRORS_SQLSTATE); /* for parting_state */
	return conn;
}

bool postgres_link_has_several_hosts(PGconn *conn)
{
	PQconninfoOption *options = PQconninfo(conn);
	bool is_so_named = false;

	for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
		is_so_named |= strncmp(o->keyword, "host", strlen("host")) == 0 && o->val != NULL &&
			       strchr(o->val, ',') != NULL;
	PQconninfoFree(options);
	return is_so_named;
}

/*
 * Why a connection could not be made, which libpq says with a line for each host
 * that it tried, and advice below it. It goes on to the next one where a host is
 * not there, or not of the sort that is wanted, and not where one answers that it
 * has no such database, or lets the role not in. That is right, as nobody can guess
 * which of hosts that differ in this is to be written; then this answer, which
 * stands last, is what there is to mend.
 */
static const char *refusal(PGconn *conn, char line[static LINE_SIZE])
{
	static const char hint[] = "; no other host is asked";
	const char *message = PQerrorMessage(conn), *last = message;
	size_t len;

	for (const char *c = message; *c != '\0'; c++)
		if (c[0] == '\n' && c[1] != '\0' && c[1] != '\t')
			last = c + 1;
	if (strstr(last, "FATAL:") == NULL || !postgres_link_has_several_hosts(conn))
		return one_line(message, line);
	len = strlen(one_line(last, line));
	if (len + sizeof(hint) <= LINE_SIZE)
		(void)memcpy(line + len, hint, sizeof(hint));
	return line;
}

static int connect_to(const char *database, const struct instead *instead, PGconn **ret_conn,
		      struct jo_err *err)
{
	PGconn *conn = connect_by(PQconnectdbParams, database, instead);
	char line[LINE_SIZE];
	int rc;

	if (PQstatus(conn) == CONNECTION_OK) {
		/* Of a standby nothing can be asked in a transaction that is serializable; where
		 * this fails, so does what is asked next, and says why. */
		PQclear(PQexec(conn, "SET default_transaction_isolation = 'read committed'"));
		*ret_conn = conn;
		return 0;
	}
	rc = jo_err_set(err, -ENOTCONN, "database %s: %s", database, refusal(conn, line));
	PQfinish(conn);
	return rc;
}

int postgres_link_server(const char *database, const char *other, PGconn **ret_conn,
			 struct jo_err *err)
{
	return connect_to(database, &(struct instead){.dbname = other}, ret_conn, err);
}

int postgres_link_host(const char *database, const char *host, const char *address,
		       const char *port, PGconn **ret_conn, struct jo_err *err)
{
	const struct instead instead = {NULL, host, address, port, "any"};

	return connect_to(database, &instead, ret_conn, err);
}

/* What names, services and the environment say is read before anybody answers. */
static PGconn *read_name(const char *database)
{
	return connect_by(PQconnectStartParams, database, &(struct instead){0});
}

char *postgres_link_dbname(const char *database)
{
	PGconn *conn = read_name(database);
	const char *name = PQdb(conn);
	char *copy = name != NULL ? xstrdup(name) : NULL;

	PQfinish(conn);
	return copy;
}

PQconninfoOption *postgres_link_options(const char *database)
{
	PGconn *conn = read_name(database);
	PQconninfoOption *options = PQconninfo(conn);

	PQfinish(conn);
	return options;
}

/* Somebody else may have taken the session that was given back, so a pooler is asked some times. */
#define POOLER_TRIES 3

/*
 * Whether two connections, both of which are there, have one session of the
 * server: then a pooler gives sessions out by the transaction, and locks, settings
 * and prepared statements belong to nobody.  A pooler has a number of its own for
 * a connection; one that gives them out by the connection does no harm.
 */
static int check_pooler(const char *database, const PGconn *conn, int backend, struct jo_err *err)
{
	for (int i = 0; i < POOLER_TRIES && backend > 0 && PQbackendPID(conn) != backend; i++) {
		PGconn *other = connect_by(PQconnectdbParams, database, &(struct instead){0});
		PGresult *result = PQexec(other, "SELECT pg_backend_pid()");
		bool is_shared = PQresultStatus(result) == PGRES_TUPLES_OK &&
				 atoi(PQgetvalue(result, 0, 0)) == backend;

		PQclear(result);
		PQfinish(other);
		if (is_shared)
			return jo_err_set(err, -EPROTO,
					  "database %s: a pooler gives each transaction another "
					  "session, as pgbouncer does with pool_mode=transaction; "
					  "name the server itself, or a pool with "
					  "pool_mode=session",
					  database);
	}
	return 0;
}

int postgres_link_open(const char *database, const struct store_options *options, PGconn **ret_conn,
		       struct jo_err *err)
{
	PGconn *conn = NULL;
	int backend = 0;
	int rc = check_name(database, err);

	if (rc == 0)
		rc = connect_to(database, &(struct instead){0}, &conn, err);
	if (rc == 0)
		rc = check_server(database, conn, err);
	if (rc == 0)
		rc = set_up(database, conn, options, &backend, err);
	if (rc == 0)
		rc = check_pooler(database, conn, backend, err);
	if (rc < 0)
		PQfinish(conn);
	else
		*ret_conn = conn;
	return rc;
}

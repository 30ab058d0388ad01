/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each host of the name is connected to by itself, whatever the name says of which is wanted. */
#include "postgres_hosts.h"

#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "postgres_link.h"
#include "util/alloc.h"

/* Who is told, and of which database. */
struct listener {
	const char *database;
	store_tell_fn *tell;
	void *context;
};

/* The text is freed. */
static void tell(const struct listener *listener, enum store_grade grade, char *text)
{
	char *line = xasprintf("%s: %s", listener->database, text);

	listener->tell(listener->context, grade, line);
	free(line);
	free(text);
}

/* The rows of a question, or NULL. */
static PGresult *ask(PGconn *conn, const char *sql)
{
	PGresult *result = PQexec(conn, sql);

	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		return result;
	PQclear(result);
	return NULL;
}

static bool is_yes(const PGresult *result, int row, int column)
{
	return strcmp(PQgetvalue(result, row, column), "t") == 0;
}

static const char *size_text(const PGresult *result, int row, int column, char *text, size_t size)
{
	return jo_bytes_format(strtoll(PQgetvalue(result, row, column), NULL, 10), text, size);
}

/* ---- the hosts of the name ---- */

/* Lists of libpq's, an item for each host; NULL where the name has none. */
struct hosts {
	char **names, **addresses, **ports;
	guint count;
};

static char **split(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0 && options->val != NULL &&
		    options->val[0] != '\0')
			return g_strsplit(options->val, ",", -1);
	return NULL;
}

/* The item of a host; of ports there may be one for all. */
static const char *item(char **list, guint i)
{
	if (list == NULL)
		return NULL;
	return list[g_strv_length(list) > i ? i : 0];
}

static guint count_of(char **list)
{
	return list != NULL ? g_strv_length(list) : 0;
}

static void read_hosts(const char *database, struct hosts *hosts)
{
	PQconninfoOption *options = postgres_link_options(database);

	*hosts = (struct hosts){0};
	if (options == NULL)
		return;
	hosts->names = split(options, "host");
	hosts->addresses = split(options, "hostaddr");
	hosts->ports = split(options, "port");
	hosts->count = MAX(count_of(hosts->names), count_of(hosts->addresses));
	PQconninfoFree(options);
}

static void release_hosts(struct hosts *hosts)
{
	g_strfreev(hosts->names);
	g_strfreev(hosts->addresses);
	g_strfreev(hosts->ports);
}

/* What a standby has heard of and not done yet, and whether it is one. */
static const char host_sql[] =
	"SELECT pg_is_in_recovery(), greatest(pg_wal_lsn_diff(pg_last_wal_receive_lsn(),"
	" pg_last_wal_replay_lsn()), 0)::bigint";

/* Tell of a host; returns whether it takes changes, *ret_answers whether it is there. */
static bool check_host(const struct listener *listener, const struct hosts *hosts, guint i,
		       bool *ret_answers)
{
	const char *address = item(hosts->addresses, i), *name = item(hosts->names, i);
	const char *host = name != NULL ? name : address;
	struct jo_err err;
	PGresult *result;
	PGconn *conn;
	char lag[16];
	bool takes_changes;

	*ret_answers = false;
	if (postgres_link_host(listener->database, name, address, item(hosts->ports, i), &conn,
			       &err) < 0) {
		/* Which one it is libpq says. */
		listener->tell(listener->context, STORE_GRADE_WARN, err.text);
		return false;
	}
	result = ask(conn, host_sql);
	takes_changes = result != NULL && !is_yes(result, 0, 0);
	*ret_answers = result != NULL;
	if (takes_changes)
		tell(listener, STORE_GRADE_GOOD, xasprintf("host %s takes changes", host));
	else if (result != NULL)
		tell(listener, STORE_GRADE_GOOD,
		     xasprintf("host %s is a standby, which has %s left to replay", host,
			       size_text(result, 0, 1, lag, sizeof(lag))));
	PQclear(result);
	PQfinish(conn);
	return takes_changes;
}

static void check_hosts(const struct listener *listener, const struct hosts *hosts)
{
	guint primary_count = 0, answer_count = 0;

	for (guint i = 0; i < hosts->count; i++) {
		bool answers;

		primary_count += check_host(listener, hosts, i, &answers);
		answer_count += answers;
	}
	if (primary_count > 1)
		tell(listener, STORE_GRADE_FAIL,
		     xasprintf("%u of its hosts take changes, each for itself: end all but the "
			       "right one before anything else is written",
			       primary_count));
	if (answer_count == 1)
		tell(listener, STORE_GRADE_WARN,
		     xasprintf("one of its %u hosts is left: when that ends, nothing goes on",
			       hosts->count));
}

/* ---- who follows the server ---- */

/* Longer than a network or a busy disk holds a standby up. */
#define LAG_MAX "interval '5 minutes'"

/* Who may not see how the others do gets rows without it. */
static const char standbys_sql[] =
	"SELECT coalesce(nullif(application_name, ''), host(client_addr), 'process ' || pid),"
	" state, sync_state, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), "
	"0)::bigint,"
	" state = 'streaming' AND coalesce(replay_lag, interval '0') <= " LAG_MAX ","
	" state IS NULL FROM pg_stat_replication ORDER BY 1";

static void check_standby(const struct listener *listener, const PGresult *result, int row)
{
	char lag[16];

	tell(listener, is_yes(result, row, 4) ? STORE_GRADE_GOOD : STORE_GRADE_WARN,
	     xasprintf("standby %s: %s, %s, %s behind", PQgetvalue(result, row, 0),
		       PQgetvalue(result, row, 1), PQgetvalue(result, row, 2),
		       size_text(result, row, 3, lag, sizeof(lag))));
}

static void check_standbys(const struct listener *listener, PGconn *conn, bool is_wanted)
{
	PGresult *result = ask(conn, standbys_sql);
	int count = PQntuples(result);

	if (count == 0 && is_wanted)
		tell(listener, STORE_GRADE_WARN,
		     xstrdup("no standby follows the server: what it has is there once"));
	else if (count > 0 && is_yes(result, 0, 5))
		tell(listener, STORE_GRADE_WARN,
		     xasprintf("%d standby%s attached; how far behind shows to members of "
			       "pg_monitor alone: GRANT pg_monitor TO %s",
			       count, count == 1 ? " is" : "s are", PQuser(conn)));
	else
		for (int row = 0; row < count; row++)
			check_standby(listener, result, row);
	PQclear(result);
}

static bool is_primary(PGconn *conn)
{
	PGresult *result = ask(conn, "SELECT NOT pg_is_in_recovery()");
	bool is_so = result != NULL && is_yes(result, 0, 0);

	PQclear(result);
	return is_so;
}

void postgres_hosts_check(const char *database, PGconn *conn, store_tell_fn *tell_fn, void *context)
{
	const struct listener listener = {database, tell_fn, context};
	struct hosts hosts;

	read_hosts(database, &hosts);
	if (hosts.count > 1)
		check_hosts(&listener, &hosts);
	if (conn != NULL && is_primary(conn))
		check_standbys(&listener, conn, hosts.count > 1);
	release_hosts(&hosts);
}

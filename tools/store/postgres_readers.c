/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers by row-level security.  Each table has it, and so shows nothing to
 * whom no policy names: a table that comes later is closed until it has a row
 * here.  Whose rows somebody sees goes by session_user, which is how they logged
 * in and which no SET ROLE changes.
 *
 * A policy is kept as the server has read it, so nothing that a reader puts in
 * front of a search_path is in it, and there is no function that readers may
 * call.  What a policy asks of another table is asked under that table's own:
 * one for a step's verdicts need not say again whose the step is.
 *
 * Names are everybody's in one table.  Those that a user's own steps have are
 * kept beside it, by triggers: to look for them in the steps would take longer
 * than the rest of a list.
 *
 * The owner is not held to the policies, or they would be in the night's way;
 * nor is who may become the owner, of which doctor tells.
 */
#include "postgres_readers.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "month_tables.h"
#include "postgres_link.h"
#include "postgres_place.h"
#include "postgres_stmt.h"
#include "step/verdict.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* What there is for readers alone; whoever looks at a schema sees whose it is. */
#define NAMES_TABLE "joboutliers_reader_name"
#define STEP_INDEX "joboutliers_reader_step"
#define NAMES_TRIGGER "joboutliers_names"
#define MOVED_TRIGGER "joboutliers_moved"
#define POLICY_OWN "joboutliers_own"
#define POLICY_ALL "joboutliers_all"

/* In our own table, what was set up last. */
#define KEY "readers"

/* Both are found once a statement, and not once a row. */
#define LOGIN "CAST(session_user AS text)"
#define OWN_ID "(SELECT n.id FROM name AS n WHERE n.text = " LOGIN ")"

#define OF_OWN_STEP(table) "EXISTS (SELECT 1 FROM step AS s WHERE s.id = " table ".step)"

/*
 * Which rows a reader sees who sees own ones alone.  Of a table that is not here
 * it is none: mails, findings and mutes come by mail, and a model has numbers
 * that stand for the names of whoever ran what.
 */
static const struct {
	const char *table, *own;
} own_rows[] = {
	{"step", "user_id = " OWN_ID},
	{"step_node", OF_OWN_STEP("step_node")},
	{"verdict", OF_OWN_STEP("verdict")},
	{"waiting", OF_OWN_STEP("waiting")},
	{"profile", OF_OWN_STEP("profile")},
	{"span", OF_OWN_STEP("span")},
	{"expected", OF_OWN_STEP("expected")},
	/* The policy of step asks for the user, too; said here it is one look into the index. */
	{"step_group", "EXISTS (SELECT 1 FROM step AS s WHERE s.user_id = " OWN_ID
		       " AND s.group_id = step_group.id)"},
	{"drift", "EXISTS (SELECT 1 FROM step_group AS g WHERE g.id = drift.group_id)"},
	{"name", "text = " LOGIN " OR EXISTS (SELECT 1 FROM " NAMES_TABLE
		 " AS r WHERE r.name_id = name.id AND r.user_name IN ('', " LOGIN "))"},
	{NAMES_TABLE, "user_name IN ('', " LOGIN ")"},
	/* As scontrol tells everybody. */
	{"node", "true"},
	{"judging", "true"},
	{"setting", "true"},
	{POSTGRES_OWN_TABLE, "key = 'schema'"},
};

/* Of verdicts' texts these have the words that are ours; the others name groups and attributes. */
#define TEXT_TABLE "verdict_text"

/* Ours are the tables that the owner of our own one has beside it; a part of one is read through
 * it, and so needs no policy. */
#define OUR_TABLES                                                                                 \
	" FROM pg_class AS c WHERE c.relnamespace = quote_ident(current_schema())::regnamespace"   \
	" AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relowner ="                   \
	" (SELECT relowner FROM pg_class WHERE oid = to_regclass('" POSTGRES_OWN_TABLE "'))"

/* Their texts and bytes. */
#define TEXT_COLUMNS                                                                               \
	" FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid WHERE a.attnum > 0"      \
	" AND a.atttypid IN ('text'::regtype, 'bytea'::regtype) AND NOT a.attisdropped"            \
	" AND c.oid IN (SELECT c.oid" OUR_TABLES ")"

/* ---- the script that sets all of it up ---- */

/* Take back what was granted to those whom the policies are for, and the policies. */
static const char clean_sql[] =
	"DO $do$ DECLARE at record; granted oid[]; BEGIN"
	" SELECT array_agg(DISTINCT r.role) INTO granted FROM pg_policy AS p, unnest(p.polroles)"
	" AS r (role) WHERE p.polname IN ('" POLICY_OWN "', '" POLICY_ALL "')"
	" AND p.polrelid IN (SELECT c.oid" OUR_TABLES ");"
	" FOR at IN SELECT t.oid::regclass AS name, r.role::regrole AS role"
	" FROM (SELECT c.oid" OUR_TABLES ") AS t, unnest(granted) AS r (role) LOOP"
	" EXECUTE format('REVOKE ALL ON %s FROM %s', at.name, at.role); END LOOP;"
	" FOR at IN SELECT r.role::regrole AS role FROM unnest(granted) AS r (role) LOOP"
	" EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s', current_schema(), at.role); END LOOP;"
	" FOR at IN SELECT p.polname AS policy, p.polrelid::regclass AS name FROM pg_policy AS p"
	" WHERE p.polname IN ('" POLICY_OWN "', '" POLICY_ALL "')"
	" AND p.polrelid IN (SELECT c.oid" OUR_TABLES ") LOOP"
	" EXECUTE format('DROP POLICY %I ON %s', at.policy, at.name); END LOOP; END $do$;"
	"DROP VIEW IF EXISTS " POSTGRES_PEERS ";"
	"DROP TRIGGER IF EXISTS " NAMES_TRIGGER " ON step_node;"
	"DROP TRIGGER IF EXISTS " NAMES_TRIGGER " ON node;"
	"DROP TRIGGER IF EXISTS " MOVED_TRIGGER " ON step;";

/* The trigger of new steps goes last: who finds it knows that no name is missing. */
static const char drop_sql[] =
	"DO $do$ DECLARE at record; BEGIN FOR at IN SELECT c.oid::regclass AS name, "
	"a.attname" TEXT_COLUMNS
	" LOOP EXECUTE format('ALTER TABLE %s ALTER %I SET STATISTICS -1', at.name,"
	" at.attname); END LOOP; END $do$;"
	"DROP TRIGGER IF EXISTS " NAMES_TRIGGER " ON step;"
	"DROP TABLE IF EXISTS " NAMES_TABLE ";"
	"DROP FUNCTION IF EXISTS joboutliers_step_names();"
	"DROP FUNCTION IF EXISTS joboutliers_moved_names();"
	"DROP FUNCTION IF EXISTS joboutliers_step_node_names();"
	"DROP FUNCTION IF EXISTS joboutliers_node_names();"
	"DROP INDEX IF EXISTS " STEP_INDEX ";";

/* What of a step is a name. */
#define NAMED_BY(row)                                                                              \
	row "cluster_id, " row "user_id, " row "account_id, " row "partition_id, " row             \
	    "qos_id, " row "class_id, " row "program_id, " row "node_id"

/* The names of some rows, with whom they are for; '' is for all. */
#define STEP_NAMES(rows)                                                                           \
	"SELECT DISTINCT u.text, v.id FROM " rows " AS s JOIN name AS u ON u.id = s.user_id"       \
	" CROSS JOIN LATERAL unnest(ARRAY[" NAMED_BY("s.") "]) AS v (id) WHERE v.id > 0"
#define STEP_NODE_NAMES(steps, nodes)                                                              \
	"SELECT DISTINCT u.text, n.node_id FROM " steps " AS s JOIN " nodes " AS n"                \
	" ON n.step = s.id JOIN name AS u ON u.id = s.user_id"                                     \
	" WHERE n.node_id > 0"
#define NODE_NAMES(rows)                                                                           \
	"SELECT DISTINCT '', v.id FROM " rows                                                      \
	" AS n CROSS JOIN LATERAL unnest(ARRAY[n.cluster_id,"                                      \
	" n.node_id, n.node_model_id, n.slurm_version_id, n.plugin_version_id]) AS v (id)"         \
	" WHERE v.id > 0"

#define NOTE(names)                                                                                \
	"INSERT INTO " NAMES_TABLE " (user_name, name_id) " names " ON CONFLICT DO NOTHING;"

/* What a trigger runs finds our tables alone. */
#define TRIGGER_FUNCTION(name, body)                                                               \
	" EXECUTE format('CREATE OR REPLACE FUNCTION " name "() RETURNS trigger LANGUAGE plpgsql"  \
	" SET search_path = pg_catalog, %I, pg_temp AS %L', current_schema(),"                     \
	" $body$BEGIN " body " RETURN NULL; END$body$);"                                           \
	" REVOKE ALL ON FUNCTION " name "() FROM PUBLIC;"

#define ON_INSERT(table, name)                                                                     \
	"CREATE TRIGGER " NAMES_TRIGGER " AFTER INSERT ON " table                                  \
	" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION " name "();"

/* clang-format off */
static const char names_sql[] =
	"CREATE INDEX IF NOT EXISTS " STEP_INDEX " ON step (user_id, group_id);"
	"CREATE TABLE IF NOT EXISTS " NAMES_TABLE " (user_name text COLLATE \"C\","
	" name_id bigint, PRIMARY KEY (user_name, name_id));"
	"DO $do$ BEGIN"
	/* Of a step and its nodes either comes first. */
	TRIGGER_FUNCTION("joboutliers_step_names",
		NOTE(STEP_NAMES("new_rows"))
		NOTE(STEP_NODE_NAMES("(SELECT * FROM new_rows WHERE node_seen_count > 1)", "step_node")))
	TRIGGER_FUNCTION("joboutliers_step_node_names", NOTE(STEP_NODE_NAMES("step", "new_rows")))
	TRIGGER_FUNCTION("joboutliers_moved_names",
		NOTE(STEP_NAMES("(SELECT new.*)"))
		NOTE(STEP_NODE_NAMES("(SELECT new.*)", "step_node")))
	TRIGGER_FUNCTION("joboutliers_node_names", NOTE(NODE_NAMES("new_rows")))
	" IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = 'step'::regclass"
	" AND tgname = '" NAMES_TRIGGER "') THEN "
	NOTE(STEP_NAMES("step")) NOTE(STEP_NODE_NAMES("step", "step_node")) NOTE(NODE_NAMES("node"))
	ON_INSERT("step", "joboutliers_step_names")
	" END IF; END $do$;"
	ON_INSERT("step_node", "joboutliers_step_node_names")
	ON_INSERT("node", "joboutliers_node_names")
	/* Most changes are that a step was judged. */
	"CREATE TRIGGER " MOVED_TRIGGER " AFTER UPDATE OF " NAMED_BY("")
	" ON step FOR EACH ROW WHEN ((" NAMED_BY("old.") ") IS DISTINCT FROM (" NAMED_BY("new.") "))"
	" EXECUTE FUNCTION joboutliers_moved_names();";
/* clang-format on */

/*
 * The planner's figures of a column have some of its values, which whoever may
 * ask it for its estimates can find out one by one: of texts there are none.
 * Those that were made before go with a change of the type to what it is.
 */
static const char hide_figures_sql[] =
	"DO $do$ DECLARE at record; BEGIN FOR at IN SELECT c.oid::regclass AS name, a.attname,"
	" CASE WHEN a.atttypid = 'text'::regtype THEN 'text COLLATE \"C\"' ELSE 'bytea' END AS "
	"type,"
	" EXISTS (SELECT 1 FROM pg_stats AS s JOIN pg_class AS k ON k.relname = s.tablename"
	" WHERE s.schemaname = current_schema() AND s.attname = a.attname"
	" AND k.relnamespace = c.relnamespace AND (k.oid = c.oid OR k.oid IN"
	" (SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid))) AS is_known" TEXT_COLUMNS
	" LOOP EXECUTE format('ALTER TABLE %s ALTER %I SET STATISTICS 0', at.name, at.attname);"
	" IF at.is_known THEN EXECUTE format('ALTER TABLE %s ALTER %I TYPE %s', at.name,"
	" at.attname, at.type); END IF; END LOOP; END $do$;";

/* A class that was declared is shared by its users, whose steps are compared.  The scripts of all
 * are one group, and are not. */
static const char peers_sql[] =
	"CREATE VIEW " POSTGRES_PEERS " WITH (security_barrier) AS SELECT s.id, s.group_id,"
	" s.end_unix_us, s.input_bytes, s.wall_us, s.mem_peak_bytes, s.max_rss_bytes,"
	" s.mem_allocated_bytes, s.mem_limit_bytes, s.cpu_us, s.cpu_count,"
	" s.task_count, s.node_count, CASE WHEN s.user_id = " OWN_ID " THEN s.node_id ELSE 0 END"
	" AS node_id, s.state, CASE WHEN s.user_id = " OWN_ID " THEN s.attrs END"
	" AS attrs FROM step AS s WHERE EXISTS (SELECT 1 FROM step AS o JOIN step_group AS g"
	" ON g.id = o.group_id WHERE o.user_id = " OWN_ID " AND o.group_id = s.group_id"
	" AND g.class_is_declared < 2);"
	"REVOKE ALL ON " POSTGRES_PEERS " FROM PUBLIC;";

/* ---- whom it is for ---- */

/* Roles that are there, as words of a statement: "users, \"the others\"". */
struct roles {
	struct strbuf own, all;
	struct strbuf ids; /* those of the two lists, as a role that is made again is another one */
};

static void roles_release(struct roles *roles)
{
	strbuf_release(&roles->own);
	strbuf_release(&roles->all);
	strbuf_release(&roles->ids);
}

static int find_roles(struct db *db, const char *const *names, size_t count, struct strbuf *list,
		      struct strbuf *ids, struct jo_err *err)
{
	PGconn *conn = ((struct postgres_db *)db)->conn;

	for (size_t i = 0; i < count; i++) {
		PGresult *result = PQexecParams(
			conn, "SELECT quote_ident(rolname), oid FROM pg_roles WHERE rolname = $1",
			1, NULL, &names[i], NULL, NULL, 0);

		if (PQresultStatus(result) != PGRES_TUPLES_OK)
			return postgres_link_fail(db->name, conn, result, err, "read");
		if (PQntuples(result) == 1) {
			strbuf_addf(list, "%s%s", list->len > 0 ? ", " : "",
				    PQgetvalue(result, 0, 0));
			strbuf_addf(ids, " %s", PQgetvalue(result, 0, 1));
		}
		PQclear(result);
	}
	strbuf_adds(ids, ";");
	return 0;
}

static int roles_read(struct db *db, const struct store_readers *readers, struct roles *roles,
		      struct jo_err *err)
{
	int rc = find_roles(db, readers->own, readers->own_count, &roles->own, &roles->ids, err);

	if (rc == 0)
		rc = find_roles(db, readers->all, readers->all_count, &roles->all, &roles->ids,
				err);
	return rc;
}

/* ---- the tables ---- */

/* Text that has no quotes of its own. */
static void add_reasons(struct strbuf *sql)
{
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		strbuf_addf(sql, "%s'%s'", i > REASON_NONE + 1 ? ", " : "",
			    reason_word((enum reason)i));
}

static void add_own_policy(struct strbuf *sql, const char *table, const struct roles *roles)
{
	size_t i = 0;

	while (i < G_N_ELEMENTS(own_rows) && strcmp(own_rows[i].table, table) != 0)
		i++;
	if (i == G_N_ELEMENTS(own_rows) && strcmp(table, TEXT_TABLE) != 0)
		return;
	strbuf_addf(sql, "CREATE POLICY " POLICY_OWN " ON %s FOR SELECT TO %s USING (", table,
		    roles->own.text);
	if (i < G_N_ELEMENTS(own_rows)) {
		strbuf_adds(sql, own_rows[i].own);
	} else {
		strbuf_adds(sql, "text IN (");
		add_reasons(sql);
		strbuf_adds(sql, ")");
	}
	strbuf_adds(sql, ");");
}

/* The columns are NULL for all there are. */
static void add_table(struct strbuf *sql, const char *name, const char *quoted, const char *columns,
		      const struct roles *roles)
{
	const struct strbuf *granted[] = {&roles->own, &roles->all};

	strbuf_addf(sql, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;", quoted);
	for (size_t i = 0; i < G_N_ELEMENTS(granted); i++) {
		if (granted[i]->len == 0)
			continue;
		strbuf_adds(sql, "GRANT SELECT ");
		if (columns != NULL)
			strbuf_addf(sql, "(%s) ", columns);
		strbuf_addf(sql, "ON %s TO %s;", quoted, granted[i]->text);
	}
	if (roles->own.len > 0)
		add_own_policy(sql, name, roles);
	if (roles->all.len > 0)
		strbuf_addf(sql,
			    "CREATE POLICY " POLICY_ALL " ON %s FOR SELECT TO %s USING (true);",
			    quoted, roles->all.text);
}

#define NAME(table, key) ", '" #table "'"

/* What of a mail is its owner's alone is not even for who sees all. */
static const char tables_sql[] =
	"SELECT c.relname, quote_ident(c.relname), concat_ws(' ', c.oid, (SELECT"
	" string_agg(inhrelid::text, ' ' ORDER BY inhrelid) FROM pg_inherits"
	" WHERE inhparent = c.oid AND c.relname NOT IN (''" MONTH_TABLES(
		NAME) "))), CASE WHEN c.relname = 'message' THEN"
		      " (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM "
		      "pg_attribute AS a"
		      " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
		      " AND a.attname NOT IN ('address', 'body')) END" OUR_TABLES
		      " AND c.relname <> '" NAMES_TABLE "' ORDER BY c.relname";

/* Whoever was granted a part, by hand or as the server's default for what is made, sees no row of
 * it either: the policies are those of the whole. */
static const char parts_sql[] =
	"DO $do$ DECLARE at record; BEGIN FOR at IN SELECT inhrelid::regclass AS name"
	" FROM pg_inherits WHERE inhparent IN (SELECT c.oid" OUR_TABLES ") LOOP"
	" EXECUTE format('ALTER TABLE %%s %s ROW LEVEL SECURITY', at.name); END LOOP; END $do$;";

/* Where nobody reads, it is as if nobody ever had. */
static void add_tables(struct strbuf *sql, PGresult *tables, const struct roles *roles)
{
	bool is_for_nobody = roles->own.len == 0 && roles->all.len == 0;

	strbuf_adds(sql, is_for_nobody ? drop_sql : names_sql);
	if (!is_for_nobody) {
		strbuf_adds(sql, hide_figures_sql);
		add_table(sql, NAMES_TABLE, NAMES_TABLE, NULL, roles);
	}
	for (int i = 0; i < PQntuples(tables); i++) {
		const char *quoted = PQgetvalue(tables, i, 1);

		/* A table that is made again is another one, as it is with one more part, but for
		 * those of months: they are as the whole is from the first. */
		strbuf_addf(sql, "/* %s */", PQgetvalue(tables, i, 2));
		if (is_for_nobody)
			strbuf_addf(sql, "ALTER TABLE %s DISABLE ROW LEVEL SECURITY;", quoted);
		else
			add_table(sql, PQgetvalue(tables, i, 0), quoted,
				  PQgetisnull(tables, i, 3) ? NULL : PQgetvalue(tables, i, 3),
				  roles);
	}
	strbuf_addf(sql, parts_sql, is_for_nobody ? "DISABLE" : "ENABLE");
	if (roles->own.len > 0)
		strbuf_addf(sql, "%sGRANT SELECT ON " POSTGRES_PEERS " TO %s;", peers_sql,
			    roles->own.text);
}

static void add_schema(struct strbuf *sql, const char *quoted, const struct roles *roles)
{
	const struct strbuf *granted[] = {&roles->own, &roles->all};

	for (size_t i = 0; i < G_N_ELEMENTS(granted); i++)
		if (granted[i]->len > 0)
			strbuf_addf(sql, "GRANT USAGE ON SCHEMA %s TO %s;", quoted,
				    granted[i]->text);
}

/* All statements, for a transaction; the caller releases them. */
static int make_script(struct db *db, const struct store_readers *readers, struct strbuf *sql,
		       struct jo_err *err)
{
	PGconn *conn = ((struct postgres_db *)db)->conn;
	PGresult *tables = NULL, *schema = NULL;
	struct roles roles;
	int rc;

	strbuf_init(&roles.own);
	strbuf_init(&roles.all);
	strbuf_init(&roles.ids);
	rc = roles_read(db, readers, &roles, err);
	if (rc == 0)
		rc = postgres_link_run(db->name, conn, tables_sql, "read", &tables, err);
	if (rc == 0)
		rc = postgres_link_run(db->name, conn, "SELECT quote_ident(current_schema())",
				       "read", &schema, err);
	if (rc == 0) {
		strbuf_addf(sql, "/* %s */%s", roles.ids.text, clean_sql);
		add_schema(sql, PQgetvalue(schema, 0, 0), &roles);
		add_tables(sql, tables, &roles);
	}
	PQclear(schema);
	PQclear(tables);
	roles_release(&roles);
	return rc;
}

/* ---- whether it is so already ---- */

static int is_set_up(struct db *db, const char *print, bool *ret_is_so, struct jo_err *err)
{
	PGconn *conn = ((struct postgres_db *)db)->conn;
	PGresult *result = PQexecParams(
		conn, "SELECT 1 FROM " POSTGRES_OWN_TABLE " WHERE key = '" KEY "' AND value = $1",
		1, NULL, &print, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return postgres_link_fail(db->name, conn, result, err, "read");
	*ret_is_so = PQntuples(result) == 1;
	PQclear(result);
	return 0;
}

/* That nobody reads was so before anybody could say so. */
static int is_without(struct db *db, const struct store_readers *readers, bool *ret_is_so,
		      struct jo_err *err)
{
	PGresult *result = NULL;
	int rc = 0;

	*ret_is_so = false;
	if (readers->own_count > 0 || readers->all_count > 0)
		return 0;
	rc = postgres_link_run(db->name, ((struct postgres_db *)db)->conn,
			       "SELECT 1 FROM " POSTGRES_OWN_TABLE " WHERE key = '" KEY "'", "read",
			       &result, err);
	if (rc == 0)
		*ret_is_so = PQntuples(result) == 0;
	PQclear(result);
	return rc;
}

static int put_print(struct db *db, const struct store_readers *readers, const char *print,
		     struct jo_err *err)
{
	PGconn *conn = ((struct postgres_db *)db)->conn;
	const char *const values[] = {KEY, print};
	bool is_for_nobody = readers->own_count == 0 && readers->all_count == 0;
	PGresult *result =
		is_for_nobody
			? PQexec(conn, "DELETE FROM " POSTGRES_OWN_TABLE " WHERE key = '" KEY "'")
			: PQexecParams(conn, POSTGRES_PUT_OWN, 2, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_link_fail(db->name, conn, result, err, "change");
	PQclear(result);
	return 0;
}

static int set_up(struct db *db, const struct store_readers *readers, const char *sql,
		  const char *print, struct jo_err *err)
{
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = postgres_link_run(db->name, ((struct postgres_db *)db)->conn, sql, "let readers in",
			       NULL, err);
	if (rc == 0)
		rc = put_print(db, readers, print, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

int postgres_readers_set(struct db *db, const struct store_readers *readers, struct jo_err *err)
{
	bool is_so;
	struct strbuf sql;
	char *print;
	int rc = is_without(db, readers, &is_so, err);

	if (rc < 0 || is_so)
		return rc;
	strbuf_init(&sql);
	rc = make_script(db, readers, &sql, err);
	if (rc == 0) {
		print = g_compute_checksum_for_string(G_CHECKSUM_SHA256, sql.text, -1);
		rc = is_set_up(db, print, &is_so, err);
		if (rc == 0 && !is_so)
			rc = set_up(db, readers, sql.text, print, err);
		g_free(print);
	}
	strbuf_release(&sql);
	return rc;
}

/* ---- for whom it is ---- */

int postgres_readers_is_own_only(struct db *db, bool *ret_is_own_only, struct jo_err *err)
{
	PGresult *result = NULL;
	int rc = postgres_link_run(
		db->name, ((struct postgres_db *)db)->conn,
		"SELECT coalesce(row_security_active(to_regclass('step')), false) AND NOT EXISTS"
		" (SELECT 1 FROM pg_policy AS p, unnest(p.polroles) AS r (role)"
		" WHERE p.polrelid = to_regclass('step') AND p.polname = '" POLICY_ALL "'"
		" AND pg_has_role(r.role, 'USAGE'))",
		"open", &result, err);

	if (rc < 0)
		return rc;
	*ret_is_own_only = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
	PQclear(result);
	return 0;
}

/* ---- for doctor ---- */

/* Nobody is waited for. */
static const struct store_options look_options = {STORE_READ, 0};

/* Of a role that is there: what is asked, and what is told where the answer is yes, after its name.
 */
static const struct {
	const char *sql;
	enum store_grade grade;
	const char *text;
} questions[] = {
	{"SELECT NOT EXISTS (SELECT 1 FROM pg_policy AS p, pg_roles AS r WHERE r.rolname = $1"
	 " AND p.polrelid = to_regclass('step') AND r.oid = ANY (p.polroles)"
	 " AND p.polname IN ('" POLICY_OWN "', '" POLICY_ALL "'))",
	 STORE_GRADE_WARN, "is not let in yet: the next ingest or check does that"},
	{"SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolbypassrls))"
	 " OR pg_has_role($1, (SELECT relowner FROM pg_class WHERE oid ="
	 " to_regclass('" POSTGRES_OWN_TABLE "')), 'MEMBER')",
	 STORE_GRADE_FAIL,
	 "is a superuser's, the owner's or one with BYPASSRLS, and so sees and changes everything"},
	{"SELECT has_schema_privilege($1, current_schema(), 'CREATE')", STORE_GRADE_FAIL,
	 "may make tables and functions beside ours, which then might run as ours: REVOKE CREATE "
	 "ON SCHEMA, from it or from PUBLIC"},
	{"SELECT EXISTS (SELECT 1 FROM pg_class AS c WHERE c.relnamespace ="
	 " quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
	 " AND c.relname <> '" POSTGRES_PEERS "' AND NOT c.relrowsecurity"
	 " AND has_any_column_privilege($1, c.oid, 'SELECT'))",
	 STORE_GRADE_FAIL,
	 "was granted a table here that keeps no rows from it: REVOKE ALL, as ingest grants what "
	 "is needed"},
	{"SELECT has_function_privilege($1, 'pg_advisory_lock(integer,integer)', 'EXECUTE')",
	 STORE_GRADE_WARN,
	 "may take the locks that keep ingest and check from their work: joboutliers-database(7) "
	 "has the REVOKE"},
};

/* One cell of an answer about a role; the caller frees it, NULL for none. */
static char *ask(PGconn *conn, const char *sql, const char *role)
{
	PGresult *result = PQexecParams(conn, sql, 1, NULL, &role, NULL, NULL, 0);
	char *answer = NULL;

	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		answer = xstrdup(PQgetvalue(result, 0, 0));
	PQclear(result);
	return answer;
}

static bool is_so(PGconn *conn, const char *sql, const char *role)
{
	char *answer = ask(conn, sql, role);
	bool is_yes = answer != NULL && strcmp(answer, "t") == 0;

	free(answer);
	return is_yes;
}

static bool check_role(PGconn *conn, const char *key, const char *role, store_tell_fn *tell,
		       void *context)
{
	bool is_good = true;
	char *text;

	if (!is_so(conn, "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)", role)) {
		text = xasprintf("%s: there is no role %s: CREATE ROLE %s, and GRANT it to those "
				 "who are to read",
				 key, role, role);
		tell(context, STORE_GRADE_WARN, text);
		free(text);
		return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
		if (!is_so(conn, questions[i].sql, role))
			continue;
		text = xasprintf("%s: %s %s", key, role, questions[i].text);
		tell(context, questions[i].grade, text);
		free(text);
		is_good = false;
	}
	return is_good;
}

bool postgres_readers_check(const char *database, const struct store_readers *readers,
			    store_tell_fn *tell, void *context)
{
	bool is_good = true;
	struct jo_err err;
	PGconn *conn;

	if (postgres_link_open(database, &look_options, &conn, &err) < 0) {
		tell(context, STORE_GRADE_FAIL, err.text);
		return false;
	}
	for (size_t i = 0; i < readers->own_count; i++)
		is_good &= check_role(conn, "Readers", readers->own[i], tell, context);
	for (size_t i = 0; i < readers->all_count; i++)
		is_good &= check_role(conn, "ReadersAll", readers->all[i], tell, context);
	PQfinish(conn);
	return is_good;
}

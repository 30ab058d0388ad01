/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part has the ids of a month, as "step_2026_11".  Those without one are in the
 * open part, "step_0", which is the model of all others, and before that in parts
 * that were cut off it, as "step_0_1234" with those below 1234.  That a step is
 * there once is seen to by who adds steps, as a key of the whole table would have
 * to have the id in it.
 *
 * Who reads has a lock on the whole table until the last row.  A part is made as a
 * table of its own and then attached, which gets along with that; to drop one does
 * not.
 */
#include "postgres_months.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "month_tables.h"
#include "postgres_link.h"
#include "postgres_stmt.h"
#include "step/month.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* As rows of a query. */
#define PAIR(table, key) #table "." #key " "
#define TABLES                                                                                     \
	"(SELECT split_part(pair, '.', 1) AS name, split_part(pair, '.', 2) AS key"                \
	" FROM unnest(string_to_array(rtrim('" MONTH_TABLES(PAIR) "'), ' ')) AS u (pair)) AS v"

/*
 * A reader that is at work is not waited for longer than this, as who comes next
 * waits behind us; and this is shorter than the second after which a server looks
 * for two that wait for each other, and may end the reader.
 */
#define DROP_WAIT_MS "500"

#define PART_NAME_SIZE 32 /* "2026_11" or "0_1234"; with room for any number */

static struct postgres_db *postgres_of(struct db *db)
{
	return (struct postgres_db *)db;
}

static int run(struct db *db, const char *sql, const char *what, PGresult **ret_result,
	       struct jo_err *err)
{
	PGconn *conn = postgres_of(db)->conn;
	int rc = postgres_copy_flush(db->name, conn, &postgres_of(db)->copy, err);

	return rc < 0 ? rc : postgres_link_run(db->name, conn, sql, what, ret_result, err);
}

void postgres_months_forget(struct db *db)
{
	memset(postgres_of(db)->has_month, 0, sizeof(postgres_of(db)->has_month));
}

/*
 * The tables as they are become their own first parts, with all rows and indexes.
 * The whole tables give no ids, which those of steps do not need: a part could not
 * have them of its own.
 */
static int begin(struct db *db, struct jo_err *err)
{
	char *sql = xasprintf(
		"DO $do$ DECLARE t record; i record; BEGIN"
		" FOR t IN SELECT v.name, v.name || '_0' AS part, v.key FROM " TABLES " LOOP"
		" EXECUTE format('ALTER TABLE %%I ALTER %%I DROP IDENTITY IF EXISTS', t.name, "
		"t.key);"
		" EXECUTE format('ALTER TABLE %%I RENAME TO %%I', t.name, t.part);"
		" FOR i IN SELECT c.relname FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid"
		" WHERE indrelid = to_regclass(t.part) LOOP"
		" EXECUTE format('ALTER INDEX %%I RENAME TO %%I', i.relname, i.relname || '_0');"
		" END LOOP;"
		" EXECUTE format('CREATE TABLE %%I (LIKE %%I INCLUDING DEFAULTS, %%s)"
		" PARTITION BY RANGE (%%I)', t.name, t.part, (SELECT pg_get_constraintdef(oid)"
		" FROM pg_constraint WHERE conrelid = to_regclass(t.part) AND contype = 'p'), "
		"t.key);"
		" EXECUTE format('ALTER TABLE %%I ATTACH PARTITION %%I"
		" FOR VALUES FROM (MINVALUE) TO (%" PRId64 ")', t.name, t.part);"
		" FOR i IN SELECT pg_get_indexdef(indexrelid) AS sql,"
		" regexp_replace(c.relname, '_0$', '') AS name"
		" FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid"
		" WHERE indrelid = to_regclass(t.part) AND NOT indisunique LOOP"
		" EXECUTE regexp_replace(i.sql, ' INDEX .+? ON .+? USING ', format(' INDEX %%I ON "
		"%%I USING ',"
		" i.name, t.name)); END LOOP; END LOOP; END $do$",
		month_first_id(1));
	int rc = run(db, sql, "change", NULL, err);

	free(sql);
	return rc;
}

static int has(struct db *db, const char *name, bool *ret_has, struct jo_err *err)
{
	char *sql = xasprintf("SELECT 1 FROM pg_inherits WHERE inhparent = to_regclass('step')"
			      " AND inhrelid = to_regclass('step_%s')",
			      name);
	PGresult *result = NULL;
	int rc = run(db, sql, "read", &result, err);

	free(sql);
	if (rc == 0)
		*ret_has = PQntuples(result) > 0;
	PQclear(result);
	return rc;
}

/*
 * Rows and figures that are kept from readers (postgres_readers.c) are kept from them here, too: a
 * server may grant what is made to whom its administrator said.  The range is in words, for SQL;
 * what is to be done before is run for each table, as t.name with its open part t.model.
 */
static int create(struct db *db, const char *name, const char *range, const char *before,
		  struct jo_err *err)
{
	char *sql = xasprintf(
		"DO $do$ DECLARE t record; a record; BEGIN"
		" FOR t IN SELECT v.name, v.name || '_%s' AS part, c.oid, c.relname AS model,"
		" c.reloptions, c.relrowsecurity FROM " TABLES " JOIN pg_class AS c"
		" ON c.oid = to_regclass(v.name || '_0') LOOP %s"
		" EXECUTE format('CREATE TABLE %%I (LIKE %%I INCLUDING ALL)', t.part, t.model)"
		" || coalesce(' WITH (' || array_to_string(t.reloptions, ', ') || ')', '');"
		" FOR a IN SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum > 0"
		" AND attstattarget = 0 AND NOT attisdropped LOOP"
		" EXECUTE format('ALTER TABLE %%I ALTER %%I SET STATISTICS 0', t.part, a.attname);"
		" END LOOP;"
		" IF t.relrowsecurity THEN"
		" EXECUTE format('ALTER TABLE %%I ENABLE ROW LEVEL SECURITY', t.part); END IF;"
		" EXECUTE format('ALTER TABLE %%I ATTACH PARTITION %%I FOR VALUES FROM %s',"
		" t.name, t.part); END LOOP; END $do$",
		name, before, range);
	int rc = run(db, sql, "make a month's tables", NULL, err);

	free(sql);
	return rc;
}

static int create_month(struct db *db, int32_t month, const char *name, struct jo_err *err)
{
	struct id_range ids = id_range_of_month(month);
	char *range = xasprintf("(%" PRId64 ") TO (%" PRId64 ")", ids.first, ids.last + 1);
	int rc = create(db, name, range, "", err);

	free(range);
	return rc;
}

static int make(struct db *db, int32_t month, struct jo_err *err)
{
	bool *has_month = &postgres_of(db)->has_month[month];
	char name[MONTH_NAME_SIZE];
	int rc = 0;

	if (month == MONTH_NONE || *has_month)
		return 0;
	(void)month_name(month, name);
	rc = has(db, name, has_month, err);
	if (rc == 0 && !*has_month)
		rc = create_month(db, month, name, err);
	*has_month = rc == 0;
	return rc;
}

static const char *part_name(struct id_range part, char ret_name[static PART_NAME_SIZE])
{
	int64_t month = month_of_id(part.last);

	if (month != MONTH_NONE)
		return month_name((int32_t)month, ret_name);
	(void)snprintf(ret_name, PART_NAME_SIZE, db_part_is_open(part) ? "0" : "0_%" PRId64,
		       part.last + 1);
	return ret_name;
}

/* What somebody else has attached is none of ours. */
static int list(struct db *db, struct id_range **ret_list, struct jo_err *err)
{
	static const char before[] = "step_";
	PGresult *result = NULL;
	int count = 0;
	int rc = run(db,
		     "SELECT relname, coalesce(CAST(substring(b FROM '^FOR VALUES FROM "
		     "\\(''?(\\d+)') AS bigint), 0) AS first_id,"
		     " CAST(substring(b FROM ' TO \\(''?(\\d+)') AS bigint) - 1"
		     " FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid,"
		     " pg_get_expr(c.relpartbound, c.oid) AS b"
		     " WHERE inhparent = to_regclass('step') AND starts_with(relname, 'step_')"
		     " ORDER BY first_id",
		     "read", &result, err);

	if (rc < 0)
		return rc;
	*ret_list = xcalloc((size_t)PQntuples(result) + 1, sizeof(**ret_list));
	for (int i = 0; i < PQntuples(result); i++) {
		struct id_range part = {strtoll(PQgetvalue(result, i, 1), NULL, 10),
					strtoll(PQgetvalue(result, i, 2), NULL, 10)};
		char name[PART_NAME_SIZE];

		if (strcmp(PQgetvalue(result, i, 0) + strlen(before), part_name(part, name)) == 0)
			(*ret_list)[count++] = part;
	}
	PQclear(result);
	return count;
}

static int cut(struct db *db, struct id_range part, struct jo_err *err)
{
	char name[PART_NAME_SIZE], *range, *move;
	int rc;

	range = part.first == 0
			? xasprintf("(MINVALUE) TO (%" PRId64 ")", part.last + 1)
			: xasprintf("(%" PRId64 ") TO (%" PRId64 ")", part.first, part.last + 1);
	move = xasprintf("EXECUTE format('ALTER TABLE %%I DETACH PARTITION %%I', t.name, t.model);"
			 " EXECUTE format('ALTER TABLE %%I ATTACH PARTITION %%I"
			 " FOR VALUES FROM (%" PRId64 ") TO (%" PRId64 ")', t.name, t.model);",
			 part.last + 1, month_first_id(1));
	rc = create(db, part_name(part, name), range, move, err);
	free(move);
	free(range);
	return rc;
}

/* Another may have dropped it since it was found. */
static int drop(struct db *db, struct id_range part, struct jo_err *err)
{
#define NAME(table, key) #table,
	static const char *const tables[] = {MONTH_TABLES(NAME)};
#undef NAME
	char name[PART_NAME_SIZE];
	struct strbuf whole, parts, sql;
	int rc;

	strbuf_init(&whole);
	strbuf_init(&parts);
	strbuf_init(&sql);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		strbuf_add_part(&whole, "ONLY %s", tables[i]);
		strbuf_add_part(&parts, "%s_%s", tables[i], part_name(part, name));
	}
	strbuf_addf(&sql,
		    "SET LOCAL lock_timeout = " DROP_WAIT_MS
		    "; LOCK TABLE %s IN ACCESS EXCLUSIVE MODE; DROP TABLE IF EXISTS %s",
		    whole.text, parts.text);
	rc = run(db, sql.text, "drop a month's tables", NULL, err);
	strbuf_release(&sql);
	strbuf_release(&parts);
	strbuf_release(&whole);
	return rc;
}

const struct db_months postgres_months = {begin, make, cut, list, drop};

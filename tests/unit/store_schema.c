/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A database of each schema that every engine knows becomes what a new one is: tables,
 * columns, types, defaults, keys and indexes.  On PostgreSQL the files behind the
 * 20th are the way up; SQLite's own, from the first one, is in store_migrate.c.
 */
#include "store_fixture.h"

#include <dirent.h>
#include <glob.h>

#include "store/driver.h"
#include "store/schema.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#define FIRST 20 /* what an engine other than SQLite's may have begun with */
#define FIRST_OF_MONTHS 25
#define FILES "tools/store/schema/[0-9]*.sql"

static glob_t files;

/* What a database is made of, a line of text each. */
static const char *const sqlite_catalog[] = {
	"SELECT m.name || '.' || c.name || ' ' || c.cid || ' ' || c.type || ' ' || c.\"notnull\" ||"
	" ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk FROM sqlite_master AS m,"
	" pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY 1",
	"SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE type = 'index' ORDER BY "
	"1",
};

static const char *const postgres_catalog[] = {
	/* What a table is: also of its parts, and of those in parts. */
	"SELECT c.relname || ' ' || CAST(c.relkind AS text) || ' ' ||"
	" coalesce(pg_get_partkeydef(c.oid), '') FROM pg_class AS c"
	" WHERE c.relnamespace = CAST(current_schema() AS regnamespace) ORDER BY 1",
	/* In which order they stand is of no effect: PostgreSQL's are by their width. */
	"SELECT a.attrelid::regclass::text || '.' || a.attname || ' ' ||"
	" format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' ||"
	" CAST(a.attidentity AS text) || ' ' || a.attcollation || ' ' ||"
	" coalesce(pg_get_expr(d.adbin, d.adrelid), '')"
	" FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
	" LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
	" WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND a.attnum > 0"
	" AND NOT a.attisdropped AND c.relkind IN ('r', 'p') ORDER BY 1",
	"SELECT tablename || ' ' || indexdef FROM pg_indexes WHERE schemaname = current_schema()"
	" ORDER BY 1",
	"SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
	" FROM pg_constraint WHERE connamespace = CAST(current_schema() AS regnamespace)"
	" ORDER BY 1",
};

static struct db *open_db(const char *path, enum store_mode mode)
{
	const struct store_options options = {mode, STORE_BUSY_TIMEOUT_MS};
	struct db *db = NULL;

	must(db_open(path, &options, &db, &err) == 0, "open");
	return db;
}

/* The caller frees it. */
static char *catalog_of(const char *path)
{
	struct db *db = open_db(path, STORE_READ);
	bool is_file = !db_takes_schema(db);
	const char *const *queries = is_file ? sqlite_catalog : postgres_catalog;
	size_t count = is_file ? sizeof(sqlite_catalog) / sizeof(sqlite_catalog[0])
			       : sizeof(postgres_catalog) / sizeof(postgres_catalog[0]);
	struct strbuf text;

	strbuf_init(&text);
	for (size_t i = 0; i < count; i++) {
		struct db_stmt stmt;

		must(db_prepare(db, queries[i], DB_ONCE, &stmt, &err) == 0, "prepare");
		while (db_step(&stmt, &err) > 0)
			strbuf_addf(&text, "%s\n", db_column_text(&stmt));
		db_release(&stmt);
	}
	db_close(db);
	return strbuf_detach(&text);
}

static char *text_of(const char *path)
{
	FILE *fp = fopen(path, "r");
	char line[4096];
	struct strbuf text;

	must(fp != NULL, path);
	strbuf_init(&text);
	while (fgets(line, sizeof(line), fp) != NULL)
		strbuf_adds(&text, line);
	(void)fclose(fp);
	return strbuf_detach(&text);
}

/* Apply the files up to this version, to a database of SQLite's. */
static void apply(struct db *db, int64_t version)
{
	for (size_t i = 0; i < (size_t)version; i++) {
		char *sql = text_of(files.gl_pathv[i]);

		must(db_exec(db, sql, &err) == 0, files.gl_pathv[i]);
		free(sql);
	}
	must(db_schema_mark(db, version, &err) == 0, "mark");
}

/* A database as a program of that version made it, with a step. */
static void make(const char *path, int64_t version)
{
	struct db *db = open_db(path, STORE_CREATE);
	struct db *model = open_db(DB_SCRATCH, STORE_CREATE);

	apply(model, version);
	must(db_begin(db, &err) == 0, "begin");
	if (db_takes_schema(db)) {
		must(db_schema_take(db, model, &err) == 0, "take");
		if (version >= FIRST_OF_MONTHS)
			must(db_months_begin(db, &err) == 0, "months");
		must(db_exec(db,
			     "INSERT INTO setting (key, value) VALUES ('group_by', 51), "
			     "('step_id_used', 0)",
			     &err) == 0,
		     "settings");
		must(db_schema_mark(db, version, &err) == 0, "mark");
	} else {
		apply(db, version);
	}
	must(db_exec(db, "INSERT INTO name (id, text) VALUES (1, 'kept')", &err) == 0, "a row");
	must(db_commit(db, &err) == 0, "commit");
	db_close(model);
	db_close(db);
}

static void one_version(int64_t version, const char *wanted)
{
	char name[20], path[ENGINE_PATH_SIZE];
	struct store_migrated migrated = {0};
	int64_t value = 0;
	struct db *db;
	char *catalog;

	(void)snprintf(name, sizeof(name), "of%d", (int)version);
	make(engine_path(folder, name, path), version);
	is_int(store_migrate(path, NULL, NULL, &migrated, &err), 0, "%s", err.text);
	is_int(migrated.from, version, "from schema %d", (int)version);
	is_int(migrated.to, (int64_t)files.gl_pathc, "to the newest");
	catalog = catalog_of(path);
	is_str(catalog, wanted, "what a new one is, from schema %d", (int)version);
	free(catalog);
	db = open_db(path, STORE_READ);
	must(db_query_int(db, "SELECT count(*) FROM name WHERE text = 'kept'", &value, &err) == 0,
	     "count");
	is_int(value, 1, "with what it had");
	db_close(db);
	is_int(store_migrate(path, NULL, NULL, &migrated, &err), 0, "a second time");
	is_int(migrated.from, migrated.to, "there is nothing to do");
}

int main(void)
{
	char path[ENGINE_PATH_SIZE];
	char *wanted;

	begin_tests();
	must(glob(FILES, 0, NULL, &files) == 0, FILES);
	store_close(open_new("new"));
	wanted = catalog_of(engine_path(folder, "new", path));
	ok(strlen(wanted) > 5000, "a new database has tables: %zu bytes of text", strlen(wanted));
	for (int64_t version = FIRST; version <= (int64_t)files.gl_pathc; version++)
		one_version(version, wanted);
	free(wanted);
	globfree(&files);
	return end_tests();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Table by table, in the order of their keys.  A table of the copy has then, of
 * what is in the source, the rows up to some key: a run that takes it up again
 * compares these, lets go of what is behind the first that is not the same, and
 * goes on there.  So whatever became of either meanwhile, the end is the same.
 */
#include "transfer.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "copy_mark.h"
#include "driver.h"
#include "month_tables.h"
#include "run_lock.h"
#include "schema.h"
#include "step/month.h"
#include "table_list.h"
#include "table_rows.h"
#include "table_values.h"
#include "transfer_months.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* Rows of a transaction: what is lost of a run that is killed takes less than a second. */
#define CHUNK 10000

/* Its rows come in the last transaction, over the mark. */
#define LAST_TABLE "setting"

/* Rows between two tellings of progress. */
#define TELL_EVERY 1000

struct transfer {
	struct db *from, *to;
	const char *to_name;
	GPtrArray *tables; /* struct table; the last one is LAST_TABLE */
	store_transfer_fn *progress;
	void *context;
	enum store_transfer_phase phase;
	int64_t done;       /* rows of the phase */
	int64_t from_count; /* rows of the source */
	GChecksum *sum;     /* of the rows that are the same; NULL: not wanted */
	GPtrArray *valid;   /* texts of the row that were made UTF-8 */
	struct store_transfer result;
};

/* ---- progress ---- */

static void begin_phase(struct transfer *transfer, enum store_transfer_phase phase)
{
	transfer->phase = phase;
	transfer->done = 0;
}

static void tell(struct transfer *transfer)
{
	if (++transfer->done % TELL_EVERY == 0 && transfer->progress != NULL)
		transfer->progress(transfer->context, transfer->phase, transfer->done,
				   transfer->from_count);
}

/* ---- rows ---- */

/* Make a row of the source what the other engine keeps of it. */
static int64_t keep(struct transfer *transfer, const struct table *table, struct db_value *values)
{
	int64_t count = 0;

	g_ptr_array_set_size(transfer->valid, 0);
	if (!db_wants_utf8(transfer->to))
		return 0;
	for (size_t i = 0; i < table->count; i++) {
		char *valid;

		if (values[i].type != DB_TEXT || g_utf8_validate(values[i].data, -1, NULL))
			continue;
		valid = g_utf8_make_valid(values[i].data, -1);
		g_ptr_array_add(transfer->valid, valid);
		values[i].data = valid;
		values[i].size = strlen(valid);
		count++;
	}
	return count;
}

/* ---- comparing ---- */

/* Both tables, as far as they are the same. */
struct comparison {
	struct table_rows from, to;
	struct table_key last; /* of the last row that is in both */
	int from_rc, to_rc;    /* 1: there is one more, which is not the same; 0: it is the end */
};

static void comparison_release(struct comparison *comparison)
{
	table_rows_release(&comparison->from);
	table_rows_release(&comparison->to);
	table_key_release(&comparison->last);
}

static bool comparison_is_same(const struct comparison *comparison)
{
	return comparison->from_rc == 0 && comparison->to_rc == 0;
}

/* Read both up to the first row that is not the same. */
static int compare(struct transfer *transfer, const struct table *table,
		   struct comparison *comparison, struct jo_err *err)
{
	*comparison = (struct comparison){0};
	table_rows_init(&comparison->from, transfer->from, table, NULL);
	table_rows_init(&comparison->to, transfer->to, table, NULL);
	for (;;) {
		const struct db_value *row = comparison->to.values;
		int64_t replaced_count;

		comparison->from_rc = table_rows_next(&comparison->from, err);
		if (comparison->from_rc < 0)
			return comparison->from_rc;
		comparison->to_rc = table_rows_next(&comparison->to, err);
		if (comparison->to_rc < 0)
			return comparison->to_rc;
		if (comparison->from_rc == 0 || comparison->to_rc == 0)
			return 0;
		replaced_count = keep(transfer, table, comparison->from.values);
		if (!table_values_are_same(table, comparison->from.values, row))
			return 0;
		table_key_set(&comparison->last, table, row);
		if (transfer->sum != NULL)
			table_values_add(table, row, transfer->sum);
		if (transfer->phase == STORE_TRANSFER_COMPARE) {
			transfer->result.replaced_count += replaced_count;
			transfer->result.row_count++;
		}
		tell(transfer);
	}
}

/* Say which row it is. */
static int refuse_difference(struct transfer *transfer, const struct comparison *comparison,
			     struct jo_err *err)
{
	const struct table_rows *rows =
		comparison->from_rc > 0 ? &comparison->from : &comparison->to;
	char *key = table_key_text(&rows->key, rows->table);
	int rc =
		jo_err_set(err, -EBADMSG,
			   "database %s: table %s, row of %s: is not as in %s; run the copy again, "
			   "and if that does not help look for a fault of disk or memory",
			   db_name(transfer->to), rows->table->name, key, db_name(transfer->from));

	free(key);
	return rc;
}

/* All rows of a table, or it is an error. */
static int verify_table(struct transfer *transfer, const struct table *table, struct jo_err *err)
{
	struct comparison comparison;
	int rc = compare(transfer, table, &comparison, err);

	if (rc == 0 && !comparison_is_same(&comparison))
		rc = refuse_difference(transfer, &comparison, err);
	comparison_release(&comparison);
	return rc;
}

/* ---- copying ---- */

/* Let go of what the copy has behind the key. */
static int drop_behind(struct transfer *transfer, const struct table *table,
		       const struct table_key *last, struct jo_err *err)
{
	char *behind = last->is_set ? table_key_behind(table) : xstrdup("true");
	char *sql = xasprintf("DELETE FROM %s WHERE %s", table->name, behind);
	struct db_stmt stmt = {0};
	int rc = db_begin(transfer->to, err);

	if (rc == 0)
		rc = db_prepare(transfer->to, sql, DB_ONCE, &stmt, err);
	if (rc == 0) {
		if (last->is_set)
			table_key_bind(last, table, &stmt);
		rc = db_change_once(&stmt, err);
	}
	if (rc >= 0) {
		transfer->result.dropped_count += rc;
		rc = db_commit(transfer->to, err);
	}
	if (rc < 0)
		db_rollback(transfer->to);
	free(behind);
	free(sql);
	return rc;
}

/* Make room for a row of a step, in the month that its id says. */
static int make_month(struct transfer *transfer, const struct table *table,
		      const struct db_value *values, struct jo_err *err)
{
#define NAME(table, key) #table,
	static const char *const tables[] = {MONTH_TABLES(NAME)};
#undef NAME
	int64_t month = month_of_id(values[table->key_columns[0]].integer);

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strcmp(table->name, tables[i]) == 0 && month > MONTH_NONE && month <= MONTH_MAX)
			return db_month_make(transfer->to, (int32_t)month, err);
	return 0;
}

static int put_row(struct transfer *transfer, struct table_rows *rows, struct db_stmt *put,
		   struct jo_err *err)
{
	int rc = make_month(transfer, rows->table, rows->values, err);

	if (rc < 0)
		return rc;
	(void)keep(transfer, rows->table, rows->values);
	db_reset(put);
	for (size_t i = 0; i < rows->table->count; i++)
		db_bind_value(put, &rows->values[i], rows->table->types[i]);
	return db_put(put, err);
}

/* Copy some rows in the caller's transaction; 1: there may be more. */
static int copy_some(struct transfer *transfer, struct table_rows *rows, struct db_stmt *put,
		     struct jo_err *err)
{
	int rc = 1;

	for (int i = 0; rc > 0 && i < CHUNK; i++) {
		rc = table_rows_next(rows, err);
		if (rc <= 0)
			break;
		rc = put_row(transfer, rows, put, err);
		if (rc < 0)
			break;
		transfer->result.copied_count++;
		tell(transfer);
		rc = 1;
	}
	return rc;
}

static int copy_chunk(struct transfer *transfer, struct table_rows *rows, struct db_stmt *put,
		      struct jo_err *err)
{
	int rc = db_begin(transfer->to, err), more = 0;

	if (rc == 0)
		rc = more = copy_some(transfer, rows, put, err);
	if (rc >= 0)
		rc = db_commit(transfer->to, err);
	if (rc < 0)
		db_rollback(transfer->to);
	return rc < 0 ? rc : more;
}

static int prepare_put(struct transfer *transfer, const struct table *table,
		       struct db_stmt *ret_put, struct jo_err *err)
{
	struct strbuf sql;
	int rc;

	strbuf_init(&sql);
	strbuf_addf(&sql, "INSERT INTO %s (%s) VALUES (", table->name, table->columns);
	for (size_t i = 0; i < table->count; i++)
		strbuf_adds(&sql, i == 0 ? "?" : ", ?");
	strbuf_addc(&sql, ')');
	rc = db_prepare(transfer->to, sql.text, DB_KEPT, ret_put, err);
	strbuf_release(&sql);
	return rc;
}

/* The rows of the source behind the key, some of them a transaction. */
static int copy_behind(struct transfer *transfer, const struct table *table,
		       const struct table_key *last, struct jo_err *err)
{
	struct table_rows rows;
	struct db_stmt put = {0};
	int rc = prepare_put(transfer, table, &put, err);

	table_rows_init(&rows, transfer->from, table, last);
	if (rc == 0)
		do {
			rc = copy_chunk(transfer, &rows, &put, err);
		} while (rc > 0);
	table_rows_release(&rows);
	db_release(&put);
	if (rc < 0)
		(void)jo_err_prefix(err, "table %s", table->name);
	return rc;
}

/* ---- the whole of it ---- */

/* How far a table of the copy is. */
struct progress_of_table {
	struct table_key last;
	bool is_behind; /* the source has more rows */
};

/* All but the last one. */
static guint count_tables(const struct transfer *transfer)
{
	return transfer->tables->len - 1;
}

/* See what of a run before can stay. */
static int resume(struct transfer *transfer, struct progress_of_table *tables, struct jo_err *err)
{
	int rc = 0;

	begin_phase(transfer, STORE_TRANSFER_RESUME);
	for (guint i = 0; rc == 0 && i < count_tables(transfer); i++) {
		struct comparison comparison;

		rc = compare(transfer, transfer->tables->pdata[i], &comparison, err);
		if (rc == 0 && comparison.to_rc > 0)
			rc = drop_behind(transfer, transfer->tables->pdata[i], &comparison.last,
					 err);
		tables[i].is_behind = comparison.from_rc > 0;
		tables[i].last = comparison.last;
		comparison.last = (struct table_key){0};
		comparison_release(&comparison);
	}
	return rc;
}

static int copy_rows(struct transfer *transfer, struct jo_err *err)
{
	struct progress_of_table *tables = xcalloc(transfer->tables->len, sizeof(*tables));
	int64_t kept_count;
	int rc = resume(transfer, tables, err);

	kept_count = transfer->done;
	begin_phase(transfer, STORE_TRANSFER_COPY);
	transfer->done = kept_count;
	for (guint i = 0; rc == 0 && i < count_tables(transfer); i++)
		if (tables[i].is_behind)
			rc = copy_behind(transfer, transfer->tables->pdata[i], &tables[i].last,
					 err);
	for (guint i = 0; i < transfer->tables->len; i++)
		table_key_release(&tables[i].last);
	free(tables);
	return rc;
}

/* Each row of all tables but the last. */
static int verify(struct transfer *transfer, struct jo_err *err)
{
	int rc = 0;

	begin_phase(transfer, STORE_TRANSFER_COMPARE);
	transfer->sum = g_checksum_new(G_CHECKSUM_SHA256);
	for (guint i = 0; rc == 0 && i < count_tables(transfer); i++)
		rc = verify_table(transfer, transfer->tables->pdata[i], err);
	return rc;
}

static const struct table *last_table(const struct transfer *transfer)
{
	return transfer->tables->pdata[count_tables(transfer)];
}

static int copy_last_ids(struct transfer *transfer, struct jo_err *err)
{
	int rc = 0;

	for (guint i = 0; rc == 0 && i < count_tables(transfer); i++) {
		const struct table *table = transfer->tables->pdata[i];
		int64_t id;

		if (strcmp(table->key, "id") != 0)
			continue;
		rc = db_last_id(transfer->from, table->name, &id, err);
		if (rc == 0)
			rc = db_last_id_put(transfer->to, table->name, id, err);
	}
	return rc;
}

/* The last transaction: with the settings the mark goes. */
static int finish(struct transfer *transfer, struct jo_err *err)
{
	const struct table *table = last_table(transfer);
	struct table_rows rows;
	struct db_stmt put = {0};
	int rc = db_begin(transfer->to, err);

	table_rows_init(&rows, transfer->from, table, NULL);
	if (rc == 0)
		rc = db_exec(transfer->to, "DELETE FROM " LAST_TABLE, err);
	if (rc == 0)
		rc = prepare_put(transfer, table, &put, err);
	if (rc == 0)
		rc = copy_some(transfer, &rows, &put, err);
	if (rc == 0)
		rc = verify_table(transfer, table, err);
	if (rc == 0)
		rc = copy_last_ids(transfer, err);
	if (rc == 0)
		rc = db_commit(transfer->to, err);
	if (rc < 0)
		db_rollback(transfer->to);
	table_rows_release(&rows);
	db_release(&put);
	return rc;
}

/* ---- before it ---- */

static int count_rows(struct transfer *transfer, struct jo_err *err)
{
	int rc = 0;

	for (guint i = 0; rc == 0 && i < transfer->tables->len; i++) {
		const struct table *table = transfer->tables->pdata[i];
		char *sql = xasprintf("SELECT count(*) FROM %s", table->name);
		int64_t count = 0;

		rc = db_query_int(transfer->from, sql, &count, err);
		transfer->from_count += count;
		free(sql);
	}
	return rc;
}

/* Whether the copy's place has nothing but what every new database has. */
static int is_empty(struct transfer *transfer, bool *ret_is_empty, struct jo_err *err)
{
	int64_t count = 0;
	int rc = 0;

	for (guint i = 0; rc == 0 && count == 0 && i < count_tables(transfer); i++) {
		const struct table *table = transfer->tables->pdata[i];
		char *sql = xasprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT 1) AS one",
				      table->name);

		rc = db_query_int(transfer->to, sql, &count, err);
		free(sql);
	}
	*ret_is_empty = count == 0;
	return rc;
}

static int mark(struct transfer *transfer, struct jo_err *err)
{
	int rc = db_begin(transfer->to, err);

	if (rc == 0)
		rc = copy_mark_put(transfer->to, db_name(transfer->from), err);
	if (rc == 0)
		rc = db_commit(transfer->to, err);
	if (rc < 0)
		db_rollback(transfer->to);
	return rc;
}

/* What is there is a copy that came to its end, be it that a lost connection kept the news of it
 * back; or it is something else. */
static int verify_whole(struct transfer *transfer, struct jo_err *err)
{
	int rc = verify(transfer, err);

	if (rc == 0)
		rc = verify_table(transfer, last_table(transfer), err);
	if (rc == -EBADMSG)
		rc = jo_err_set(
			err, -EEXIST,
			"database %s: has rows of its own, and is not replaced; a copy goes "
			"into an empty database, or one that is not there",
			db_name(transfer->to));
	return rc;
}

/* Of a broken-off copy of something else nothing is touched. */
static int check_mark(struct transfer *transfer, const char *from, struct jo_err *err)
{
	if (strcmp(from, db_name(transfer->from)) == 0)
		return 0;
	return jo_err_set(err, -EEXIST,
			  "database %s: has a copy of %s that was broken off, and not of %s; give "
			  "that name, or remove it",
			  db_name(transfer->to), from, db_name(transfer->from));
}

/* ---- both databases, open ---- */

static int copy_all(struct transfer *transfer, bool is_begun, struct jo_err *err)
{
	bool is_new = false;
	int rc = count_rows(transfer, err);

	if (rc == 0 && !is_begun)
		rc = is_empty(transfer, &is_new, err);
	if (rc == 0 && !is_begun && !is_new)
		return verify_whole(transfer, err);
	if (rc == 0 && is_new)
		rc = mark(transfer, err);
	if (rc == 0)
		rc = transfer_months_make(transfer->from, transfer->to, err);
	if (rc == 0)
		rc = copy_rows(transfer, err);
	if (rc == 0)
		rc = verify(transfer, err);
	if (rc == 0)
		rc = finish(transfer, err);
	return rc;
}

/* The texts that locks keep, such as when the last night ran. */
static int copy_notes(struct transfer *transfer, struct store_lock *const *locks,
		      struct jo_err *err)
{
	char note[256]; /* more than any has */
	int rc = 0;

	for (int i = 0; rc == 0 && i < STORE_LOCK_COUNT; i++) {
		rc = db_note_get(db_name(transfer->from), (enum store_lock_kind)i, note,
				 sizeof(note), err);
		if (rc == 0 && note[0] != '\0')
			rc = db_note_put(locks[i], note, strlen(note), err);
		else if (rc == -ENOENT)
			rc = 0;
	}
	return rc;
}

/* The tables are those of the newest schema, which both have by now. */
static int read_tables(struct transfer *transfer, struct jo_err *err)
{
	struct db *model;
	int rc = schema_model(&model, err);

	if (rc < 0)
		return rc;
	rc = table_list_read(model, LAST_TABLE, &transfer->tables, err);
	db_close(model);
	return rc;
}

static int copy_locked(struct transfer *transfer, struct store_lock *const *locks,
		       struct jo_err *err)
{
	struct db_schema schema;
	char *begun_from = NULL;
	int rc = copy_mark_read(transfer->to, &begun_from, err);

	if (rc > 0)
		rc = check_mark(transfer, begun_from, err);
	if (rc == 0 && begun_from != NULL)
		rc = db_schema_read(transfer->to, &schema, err);
	if (rc == 0 && begun_from != NULL && schema.version != schema_newest())
		rc = jo_err_set(
			err, -EPROTO,
			"database %s: its copy was begun by another version of this program; "
			"remove it and begin again",
			db_name(transfer->to));
	if (rc == 0)
		rc = schema_open(transfer->to, STORE_CREATE, err);
	if (rc == 0)
		rc = read_tables(transfer, err);
	if (rc == 0)
		rc = db_view_begin(transfer->from, err);
	if (rc == 0) {
		rc = copy_all(transfer, begun_from != NULL, err);
		db_rollback(transfer->from);
	}
	if (rc == 0)
		rc = copy_notes(transfer, locks, err);
	free(begun_from);
	return rc;
}

static int open_source(const char *from, struct db **ret_db, struct jo_err *err)
{
	const struct store_options options = {STORE_READ, STORE_BUSY_TIMEOUT_MS};
	struct db_schema schema = {0};
	struct db *db;
	int rc = db_open(from, &options, &db, err);

	if (rc < 0)
		return rc;
	rc = copy_mark_refuse(db, err);
	if (rc == 0)
		rc = schema_check(db, STORE_READ, &schema, err);
	if (rc == 0 && schema.is_copy)
		rc = jo_err_set(err, -EROFS,
				"database %s: is a copy for readers, which has not all of the "
				"site's; name the site's own",
				from);
	if (rc == 0 && db_is_own_only(db))
		rc = jo_err_set(
			err, -EACCES,
			"database %s: this role sees its own rows alone; the site is copied by "
			"the database's owner",
			from);
	if (rc < 0)
		db_close(db);
	else
		*ret_db = db;
	return rc;
}

/* What is another program's is not even locked. */
static int open_target(const char *to, struct db **ret_db, struct jo_err *err)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	struct db_schema schema;
	struct db *db;
	int rc = db_make(to, err);

	if (rc >= 0)
		rc = db_open(to, &options, &db, err);
	if (rc < 0)
		return rc;
	rc = schema_check(db, STORE_CREATE, &schema, err);
	if (rc < 0)
		db_close(db);
	else
		*ret_db = db;
	return rc;
}

/* Taken for a copy, a second name of the source would be all that is left of it. */
static int refuse_itself(struct transfer *transfer, struct jo_err *err)
{
	char *from = db_identity(transfer->from), *to = db_identity(transfer->to);
	int rc = 0;

	if (from != NULL && to != NULL && strcmp(from, to) == 0)
		rc = jo_err_set(err, -EINVAL,
				"database %s: cannot be copied to itself, of which %s is "
				"another name",
				db_name(transfer->from), db_name(transfer->to));
	free(from);
	free(to);
	return rc;
}

/* Nothing of a site is to run on either. */
static int copy_between(struct transfer *transfer, struct jo_err *err)
{
	struct store_lock *from_locks[STORE_LOCK_COUNT], *to_locks[STORE_LOCK_COUNT];
	int rc = store_lock_take_all(transfer->from, from_locks, err);

	if (rc < 0)
		return rc;
	rc = open_target(transfer->to_name, &transfer->to, err);
	if (rc == 0)
		rc = refuse_itself(transfer, err);
	if (rc == 0)
		rc = store_lock_take_all(transfer->to, to_locks, err);
	if (rc == 0) {
		rc = copy_locked(transfer, to_locks, err);
		store_lock_release_all(to_locks);
	}
	db_close(transfer->to);
	store_lock_release_all(from_locks);
	return rc;
}

static void sum_up(struct transfer *transfer, struct store_transfer *ret_transfer)
{
	struct store_transfer *result = &transfer->result;

	result->table_count = transfer->tables->len;
	(void)g_strlcpy(result->digest, g_checksum_get_string(transfer->sum),
			sizeof(result->digest));
	*ret_transfer = *result;
}

int store_transfer(const char *from, const char *to, store_transfer_fn *progress, void *context,
		   struct store_transfer *ret_transfer, struct jo_err *err)
{
	struct transfer transfer = {.progress = progress, .context = context, .to_name = to};
	int rc;

	if (strcmp(from, to) == 0)
		return jo_err_set(err, -EINVAL, "database %s: cannot be copied to itself", from);
	rc = open_source(from, &transfer.from, err);
	if (rc < 0)
		return rc;
	transfer.valid = g_ptr_array_new_with_free_func(g_free);
	rc = copy_between(&transfer, err);
	if (rc == 0)
		sum_up(&transfer, ret_transfer);
	if (transfer.sum != NULL)
		g_checksum_free(transfer.sum);
	if (transfer.tables != NULL)
		g_ptr_array_free(transfer.tables, true);
	g_ptr_array_free(transfer.valid, true);
	db_close(transfer.from);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is the same for all engines, and handing on the rest. */
#include "driver.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "engine.h"
#include "joboutliers/record.h"
#include "util/strbuf.h"

/* ---- connections ---- */

void db_close(struct db *db)
{
	if (db != NULL)
		db->engine->close(db);
}

const char *db_name(const struct db *db)
{
	return db->name;
}

int db_begin(struct db *db, struct jo_err *err)
{
	return db->engine->begin(db, err);
}

int db_view_begin(struct db *db, struct jo_err *err)
{
	return db->engine->view_begin(db, err);
}

int db_commit(struct db *db, struct jo_err *err)
{
	return db->engine->commit(db, err);
}

void db_rollback(struct db *db)
{
	db->engine->rollback(db);
}

int db_schema_read(struct db *db, struct db_schema *ret_schema, struct jo_err *err)
{
	return db->engine->schema_read(db, ret_schema, err);
}

int db_schema_mark(struct db *db, int64_t version, struct jo_err *err)
{
	return db->engine->schema_mark(db, version, err);
}

bool db_takes_schema(const struct db *db)
{
	return db->engine->schema_take != NULL;
}

int db_schema_take(struct db *db, struct db *model, struct jo_err *err)
{
	return db->engine->schema_take(db, model, err);
}

const char *db_schema_own(const struct db *db, int64_t version)
{
	return db->engine->schema_own != NULL ? db->engine->schema_own(version) : NULL;
}

/* ---- months ---- */

bool db_has_months(const struct db *db)
{
	return db->engine->months != NULL;
}

int db_months_begin(struct db *db, struct jo_err *err)
{
	return db_has_months(db) ? db->engine->months->begin(db, err) : 0;
}

int db_month_make(struct db *db, int32_t month, struct jo_err *err)
{
	return db_has_months(db) ? db->engine->months->make(db, month, err) : 0;
}

int db_part_cut(struct db *db, struct id_range part, struct jo_err *err)
{
	return db->engine->months->cut(db, part, err);
}

int db_parts_list(struct db *db, struct id_range **ret_list, struct jo_err *err)
{
	*ret_list = NULL;
	return db_has_months(db) ? db->engine->months->list(db, ret_list, err) : 0;
}

bool db_part_is_open(struct id_range part)
{
	return part.last == id_range_of_month(MONTH_NONE).last;
}

int db_part_drop(struct db *db, struct id_range part, struct jo_err *err)
{
	return db->engine->months->drop(db, part, err);
}

/* ---- the database as a whole ---- */

int db_check(struct db *db, struct jo_err *err)
{
	return db->engine->check(db, err);
}

int db_size(struct db *db, int64_t *ret_bytes, struct jo_err *err)
{
	return db->engine->size(db, ret_bytes, err);
}

char *db_identity(struct db *db)
{
	return db->engine->identity(db);
}

/* ---- readers ---- */

bool db_is_own_only(const struct db *db)
{
	return db->is_own_only;
}

int db_readers_set(struct db *db, const struct store_readers *readers, struct jo_err *err)
{
	return db->engine->readers_set(db, readers, err);
}

/* ---- a copy ---- */

int db_copy_open(struct db *source, const char *path, struct db **ret_copy, struct jo_err *err)
{
	return source->engine->copy_open(source, path, ret_copy, err);
}

int db_copy_begin(struct db *copy, struct db *source, store_progress_fn *progress, void *context,
		  struct jo_err *err)
{
	return copy->engine->copy_begin(copy, source, progress, context, err);
}

int db_copy_put(struct db *copy, struct jo_err *err)
{
	return copy->engine->copy_put(copy, err);
}

/* ---- lists ---- */

void db_list_next(struct strbuf *list)
{
	strbuf_addc(list, list->len == 0 ? '[' : ',');
}

void db_list_end(struct strbuf *list)
{
	strbuf_adds(list, list->len == 0 ? "[]" : "]");
}

/* ---- statements ---- */

int db_prepare(struct db *db, const char *sql, enum db_use use, struct db_stmt *ret_stmt,
	       struct jo_err *err)
{
	return db->engine->prepare(db, sql, use, ret_stmt, err);
}

void db_release(struct db_stmt *stmt)
{
	if (stmt->handle != NULL)
		stmt->db->engine->release(stmt);
	*stmt = (struct db_stmt){0};
}

bool db_is(const struct db_stmt *stmt, const char *sql)
{
	return stmt->handle != NULL && strcmp(stmt->db->engine->sql(stmt), sql) == 0;
}

void db_reset(struct db_stmt *stmt)
{
	stmt->db->engine->reset(stmt);
	stmt->bind_index = 0;
	stmt->bind_error = 0;
	stmt->fault = NULL;
}

static void note_bind(struct db_stmt *stmt, int rc)
{
	if (stmt->bind_error == 0)
		stmt->bind_error = rc;
}

static void bind_null(struct db_stmt *stmt, enum db_type type)
{
	note_bind(stmt, stmt->db->engine->bind_null(stmt, ++stmt->bind_index, type));
}

void db_bind_int(struct db_stmt *stmt, int64_t value)
{
	if (value == JO_MISSING)
		bind_null(stmt, DB_INTEGER);
	else
		note_bind(stmt, stmt->db->engine->bind_int(stmt, ++stmt->bind_index, value));
}

void db_bind_real(struct db_stmt *stmt, double value)
{
	if (isnan(value))
		bind_null(stmt, DB_REAL);
	else
		note_bind(stmt, stmt->db->engine->bind_real(stmt, ++stmt->bind_index, value));
}

static void bind_text(struct db_stmt *stmt, const char *text, bool is_copied)
{
	if (text == NULL)
		bind_null(stmt, DB_TEXT);
	else
		note_bind(stmt,
			  stmt->db->engine->bind_text(stmt, ++stmt->bind_index, text, is_copied));
}

void db_bind_text(struct db_stmt *stmt, const char *text)
{
	bind_text(stmt, text, false);
}

void db_bind_copy(struct db_stmt *stmt, const char *text)
{
	bind_text(stmt, text, true);
}

void db_bind_blob(struct db_stmt *stmt, const void *data, size_t size)
{
	if (data == NULL)
		bind_null(stmt, DB_BLOB);
	else
		note_bind(stmt, stmt->db->engine->bind_blob(stmt, ++stmt->bind_index, data, size));
}

int db_step(struct db_stmt *stmt, struct jo_err *err)
{
	int rc;

	stmt->column_index = 0;
	rc = stmt->db->engine->step(stmt, err);
	if (rc <= 0)
		db_reset(stmt);
	return rc;
}

int db_run(struct db_stmt *stmt, struct jo_err *err)
{
	int rc = db_step(stmt, err);

	if (rc > 0)
		db_reset(stmt);
	return rc < 0 ? rc : 0;
}

int db_put(struct db_stmt *stmt, struct jo_err *err)
{
	int rc;

	if (stmt->db->engine->put == NULL)
		return db_run(stmt, err);
	rc = stmt->db->engine->put(stmt, err);
	db_reset(stmt);
	return rc;
}

int db_change(struct db_stmt *stmt, struct jo_err *err)
{
	int rc = db_run(stmt, err);

	return rc < 0 ? rc : stmt->db->engine->changes(stmt);
}

int db_change_once(struct db_stmt *stmt, struct jo_err *err)
{
	int rc = db_change(stmt, err);

	db_release(stmt);
	return rc;
}

int db_insert(struct db_stmt *stmt, int64_t *ret_id, struct jo_err *err)
{
	int rc = stmt->db->engine->insert(stmt, ret_id, err);

	db_reset(stmt);
	return rc;
}

/* ---- columns ---- */

static void note_fault(struct db_stmt *stmt, int index)
{
	if (stmt->fault == NULL)
		stmt->fault = stmt->db->engine->column_name(stmt, index);
}

static bool column_is(struct db_stmt *stmt, int index, enum db_type type)
{
	enum db_type found = stmt->db->engine->column_type(stmt, index);

	if (found == type)
		return true;
	if (found != DB_NULL)
		note_fault(stmt, index);
	return false;
}

int64_t db_column_int(struct db_stmt *stmt)
{
	int index = stmt->column_index++;

	return column_is(stmt, index, DB_INTEGER) ? stmt->db->engine->column_int(stmt, index)
						  : JO_MISSING;
}

/* Their difference fits in 64 bits, and the year, with a month and a day behind it, in 32. */
#define US_END (INT64_C(1) << 62)

int64_t db_column_us(struct db_stmt *stmt)
{
	int index = stmt->column_index;
	int64_t value = db_column_int(stmt);

	if (value == JO_MISSING || (value > -US_END && value < US_END))
		return value;
	note_fault(stmt, index);
	return JO_MISSING;
}

/* A million of them add up. */
#define COUNT_END (INT64_C(1) << 40)

int64_t db_column_count(struct db_stmt *stmt)
{
	int index = stmt->column_index;
	int64_t value = db_column_int(stmt);

	if (value == JO_MISSING || (value >= 0 && value < COUNT_END))
		return value;
	note_fault(stmt, index);
	return JO_MISSING;
}

double db_column_real(struct db_stmt *stmt)
{
	int index = stmt->column_index++;

	return column_is(stmt, index, DB_REAL) ? stmt->db->engine->column_real(stmt, index) : NAN;
}

const char *db_column_text(struct db_stmt *stmt)
{
	int index = stmt->column_index++;
	const char *text = NULL;

	if (column_is(stmt, index, DB_TEXT))
		text = stmt->db->engine->column_text(stmt, index);
	return text != NULL ? text : "";
}

const void *db_column_blob(struct db_stmt *stmt, size_t *ret_size)
{
	int index = stmt->column_index++;
	const void *data = NULL;

	*ret_size = 0;
	if (column_is(stmt, index, DB_BLOB))
		data = stmt->db->engine->column_blob(stmt, index, ret_size);
	return data != NULL ? data : "";
}

int db_column_enum(struct db_stmt *stmt, int end)
{
	int index = stmt->column_index;
	int64_t value = db_column_int(stmt);

	if (value >= 0 && value < end)
		return (int)value;
	note_fault(stmt, index);
	return 0;
}

int db_row_check(struct db_stmt *stmt, struct jo_err *err)
{
	if (stmt->fault == NULL)
		return 0;
	return jo_err_set(err, -EBADMSG,
			  "database %s: column %s holds a value that it cannot have; "
			  "was the file edited by hand?",
			  db_name(stmt->db), stmt->fault);
}

/* ---- whole tables ---- */

void db_column_value(struct db_stmt *stmt, struct db_value *ret_value)
{
	const struct db_engine *engine = stmt->db->engine;
	int index = stmt->column_index++;
	struct db_value value = {.type = engine->column_type(stmt, index)};

	switch (value.type) {
	case DB_INTEGER:
		value.integer = engine->column_int(stmt, index);
		break;
	case DB_REAL:
		value.real = engine->column_real(stmt, index);
		break;
	case DB_TEXT:
		value.data = engine->column_text(stmt, index);
		value.size = strlen(value.data);
		break;
	case DB_BLOB:
		value.data = engine->column_blob(stmt, index, &value.size);
		break;
	case DB_NULL:
		break;
	}
	*ret_value = value;
}

void db_bind_value(struct db_stmt *stmt, const struct db_value *value, enum db_type type)
{
	switch (value->type) {
	case DB_INTEGER:
		db_bind_int(stmt, value->integer);
		break;
	case DB_REAL:
		db_bind_real(stmt, value->real);
		break;
	case DB_TEXT:
		db_bind_text(stmt, value->data);
		break;
	case DB_BLOB: /* without a place where there are no bytes */
		db_bind_blob(stmt, value->size > 0 ? value->data : "", value->size);
		break;
	case DB_NULL:
		bind_null(stmt, type);
		break;
	}
}

bool db_wants_utf8(const struct db *db)
{
	return db->engine->wants_utf8;
}

int db_last_id(struct db *db, const char *table, int64_t *ret_id, struct jo_err *err)
{
	return db->engine->last_id(db, table, ret_id, err);
}

int db_last_id_put(struct db *db, const char *table, int64_t id, struct jo_err *err)
{
	return db->engine->last_id_put(db, table, id, err);
}

int db_exec(struct db *db, const char *sql, struct jo_err *err)
{
	return db->engine->exec(db, sql, err);
}

int db_query_int(struct db *db, const char *sql, int64_t *ret_value, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(db, sql, DB_ONCE, &stmt, err);

	return rc < 0 ? rc : db_take_int(&stmt, ret_value, err);
}

int db_take_int(struct db_stmt *stmt, int64_t *ret_value, struct jo_err *err)
{
	int64_t value = JO_MISSING;
	int rc = db_step(stmt, err);

	if (rc > 0)
		value = db_column_int(stmt);
	db_release(stmt);
	if (rc < 0)
		return rc;
	*ret_value = value;
	return 0;
}

/* ---- locks ---- */

const char *const db_lock_busy[STORE_LOCK_COUNT] = {
	[STORE_LOCK_INGEST] = "another ingest is at work",
	[STORE_LOCK_CHECK] = "another check is at work",
	[STORE_LOCK_MAIL] = "another run holds it",
	[STORE_LOCK_NIGHT] = "another run holds it",
	[STORE_LOCK_READERS] = "another run makes the copy",
	[STORE_LOCK_HOOK] = "another run holds it",
	[STORE_LOCK_SEND] = "another run holds it",
	[STORE_LOCK_LOGS] = "another ingest reads the logs",
	[STORE_LOCK_PAST] = "another check is at work",
};

void db_lock_release(struct store_lock *lock)
{
	if (lock != NULL)
		lock->engine->lock_release(lock);
}

int db_lock_check(struct store_lock *lock, struct jo_err *err)
{
	return lock->engine->lock_check == NULL ? 0 : lock->engine->lock_check(lock, err);
}

int db_note_put(struct store_lock *lock, const char *text, size_t len, struct jo_err *err)
{
	return lock->engine->note_put(lock, text, len, err);
}

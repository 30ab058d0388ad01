/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only way to the database: connections, transactions, statements whose
 * values are bound and read in order with checked types, locks, and errors in
 * our shape.  Knows no table.  Private to store/; what an engine is stands in
 * engine.h, and which of them a database belongs to, by its name, in engines.c.
 *
 * Functions return 0 (or a count, or 1 for "here is one") or a negative errno
 * with *err filled, which names the database; see store.h for what each errno
 * means.
 *
 * The SQL of store/ is such that every engine reads it, which is less than any
 * of them does: ON CONFLICT and no INSERT OR ..., max() of rows alone, true and
 * false for what is true or false, a name for each query in FROM, columns that
 * are given by their table where ON CONFLICT changes them.  What cannot be said
 * in one way goes by the DB_... macros: they are SQLite's words, and another
 * engine has a table of its own for them.
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "id_range.h"
#include "step/month.h"
#include "terms.h"

/* ---- SQL that each engine words for itself ---- */

/* The numbers, or texts, of a list that is bound as one text, a JSON array; so the SQL does not
 * depend on how many there are. */
#define DB_LIST "(SELECT value FROM json_each(?))"
#define DB_TEXT_LIST "(SELECT l.value FROM json_each(?) AS l)"

/* Whether what stands in front is among what a query finds, which is few: looked up by an index,
 * whatever the planner's figures are. */
#define DB_IN_FEW(query) DB_IN_FEW_BEGIN query "))"
#define DB_IN_FEW_BEGIN "IN (SELECT * FROM ("

/* The steps, all columns of which may be read, that are each of a bound list's rows' by the
 * condition: looked up for one row after the other. */
#define DB_EACH_STEP(condition) DB_EACH_STEP_BEGIN condition DB_EACH_STEP_END
#define DB_EACH_STEP_BEGIN "CROSS JOIN step WHERE ("
#define DB_EACH_STEP_END ") LIMIT -1"

struct strbuf;

/* Begin the next item of such a list, whose text is to follow: the first opens the list. */
void db_list_next(struct strbuf *list);

/* Close a list, which may be empty. */
void db_list_end(struct strbuf *list);

/* A bound JSON array of arrays of numbers as a table "l", and a cell of its row, counted from 0 to
 * 6. */
#define DB_LIST_ROWS "json_each(?) AS l"
#define DB_LIST_CELL(index) "json_extract(l.value, '$[" #index "]')"

/* Make the planner read the table by this index, where it has no figures to choose by. */
#define DB_INDEXED_BY(index) " INDEXED BY " #index

/* The steps of a group as far as whoever reads may know them: of somebody else's some are numbers
 * alone.  What a history has, and its group. */
#define DB_PEERS "main.step"

/* The number of a step, by which steps are in the order in which they came: their ids are where
 * there are no months in them.  In capitals, to be told from an id. */
#define DB_STEP_NUMBER "ID"
#define DB_STEP_NUMBER_OF_S "s.ID"

/* That a step is within a range of ids, whose ends are bound in turn: where there are no months all
 * are, or none. */
#define DB_STEP_WITHIN "(? <= ?)"

/* The direction of an order in which NULL is less than everything else; in small letters, to be
 * told from a direction of what is never NULL. */
#define DB_ASC " asc"
#define DB_DESC " desc"

/* ---- connections ---- */

struct db;

/* Make room for a database of this name, where that is not done by opening it: 1 when it was made,
 * 0 when it is there, or needs none. */
int db_make(const char *database, struct jo_err *err);

/* A database of SQLite's in memory, which is gone when it is closed. */
#define DB_SCRATCH ":memory:"

/* Open the database that is called so, in an engine that keeps what is committed.  Of the schema
 * nothing is known yet. */
int db_open(const char *database, const struct store_options *options, struct db **ret_db,
	    struct jo_err *err);

/* Rolls back what is not committed; every statement must be released before.  NULL is fine. */
void db_close(struct db *db);

/* What the database is called, for texts; good as long as the connection. */
const char *db_name(const struct db *db);

/* Take the lock for writing, so that what is read next stays true until commit.  -EBUSY when
 * another program keeps it. */
int db_begin(struct db *db, struct jo_err *err);

/* Read all that follows as it is at the first read, until db_rollback.  Of a file the log cannot be
 * shortened meanwhile. */
int db_view_begin(struct db *db, struct jo_err *err);

/* Returns when the data is on the disk. */
int db_commit(struct db *db, struct jo_err *err);

/* Cannot fail: what the engine has rolled back by itself already stays so. */
void db_rollback(struct db *db);

/* What the database says of itself. */
struct db_schema {
	bool is_empty;   /* without any table */
	bool is_ours;    /* marked by db_schema_mark */
	bool is_copy;    /* ours, and made by db_copy_put */
	int64_t version; /* how many schema changes were applied; 0 for none */
};

/* Read the marks of the schema. */
int db_schema_read(struct db *db, struct db_schema *ret_schema, struct jo_err *err);

/* Mark the database as ours, with this version of the schema. */
int db_schema_mark(struct db *db, int64_t version, struct jo_err *err);

/* Whether the engine takes the newest schema over from a database of SQLite's, and has no way up to
 * it from those before. */
bool db_takes_schema(const struct db *db);

/* Make the tables and indexes that the other database has. */
int db_schema_take(struct db *db, struct db *model, struct jo_err *err);

/* What makes the schema's version of the one before it where the engine has a shorter way than the
 * text that all can read; else NULL. */
const char *db_schema_own(const struct db *db, int64_t version);

/* ---- steps by months ---- */

/*
 * Whether the steps of a month, and what is said of each, are parts of their
 * tables that can be dropped: the ids of step/month.h say which month a step is
 * of.  Those without a month are in other parts: the last of them is open to
 * steps that come, and never dropped.
 */
bool db_has_months(const struct db *db);

/* Put what is in the tables into the open part, in a transaction; nothing where there are no
 * months. */
int db_months_begin(struct db *db, struct jo_err *err);

/* Make room for steps of the month, in a transaction, where there is none yet. */
int db_month_make(struct db *db, int32_t month, struct jo_err *err);

/* Make a part of these ids, with which the open part begins, in a transaction: nothing may be in the
 * open part, nor may a step without a month come later that has such an id. */
int db_part_cut(struct db *db, struct id_range part, struct jo_err *err);

/* The ids of each part that is there, in order, for the caller to free, and return how many; 0
 * where there are no months. */
int db_parts_list(struct db *db, struct id_range **ret_list, struct jo_err *err);

/* Whether it is the one that is never dropped. */
bool db_part_is_open(struct id_range part);

/* Drop all that is said of a part's steps in these tables, in a transaction.  -EBUSY when somebody
 * reads them, who is not waited for: the transaction can only be rolled back then. */
int db_part_drop(struct db *db, struct id_range part, struct jo_err *err);

/* ---- the database as a whole ---- */

/* Whether the data is whole, as far as the engine can tell: -EBADMSG names the first fault.  Reads
 * all of it. */
int db_check(struct db *db, struct jo_err *err);

/* How many bytes the database takes, without what waits in the engine's log. */
int db_size(struct db *db, int64_t *ret_bytes, struct jo_err *err);

/* A text that is the same for the same database, whatever it is called, and for no other one; NULL
 * where that cannot be told.  The caller frees it. */
char *db_identity(struct db *db);

/* ---- who may read it ---- */

/* Whether who logged in sees their own rows alone. */
bool db_is_own_only(const struct db *db);

/*
 * Let these read it, and nobody who was let before and is not among them; a role
 * that is not there yet is let when it is.  Does nothing where that is so
 * already, and nothing to a file, which has a mode.
 */
int db_readers_set(struct db *db, const struct store_readers *readers, struct jo_err *err);

/* ---- a copy of some of it, for those who may not open it ---- */

/* What a table of the database that is copied is called in the copy's statements. */
#define DB_SOURCE "source."

/*
 * Begin an empty database under another name beside path, which db_copy_put
 * gives it in the end and db_close removes before that; what a killed run left
 * is removed first.  Refused: a place where others may write, a path that has
 * anything but an earlier copy, and (-ENOSPC) too little space for all of it.
 */
int db_copy_open(struct db *source, const char *path, struct db **ret_copy, struct jo_err *err);

/* From here on the tables of the source can be read as they are at the first read, and progress is
 * told in bytes; NULL for nobody. */
int db_copy_begin(struct db *copy, struct db *source, store_progress_fn *progress, void *context,
		  struct jo_err *err);

/* Mark it as a copy, and put it whole and readable for everybody in the place of the one before. */
int db_copy_put(struct db *copy, struct jo_err *err);

/* ---- statements ---- */

/* A prepared statement and how far its values are bound or read. */
struct db_stmt {
	struct db *db;
	void *handle;      /* the engine's; NULL: not prepared */
	int bind_index;    /* of the value bound last, from 1 */
	int column_index;  /* of the column read next, from 0 */
	int bind_error;    /* the first of a bind, as the engine counts; 0 for none */
	const char *fault; /* the first column whose type was not the one asked for */
};

/* What a statement is for. */
enum db_use {
	DB_ONCE,   /* run once, or some times in turn */
	DB_KEPT,   /* run many times; few rows, or such that the caller keeps them all */
	DB_CURSOR, /* run some times; its rows may be more than memory holds */
	DB_LISTED, /* run once; and its first rows are wanted long before its last */
};

/* Prepare; whether the text is right may show at the first step only.  *ret_stmt must be released.
 */
int db_prepare(struct db *db, const char *sql, enum db_use use, struct db_stmt *ret_stmt,
	       struct jo_err *err);

/* Give it back; an all-zero one is fine. */
void db_release(struct db_stmt *stmt);

/* Whether it was prepared from this text. */
bool db_is(const struct db_stmt *stmt, const char *sql);

/*
 * Make ready for the first bind again.  A statement with a row left to read
 * keeps a view of the database, and the engine's log from being shortened: who
 * is done with a row resets its statement.
 */
void db_reset(struct db_stmt *stmt);

/* Bind the next value, an integer; JO_MISSING becomes NULL.  Of this and the binds that follow an
 * error shows at db_step. */
void db_bind_int(struct db_stmt *stmt, int64_t value);

/* Bind a real number; NaN becomes NULL. */
void db_bind_real(struct db_stmt *stmt, double value);

/* Bind a text that stays until the step; NULL becomes NULL. */
void db_bind_text(struct db_stmt *stmt, const char *text);

/* Bind a text that need not stay; NULL becomes NULL. */
void db_bind_copy(struct db_stmt *stmt, const char *text);

/* Bind bytes that stay until the step. */
void db_bind_blob(struct db_stmt *stmt, const void *data, size_t size);

/* 1: a row to read; 0: done, and the statement is reset; or a negative errno, and it is reset. */
int db_step(struct db_stmt *stmt, struct jo_err *err);

/* Run a bound statement that gives no rows. */
int db_run(struct db_stmt *stmt, struct jo_err *err);

/*
 * Run a bound INSERT of one row whose key nobody has.  Whatever runs later finds
 * the row, but an engine may keep it until then, to take many at a time: what is
 * wrong with it shows at a later call, db_commit at the latest.
 */
int db_put(struct db_stmt *stmt, struct jo_err *err);

/* As db_run; returns how many rows it changed. */
int db_change(struct db_stmt *stmt, struct jo_err *err);

/* As db_change, and release it. */
int db_change_once(struct db_stmt *stmt, struct jo_err *err);

/* Run a bound INSERT of one row into a table whose rows have ids: 1 with the new row's, or 0 when
 * its key was there already and ON CONFLICT let that be. */
int db_insert(struct db_stmt *stmt, int64_t *ret_id, struct jo_err *err);

/*
 * Read the next column, an integer; NULL is JO_MISSING.  Here and below a value
 * of another type counts as missing and makes db_row_check fail: the file was
 * tampered with.
 */
int64_t db_column_int(struct db_stmt *stmt);

/* Read a time or a time span in micro-seconds, as db_column_int; one so far out that no sum of
 * those that were stored could be is of another type, so that two can be subtracted. */
int64_t db_column_us(struct db_stmt *stmt);

/* Read a count, as db_column_int; one below 0, or so large that those of a site's nodes could not
 * be added up, is of another type. */
int64_t db_column_count(struct db_stmt *stmt);

/* Read a real number; NULL is NaN. */
double db_column_real(struct db_stmt *stmt);

/* Read a text, good until the next step or reset; NULL is "". */
const char *db_column_text(struct db_stmt *stmt);

/* Read bytes, good until the next step or reset; NULL is 0 of them. */
const void *db_column_blob(struct db_stmt *stmt, size_t *ret_size);

/* Read an integer within 0 <= value < end, for what becomes an enum. */
int db_column_enum(struct db_stmt *stmt, int end);

/* 0, or -EBADMSG when a column of this row was of another type, or out of its range. */
int db_row_check(struct db_stmt *stmt, struct jo_err *err);

/* ---- whole tables ---- */

/* What a column of a row holds. */
enum db_type { DB_NULL, DB_INTEGER, DB_REAL, DB_TEXT, DB_BLOB };

/* A value of any type; data is of texts, which end in a byte of 0 behind their size, and of bytes.
 */
struct db_value {
	enum db_type type;
	int64_t integer;
	double real;
	const char *data;
	size_t size;
};

/* Read the next column, whatever it holds; data is good until the next step or reset. */
void db_column_value(struct db_stmt *stmt, struct db_value *ret_value);

/* Bind the next value, of a column of this type; data stays until the step. */
void db_bind_value(struct db_stmt *stmt, const struct db_value *value, enum db_type type);

/* Whether the engine replaces by U+FFFD what is no UTF-8. */
bool db_wants_utf8(const struct db *db);

/* The largest id that a row of the table had, be it gone; 0 for none. */
int db_last_id(struct db *db, const char *table, int64_t *ret_id, struct jo_err *err);

/* Let the ids of the table's new rows go on behind this one. */
int db_last_id_put(struct db *db, const char *table, int64_t id, struct jo_err *err);

/* Several statements without values or rows. */
int db_exec(struct db *db, const char *sql, struct jo_err *err);

/* One number, as of a count; JO_MISSING for no row. */
int db_query_int(struct db *db, const char *sql, int64_t *ret_value, struct jo_err *err);

/* The same of a statement with its values, which is released in any case. */
int db_take_int(struct db_stmt *stmt, int64_t *ret_value, struct jo_err *err);

/* ---- before a connection, and beside it ---- */

/* Whether other hosts reach the database under its name. */
bool db_is_shared(const char *database);

/* Whether whoever runs this looks after the database: owns it, or is root. */
bool db_is_keeper(const char *database);

/* Tell what is wrong with the place of the database; whether there is something to open. */
bool db_place_check(const char *database, store_tell_fn *tell, void *context);

/* Tell what is in the way of the readers; whether they can read as they are to. */
bool db_readers_check(const char *database, const struct store_readers *readers,
		      store_tell_fn *tell, void *context);

struct store_lock;

/* What is said of a lock that somebody else has. */
extern const char *const db_lock_busy[STORE_LOCK_COUNT];

/*
 * Take a lock, which lasts until it is released or the process ends, however it
 * does.  -EBUSY when another process has it.  On a server it is lost with the
 * connection that holds it, which db_lock_take makes for it.  db_lock_hold takes
 * that of db: what db changes is then changed while the lock is held, or not at
 * all; it is released before db is closed, and outside of transactions.
 */
int db_lock_take(const char *database, const struct store_lock_name *name,
		 struct store_lock **ret_lock, struct jo_err *err);
int db_lock_hold(struct db *db, const struct store_lock_name *name, struct store_lock **ret_lock,
		 struct jo_err *err);

/* Ask whether the lock is still held; what is done next outside of the database is done while it
 * is, but for what happens in between. */
int db_lock_check(struct store_lock *lock, struct jo_err *err);

/* Give the lock back; NULL is fine. */
void db_lock_release(struct store_lock *lock);

/* What texts call the lock: the caller frees it. */
char *db_lock_title(const char *database, enum store_lock_kind kind);

/* Keep a text with the lock, over the one that is there, of which a shorter one leaves the rest. */
int db_note_put(struct store_lock *lock, const char *text, size_t len, struct jo_err *err);

/* Read the text that was kept last, or its first size - 1 bytes, whether or not the lock is held;
 * -ENOENT when nobody took the lock yet. */
int db_note_get(const char *database, enum store_lock_kind kind, char *ret_text, size_t size,
		struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of store/ share and nobody else sees. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "arena.h"
#include "db.h"
#include "keymap.h"
#include "row.h"
#include "store.h"

/* Statements that are prepared once; statements.c has their text. */
enum store_statement {
	STMT_NAME_ID,
	STMT_NAME_ADD,
	STMT_NAME_TEXT,
	STMT_STEP_ADD,
	STMT_STEP_BY_KEY,
	STMT_STEP_CHANGE,
	STMT_JOB_START,
	STMT_STEP_NODES,
	STMT_STEP_NODE_PUT,
	STMT_STEP_NODES_DROP,
	STMT_GROUP_ID,
	STMT_GROUP_ADD,
	STMT_GROUP_TOUCH,
	STMT_HEALTH_TOUCH,
	STMT_NODE_AT,
	STMT_NODE_ADD,
	STMT_HISTORY,
	STMT_HISTORY_SAMPLE,
	STMT_MODEL_GET,
	STMT_MODEL_PUT,
	STMT_BLOB_GET,
	STMT_BLOB_PUT,
	STMT_VERDICT_PUT,
	STMT_STEP_JUDGED,
	STMT_UNJUDGED_OLDEST,
	STMT_DRIFT_PUT,
	STMT_FINDING_ADD,
	STMT_FINDING_TELL,
	STMT_MESSAGE_ADD,
	STMT_MESSAGE_DUE,
	STMT_MESSAGE_STATE,
	STMT_COUNT,
};

extern const char *const store_statements[STMT_COUNT];

#define NAME_CACHE_SLOTS                                                                           \
	65536 /* a site's names that are in use at a time fit; 2 MB of pointers                    \
	       */

struct name_slot {
	char *text; /* NULL: free */
	int64_t id;
};

#define IDLE_MAX 8 /* more than are asked in turn for each of many groups */

struct store {
	sqlite3 *db;
	char *path;
	enum store_mode mode;
	bool is_in_transaction;
	unsigned group_by;
	struct db_stmt statements[STMT_COUNT]; /* raw is NULL until first used */
	struct db_stmt idle[IDLE_MAX];         /* of closed cursors, for the next of the same text */
	size_t idle_next;
	struct name_slot *names;
	struct keymap groups;           /* the columns of step_group to its id */
	struct keymap touched;          /* group id to changes and newest end, written at commit */
	struct keymap health;           /* cluster and node to struct health, written at commit */
	struct store_text_block *texts; /* of the rows that store_add works on */
	struct store_text_block *held_node,
		*held_message; /* of store_node_at, store_message_claim */
};

/* The statement, ready for its first bind. */
int store_use(struct store *store, enum store_statement which, struct db_stmt **ret_stmt,
	      struct jo_err *err);

/* schema.c: bring the file to the newest version, or refuse it. */
int schema_open(struct store *store, struct jo_err *err);

/* name.c: the id of a name, which is added if it is new; 0 for "". */
int name_id(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err);
/* As name_id, but a new name is -1 and not added. */
int name_find(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err);
void name_forget(struct store *store);

/* row.c: rows between records, statements and each other. */
int row_from_record(struct store *store, const struct store_input *input, int64_t now_unix_us,
		    struct row *ret_row, struct jo_err *err);
void row_bind(struct db_stmt *stmt, const struct row *row, bool is_node);
int row_read(struct db_stmt *stmt, bool is_node, struct row *ret_row, struct jo_err *err);
bool row_is_missing(const struct row *row, int column);
bool row_cell_equals(const struct row *a, const struct row *b, int column);

/* verdict.c: a measure in a column that is NULL for the metric's default. */
void measure_bind(struct db_stmt *stmt, enum metric metric, enum measure measure);
enum measure measure_read(struct db_stmt *stmt, enum metric metric);

/* merge.c: the step that these nodes make; the columns of RULE_STEP are left alone. */
void merge_nodes(struct store *store, struct row *step, const struct row *nodes, size_t count);
/* Its state; the job's start may be JO_MISSING. */
enum step_state merge_state(const struct row *step, int64_t job_start_unix_us);

/* group.c */
int group_id(struct store *store, const struct row *step, int64_t *ret_id, struct jo_err *err);
void group_touch(struct store *store, int64_t id, int64_t end_unix_us);
int group_flush(struct store *store, struct jo_err *err);
int group_load_rule(struct store *store, struct jo_err *err);

/* health.c */
void health_touch(struct store *store, const struct row *row, int64_t dropped_count,
		  int64_t now_unix_us);
int health_flush(struct store *store, struct jo_err *err);

/* node.c: take a node's description; 1 when it was not known, else 0. */
int node_add(struct store *store, const struct jo_record *record, const struct row *row,
	     struct jo_err *err);

/* cursor.c */
enum cursor_kind {
	CURSOR_STEPS,
	CURSOR_NODES,
	CURSOR_VERDICTS,
	CURSOR_GROUPS,
	CURSOR_DESCRIPTIONS,
	CURSOR_HEALTH,
	CURSOR_DRIFTS,
	CURSOR_FINDINGS,
	CURSOR_MESSAGES,
	CURSOR_MUTES,
	CURSOR_WEEKLY,
	CURSOR_DAYS,
};

struct store_cursor {
	enum cursor_kind kind;
	struct db_stmt stmt;
};

int cursor_open(struct store *store, enum cursor_kind kind, const char *sql,
		struct store_cursor **ret_cursor, struct jo_err *err);
/* As db_step, for a cursor of this kind. */
int cursor_step(struct store_cursor *cursor, enum cursor_kind kind, struct jo_err *err);

/* select.c: SQL for the columns of a struct step from "step AS s", and reading them. */
extern const char store_step_sql[];
extern const char store_node_sql[]; /* of one node, from "step AS s" and "step_node AS n" */
void step_read(struct db_stmt *stmt, struct step *ret_step);

#endif

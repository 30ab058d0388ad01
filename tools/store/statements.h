/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements that are prepared once for a store, and used many times.  Private to store/. */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include "driver.h"

struct store;

/* Which there are; statements.c has their text. */
enum store_statement {
	STMT_NAME_ID,
	STMT_NAME_ADD,
	STMT_NAME_TEXT,
	STMT_NAME_TEXTS,
	STMT_STEP_NUMBER,
	STMT_STEP_NUMBER_PUT,
	STMT_STEP_ADD,
	STMT_JOB_BLOCKS,
	STMT_JOBS_THERE,
	STMT_STEPS_BESIDE,
	STMT_STEPS_BY_KEYS,
	STMT_STEP_BY_KEY,
	STMT_STEP_OF_RUNS,
	STMT_STEP_LIFE,
	STMT_STEP_NEWEST,
	STMT_STEP_DROP,
	STMT_START_BEFORE,
	STMT_END_AFTER,
	STMT_STEP_CHANGE,
	STMT_HAS_STEPS,
	STMT_SCRIPTS_OF,
	STMT_STEP_SCRIPT,
	STMT_VERDICTS_DROP,
	STMT_JOB_START,
	STMT_STEP_NODES,
	STMT_STEP_NODE_PUT,
	STMT_STEP_NODES_DROP,
	STMT_PROFILE_PUT,
	STMT_PROFILE_GET,
	STMT_GROUP_ID,
	STMT_GROUP_ADD,
	STMT_GROUP_TOUCH,
	STMT_HEALTH_TOUCH,
	STMT_NODE_DESCRIPTIONS,
	STMT_NODE_ADD,
	STMT_HISTORY,
	STMT_HISTORY_SAMPLE,
	STMT_MODEL_GET,
	STMT_MODEL_PUT,
	STMT_BLOB_GET,
	STMT_BLOB_PUT,
	STMT_JUDGING_ADD,
	STMT_VERDICT_PUT,
	STMT_VERDICTS_DROP_LIST,
	STMT_WAITING_ADD,
	STMT_WAITING_PUT,
	STMT_WAITING_DROP,
	STMT_WAITING_JUDGED,
	STMT_WAITING_OF_GROUP,
	STMT_WAITING_OLDEST,
	STMT_UNSUSPENDED_OLDEST,
	STMT_DRIFT_PUT,
	STMT_FINDING_ADD,
	STMT_FINDING_TELL,
	STMT_MESSAGE_ADD,
	STMT_MESSAGE_DUE,
	STMT_MESSAGE_STATE,
	STMT_SPAN_ADD,
	STMT_SPAN_STEP,
	STMT_SPAN_DROP,
	STMT_SPAN_DECLARED,
	STMT_TRACE_STEPS,
	STMT_TRACE_SPANS,
	STMT_STEP_DECLARED,
	STMT_STEP_DECLARE,
	STMT_STEP_NODE_DECLARE,
	STMT_COUNT,
};

/* None of them prepared yet; for store->statements. */
struct db_stmt *statements_new(void);

/* Release them all; NULL is fine. */
void statements_free(struct db_stmt *statements);

/*
 * The statement, ready for its first bind; prepared when it is used for the
 * first time.  Belongs to the store.  Who has read a row of it resets it before
 * returning, as db_reset says why.
 */
int store_use(struct store *store, enum store_statement which, struct db_stmt **ret_stmt,
	      struct jo_err *err);

#endif

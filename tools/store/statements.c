/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of the statements that are prepared once, and the statements. */
#include "statements.h"

#include <stdlib.h>

#include "step/columns.h"
#include "open_store.h"
#include "util/alloc.h"

/* clang-format off */
#define NAMED(column, ...) ", " #column
#define OF_STEP(column, ...) ", step." #column
#define BOUND(column, ...) ", ?"
#define WITHIN " AND " DB_STEP_WITHIN
#define JOB_IS "job_id = ? AND cluster_id = ? AND array_task_id = ? AND restart_count = ?"
#define RUN_IS_K "step.job_id = k.job_id AND step.cluster_id = k.cluster_id" \
	" AND step.array_task_id = k.array_task_id AND step.restart_count = k.restart_count"
#define LIST_K "(SELECT " DB_LIST_CELL(0) " AS i, " DB_LIST_CELL(1) " AS job_id, " \
	DB_LIST_CELL(2) " AS cluster_id, " DB_LIST_CELL(3) " AS array_task_id, " \
	DB_LIST_CELL(4) " AS restart_count, " DB_LIST_CELL(5) " AS step_id, " \
	DB_LIST_CELL(6) " AS has_run FROM " DB_LIST_ROWS ") AS k"
#define FIRST_OWN_STEP_ID "4294967280" /* STEP_FIRST_OWN_ID */
#define KEY_IS JOB_IS " AND step_id = ?"
#define SET(column, ...) ", " #column " = ?"
#define GIVEN(column) #column " = excluded." #column

/* The columns of step_node, in the order of step_columns: see column_is_of_node. */
#define IF_NODE_STEP(text)
#define IF_NODE_MADE(text)
#define IF_NODE_SUM(text) text
#define IF_NODE_MAX(text) text
#define IF_NODE_MIN(text) text
#define IF_NODE_FIRST(text) text
#define IF_NODE_KNOWN(text) text
#define IF_NODE_TOTAL(text) text
#define IF_NODE_PEAK(text) text
#define IF_NODE_WORST(text) text
#define IF_NODE_INPUT(text) text
#define IF_NODE_UNION(text) text
#define NODE_NAMED(column, kind, member, known, rule, ...) IF_NODE_##rule(", " #column)
#define NODE_BOUND(column, kind, member, known, rule, ...) IF_NODE_##rule(", ?")
#define NODE_GIVEN(column, kind, member, known, rule, ...) IF_NODE_##rule(", " GIVEN(column))

static const char *const texts[STMT_COUNT] = {
	[STMT_NAME_ID] = "SELECT id FROM name WHERE text = ?",
	[STMT_NAME_ADD] = "INSERT INTO name (text) VALUES (?)",
	[STMT_NAME_TEXT] = "SELECT text FROM name WHERE id = ?",
	[STMT_NAME_TEXTS] = "SELECT id, text FROM name",

	[STMT_STEP_NUMBER] = "SELECT value FROM setting WHERE key = 'step_id_used'",
	[STMT_STEP_NUMBER_PUT] = "UPDATE setting SET value = ? WHERE key = 'step_id_used'",
	[STMT_STEP_ADD] =
		"INSERT INTO step (life, id" STEP_COLUMNS(NAMED) ") VALUES (?, ?" STEP_COLUMNS(BOUND) ")",
	/* The first job of each block of numbers (job_months.c). */
	[STMT_JOB_BLOCKS] =
		"WITH RECURSIVE b (job_id) AS (SELECT (SELECT job_id FROM step WHERE " DB_STEP_WITHIN
		" ORDER BY job_id LIMIT 1) UNION ALL SELECT (SELECT job_id FROM step"
		" WHERE step.job_id >= (b.job_id >> 16 << 16) + 65536" WITHIN
		" ORDER BY job_id LIMIT 1) FROM b WHERE b.job_id IS NOT NULL)"
		" SELECT job_id FROM b WHERE job_id IS NOT NULL LIMIT ?",
	/* In both a query of one row for each, which no engine makes a table of first.  Most jobs that
	 * are new have a number above all, and are not looked for. */
	[STMT_JOBS_THERE] =
		"SELECT l.value FROM " DB_LIST " AS l WHERE l.value <= (SELECT job_id FROM step"
		"  WHERE " DB_STEP_WITHIN " ORDER BY job_id DESC LIMIT 1)"
		" AND (SELECT 1 FROM step WHERE job_id = l.value" WITHIN " LIMIT 1) = 1",
	/* By list: where a step stands in it, its key, and 1 where its job's run matters; the batch
	 * and interactive steps have the largest numbers, so the index finds both ends. */
	[STMT_STEPS_BESIDE] =
		"SELECT i, coalesce((SELECT 1 FROM step WHERE " RUN_IS_K
		"  AND step.step_id = k.step_id" WITHIN " LIMIT 1), 0)"
		" + CASE WHEN k.step_id < " FIRST_OWN_STEP_ID
		"  THEN coalesce((SELECT 2 FROM step WHERE " RUN_IS_K
		"   AND step.step_id >= " FIRST_OWN_STEP_ID " AND is_script = 0" WITHIN " LIMIT 1), 0)"
		"  ELSE coalesce((SELECT 2 FROM step WHERE " RUN_IS_K
		"   AND step.step_id < " FIRST_OWN_STEP_ID WITHIN " LIMIT 1), 0) END"
		" + CASE WHEN has_run = 1"
		"  THEN coalesce((SELECT 4 FROM step WHERE " RUN_IS_K WITHIN " LIMIT 1), 0) ELSE 0 END"
		" FROM " LIST_K,
	[STMT_STEPS_BY_KEYS] =
		"SELECT k.i, life, id" STEP_COLUMNS(OF_STEP) " FROM " LIST_K
		" " DB_EACH_STEP(RUN_IS_K " AND step.step_id = k.step_id" WITHIN),
	[STMT_STEP_BY_KEY] =
		"SELECT life, id" STEP_COLUMNS(NAMED) " FROM step WHERE " KEY_IS WITHIN,
	[STMT_STEP_OF_RUNS] =
		"SELECT life, id" STEP_COLUMNS(NAMED) " FROM step WHERE job_id = ? AND cluster_id = ?"
		" AND array_task_id = ? AND step_id = ?" WITHIN,
	[STMT_STEP_LIFE] = "UPDATE step SET life = ? WHERE id = ?",
	[STMT_STEP_NEWEST] =
		"UPDATE step SET life = 0 WHERE id = (SELECT id FROM step WHERE " KEY_IS WITHIN
		" ORDER BY start_unix_us DESC LIMIT 1)",
	[STMT_STEP_DROP] = "DELETE FROM step WHERE id = ?",
	[STMT_START_BEFORE] =
		"SELECT id, restart_count FROM step WHERE job_id = ? AND cluster_id = ?"
		" AND array_task_id = ? AND restart_count < ? AND step_id = ? AND node_id = ?"
		" AND state = 1 AND node_seen_count = 1 AND start_unix_us BETWEEN ? AND ?"
		WITHIN " ORDER BY start_unix_us DESC LIMIT 1",
	[STMT_END_AFTER] =
		"SELECT id FROM step WHERE job_id = ? AND cluster_id = ?"
		" AND array_task_id = ? AND restart_count > ? AND step_id = ? AND node_id = ?"
		" AND start_unix_us BETWEEN ? AND ?" WITHIN " LIMIT 1",
	[STMT_STEP_CHANGE] = "UPDATE step SET life = life" STEP_COLUMNS(SET) " WHERE id = ?",
	/* The batch and interactive steps have the largest numbers: the index finds both ends. */
	[STMT_HAS_STEPS] =
		"SELECT 1 FROM step WHERE " JOB_IS " AND step_id < ?"
		" AND start_unix_us BETWEEN ? AND ?" WITHIN " LIMIT 1",
	[STMT_SCRIPTS_OF] =
		"SELECT id, group_id, end_unix_us FROM step WHERE " JOB_IS " AND step_id >= ?"
		" AND is_script = 0 AND start_unix_us <= ? AND coalesce(end_unix_us, ?) >= ?" WITHIN,
	[STMT_STEP_SCRIPT] =
		"UPDATE step SET is_script = 1, group_id = ? WHERE id = ?",
	[STMT_VERDICTS_DROP] = "DELETE FROM verdict WHERE step = ?",
	[STMT_JOB_START] =
		"SELECT min(start_unix_us) FROM (SELECT max(start_unix_us) AS start_unix_us FROM step"
		" WHERE job_id = ? AND cluster_id = ? AND array_task_id = ? AND restart_count = ?"
		" AND start_unix_us BETWEEN ? AND ?" WITHIN " GROUP BY step_id) AS newest",
	[STMT_STEP_NODES] =
		"SELECT step" STEP_COLUMNS(NODE_NAMED) " FROM step_node WHERE step = ?",
	[STMT_STEP_NODE_PUT] =
		"INSERT INTO step_node (step" STEP_COLUMNS(NODE_NAMED) ") VALUES (?"
		STEP_COLUMNS(NODE_BOUND) ") ON CONFLICT (step, node_id) DO UPDATE SET " GIVEN(step)
		STEP_COLUMNS(NODE_GIVEN),
	[STMT_STEP_NODES_DROP] = "DELETE FROM step_node WHERE step = ?",
	[STMT_PROFILE_PUT] =
		"INSERT INTO profile (step, node_id, stacks) SELECT ?1, ?2, ?3"
		" WHERE (SELECT count(*) FROM profile WHERE step = ?1 AND node_id <> ?2) < ?4"
		" ON CONFLICT (step, node_id) DO UPDATE SET " GIVEN(stacks),
	[STMT_PROFILE_GET] = "SELECT stacks FROM profile WHERE step = ? ORDER BY node_id",

	[STMT_GROUP_ID] =
		"SELECT id FROM step_group WHERE class_id = ? AND user_id = ? AND partition_id = ?"
		" AND cluster_id = ? AND account_id = ? AND qos_id = ? AND class_is_declared = ?"
		" AND program_id = ?",
	[STMT_GROUP_ADD] =
		"INSERT INTO step_group (class_id, user_id, partition_id, cluster_id, account_id,"
		" qos_id, class_is_declared, program_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[STMT_GROUP_TOUCH] =
		"UPDATE step_group SET change_count = change_count + ?1,"
		" newest_end_unix_us = CASE WHEN newest_end_unix_us > ?2 THEN newest_end_unix_us"
		"  ELSE ?2 END WHERE id = ?3",

	[STMT_HEALTH_TOUCH] =
		"INSERT INTO node_health (cluster_id, node_id, last_record_unix_us,"
		" last_ingest_unix_us, dropped_count, last_dropped_unix_us, bad_count)"
		" VALUES (?1, ?2, ?3, ?4, coalesce(?5, 0), CASE WHEN ?5 > 0 THEN ?4 END, ?6)"
		" ON CONFLICT (cluster_id, node_id) DO UPDATE SET"
		" last_record_unix_us = CASE WHEN ?3 IS NULL OR node_health.last_record_unix_us > ?3"
		"  THEN node_health.last_record_unix_us ELSE ?3 END,"
		" last_ingest_unix_us = ?4,"
		" last_dropped_unix_us = CASE WHEN ?5 > 0 AND ?5 <> node_health.dropped_count"
		"  AND coalesce(?3 >= node_health.last_record_unix_us, true) THEN ?4"
		"  ELSE node_health.last_dropped_unix_us END,"
		" dropped_count = CASE WHEN ?5 IS NULL OR ?3 < node_health.last_record_unix_us"
		"  THEN node_health.dropped_count ELSE ?5 END,"
		" bad_count = node_health.bad_count + ?6",
	[STMT_NODE_DESCRIPTIONS] =
		"SELECT cluster_id, since_unix_us, node_model_id, core_count,"
		" numa_node_count, node_mem_bytes, slurm_version_id, plugin_version_id FROM node"
		" WHERE cluster_id IN (?1, 0) AND node_id = ?2 ORDER BY cluster_id = 0, since_unix_us",
	[STMT_NODE_ADD] =
		"INSERT INTO node (cluster_id, node_id, since_unix_us, node_model_id,"
		" socket_count, core_count, numa_node_count, node_mem_bytes, slurm_version_id,"
		" plugin_version_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",

	[STMT_HISTORY] =
		"SELECT end_unix_us, input_bytes, wall_us, mem_peak_bytes, max_rss_bytes,"
		" mem_allocated_bytes, mem_limit_bytes, cpu_us, cpu_count, task_count, node_count,"
		" node_id, state, attrs, EXISTS (SELECT 1 FROM expected WHERE step = id)"
		" FROM " DB_PEERS " WHERE group_id = ? AND end_unix_us >= ? AND end_unix_us < ?"
		" ORDER BY end_unix_us DESC, " DB_STEP_NUMBER " DESC LIMIT ?",

	/* Which rows these are must not depend on who else was recorded in turn with them; 31 bits
	 * times 32 fit in 63. */
	[STMT_HISTORY_SAMPLE] =
		"SELECT end_unix_us, input_bytes, wall_us, mem_peak_bytes, max_rss_bytes,"
		" mem_allocated_bytes, mem_limit_bytes, cpu_us, cpu_count, task_count, node_count,"
		" node_id, state, attrs, 0"
		" FROM " DB_PEERS " WHERE group_id = ? AND end_unix_us >= ? AND end_unix_us < ?"
		" AND ((id & 2147483647) * 2654435761 >> 16) % ? = 0 ORDER BY end_unix_us DESC, " DB_STEP_NUMBER " DESC",

	[STMT_MODEL_GET] =
		"SELECT format_version, change_count, end_before_unix_us, obs_count, fitted_unix_us,"
		" data FROM model WHERE group_id = ? AND metric = ?",
	[STMT_MODEL_PUT] =
		"INSERT INTO model (group_id, metric, format_version, change_count,"
		" end_before_unix_us, obs_count, fitted_unix_us, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (group_id, metric) DO UPDATE SET " GIVEN(format_version) ", "
		GIVEN(change_count) ", " GIVEN(end_before_unix_us) ", " GIVEN(obs_count) ", "
		GIVEN(fitted_unix_us) ", " GIVEN(data),
	[STMT_BLOB_GET] = "SELECT format_version, data FROM blob WHERE name = ?",
	[STMT_BLOB_PUT] =
		"INSERT INTO blob (name, format_version, data) VALUES (?, ?, ?)"
		" ON CONFLICT (name) DO UPDATE SET " GIVEN(format_version) ", " GIVEN(data),

	[STMT_JUDGING_ADD] =
		"INSERT INTO judging (night, judged_unix_us, alpha, model_version)"
		" VALUES (?, ?, ?, ?)",
	[STMT_VERDICT_PUT] =
		"INSERT INTO verdict (step, judging, kinds, data) VALUES (?, ?, ?, ?)",
	/* By list, and its least and greatest: a server asks no other months. */
	[STMT_VERDICTS_DROP_LIST] =
		"DELETE FROM verdict WHERE step IN " DB_LIST " AND step BETWEEN ? AND ?",

	[STMT_WAITING_ADD] =
		"INSERT INTO waiting (step, group_id, end_unix_us, change_unix_us)"
		" VALUES (?, ?, ?, ?)",
	/* What changes twice in a microsecond changes twice. */
	[STMT_WAITING_PUT] =
		"INSERT INTO waiting (step, group_id, end_unix_us, change_unix_us)"
		" VALUES (?, ?, ?, ?) ON CONFLICT (step) DO UPDATE SET " GIVEN(group_id) ", "
		GIVEN(end_unix_us) ", change_unix_us = CASE"
		" WHEN waiting.change_unix_us < excluded.change_unix_us"
		" THEN excluded.change_unix_us ELSE waiting.change_unix_us + 1 END",
	[STMT_WAITING_DROP] = "DELETE FROM waiting WHERE step = ?",
	/* By list: a step, and its change that was judged. */
	[STMT_WAITING_JUDGED] =
		"DELETE FROM waiting WHERE step " DB_IN_FEW("SELECT k.step FROM (SELECT "
		DB_LIST_CELL(0) " AS step, " DB_LIST_CELL(1) " AS change_unix_us FROM " DB_LIST_ROWS
		") AS k WHERE (SELECT w.change_unix_us FROM waiting AS w WHERE w.step = k.step)"
		" = k.change_unix_us"),
	[STMT_WAITING_OF_GROUP] =
		"SELECT step, change_unix_us FROM waiting WHERE group_id = ? AND end_unix_us >= ?"
		" AND end_unix_us < ? ORDER BY step",
	[STMT_WAITING_OLDEST] = "SELECT min(end_unix_us) FROM waiting WHERE end_unix_us >= ?",
	/* Of the plugin: source 2. */
	[STMT_UNSUSPENDED_OLDEST] =
		"SELECT min(s.end_unix_us) FROM waiting AS w CROSS JOIN step AS s"
		" WHERE s.id = w.step AND s.end_unix_us >= ? AND s.suspended_us IS NULL"
		" AND s.source = 2",

	[STMT_DRIFT_PUT] =
		"INSERT INTO drift (group_id, metric, begin_unix_us, since_unix_us,"
		" since_end_unix_us, until_unix_us, is_gradual, is_back, log_ratio, statistic,"
		" before_count, since_count, night_count, found_night, seen_night, measure)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
		" ON CONFLICT (group_id, metric, begin_unix_us) DO UPDATE SET since_unix_us = ?4,"
		" since_end_unix_us = ?5, until_unix_us = ?6, is_gradual = ?7, is_back = ?8,"
		" log_ratio = ?9, statistic = ?10, before_count = ?11, since_count = ?12,"
		" night_count = ?13, found_night = CASE WHEN drift.found_night < ?14"
		" THEN drift.found_night ELSE ?14 END, seen_night = ?15, measure = ?16",
	[STMT_FINDING_ADD] =
		"INSERT INTO finding (kind, step, group_id, node_id, metric, owner_id, since_unix_us,"
		" night, detail, created_unix_us, channel)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT DO NOTHING",
	[STMT_FINDING_TELL] =
		"UPDATE finding SET message = ? WHERE id = ? AND message IS NULL",
	[STMT_MESSAGE_ADD] =
		"INSERT INTO message (kind, night, owner_id, address, header_id, state,"
		" created_unix_us, next_attempt_unix_us, body) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?6, ?7)"
		" ON CONFLICT DO NOTHING",
	[STMT_MESSAGE_DUE] =
		"SELECT id FROM message WHERE state = 0 AND next_attempt_unix_us <= ?1"
		" AND ((1 << CAST(kind AS integer)) & ?2) <> 0 ORDER BY attempt_count, id LIMIT 1",
	[STMT_MESSAGE_STATE] =
		"UPDATE message SET state = ?2, attempt_count = attempt_count + ?3,"
		" uncertain_count = uncertain_count + ?4, next_attempt_unix_us = ?5,"
		" done_unix_us = ?6, error = coalesce(?7, error),"
		" body = CASE WHEN ?2 = 2 THEN NULL ELSE body END WHERE id = ?1",

	[STMT_SPAN_ADD] =
		"INSERT INTO span (trace_id, span_id, parent_id, name, start_unix_us, wall_us,"
		" is_error, status_text, input_bytes, attrs, received_unix_us, added_unix_us, sender)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
	[STMT_SPAN_STEP] = "UPDATE span SET step = ? WHERE trace_id = ? AND span_id = ?",
	[STMT_SPAN_DROP] = "DELETE FROM span WHERE trace_id = ? AND span_id = ?",
	/* Two of the same columns: what a span says, and what its step has. */
	[STMT_SPAN_DECLARED] =
		"SELECT attrs, input_bytes, 0, 0, 0, 0, 0 FROM span"
		" WHERE step = ? AND trace_id = ? AND span_id = ?",
	[STMT_STEP_DECLARED] =
		"SELECT attrs, input_bytes, input_source, group_id, end_unix_us, ingest_unix_us,"
		" is_script FROM step WHERE id = ?",
	[STMT_TRACE_STEPS] =
		"SELECT id, span_id, start_unix_us, end_unix_us, source FROM step"
		" WHERE trace_id = ? AND end_unix_us IS NOT NULL AND start_unix_us IS NOT NULL"
		" ORDER BY " DB_STEP_NUMBER " LIMIT ?",
	[STMT_TRACE_SPANS] =
		"SELECT span_id, parent_id, step, start_unix_us, wall_us, is_error,"
		" received_unix_us FROM span WHERE trace_id = ? ORDER BY wall_us DESC LIMIT ?",
	[STMT_STEP_DECLARE] =
		"UPDATE step SET attrs = ?, input_bytes = ?, input_source = ? WHERE id = ?",
	[STMT_STEP_NODE_DECLARE] =
		"UPDATE step_node SET attrs = ?1, input_bytes = ?2, input_source = ?3 WHERE step = ?4"
		" AND node_id = (SELECT node_id FROM step WHERE id = ?4)",
};
/* clang-format on */

struct db_stmt *statements_new(void)
{
	return xcalloc(STMT_COUNT, sizeof(struct db_stmt));
}

void statements_free(struct db_stmt *statements)
{
	if (statements == NULL)
		return;
	for (size_t i = 0; i < STMT_COUNT; i++)
		db_release(&statements[i]);
	free(statements);
}

int store_use(struct store *store, enum store_statement which, struct db_stmt **ret_stmt,
	      struct jo_err *err)
{
	struct db_stmt *stmt = &store->statements[which];
	int rc;

	if (stmt->handle == NULL) {
		rc = db_prepare(store->db, texts[which], DB_KEPT, stmt, err);
		if (rc < 0)
			return rc;
	}
	db_reset(stmt);
	*ret_stmt = stmt;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps out of the store: the conditions that a selection means, and reading what they find. */
#include "step_select.h"

#include <string.h>

#include "util/strbuf.h"

/* What a struct step is read from, in the order of step_columns. */
#define FROM_COLUMN(table, column) table #column
#define FROM_NAME(table, column) "(SELECT text FROM name WHERE id = " table #column ")"
#define FROM_NUMBER FROM_COLUMN
#define FROM_BYTES FROM_COLUMN
#define FROM_DURATION FROM_COLUMN
#define FROM_TIME FROM_COLUMN
#define FROM_WORD(type) FROM_COLUMN
#define FROM_TEXT FROM_COLUMN
#define FROM_ATTRS FROM_COLUMN
#define IS_EXPECTED ", EXISTS (SELECT 1 FROM expected WHERE step = s.id)"
#define OF_STEP(column, kind, ...) ", " FROM_##kind("s.", column)
const char store_step_sql[] = "s.id" STEP_COLUMNS(OF_STEP) IS_EXPECTED;

/* The same of one node: what belongs to the node comes from "step_node AS n". */
#define TABLE_STEP "s."
#define TABLE_MADE "s."
#define TABLE_SUM "n."
#define TABLE_MAX "n."
#define TABLE_MIN "n."
#define TABLE_FIRST "n."
#define TABLE_PEAK "n."
#define TABLE_WORST "n."
#define TABLE_INPUT "n."
#define TABLE_UNION "n."
#define OF_NODE(column, kind, member, known, rule, ...) ", " FROM_##kind(TABLE_##rule, column)
const char store_node_sql[] = "s.id" STEP_COLUMNS(OF_NODE) IS_EXPECTED;

void step_read(struct db_stmt *stmt, struct step *ret_step)
{
	struct step step;

	step.id = db_column_int(stmt);
	for (int i = 0; i < COL_COUNT; i++) {
		char *member = (char *)&step + step_columns[i].step_offset;
		const char *text;
		int64_t number;
		int word;

		switch (step_columns[i].kind) {
		case COLUMN_NUMBER:
		case COLUMN_BYTES:
		case COLUMN_DURATION:
		case COLUMN_TIME:
			number = db_column_int(stmt);
			memcpy(member, &number, sizeof(number));
			break;
		case COLUMN_WORD:
			word = db_column_enum(stmt, STEP_STATE_COUNT);
			memcpy(member, &word, sizeof(word));
			break;
		case COLUMN_NAME:
		case COLUMN_TEXT:
		case COLUMN_ATTRS:
			text = db_column_text(stmt);
			memcpy(member, &text, sizeof(text));
			break;
		}
	}
	step.is_expected = db_column_int(stmt) == 1;
	if (step.array_task_id == -1)
		step.array_task_id = JO_MISSING;
	*ret_step = step;
}

void store_selection_init(struct store_selection *selection)
{
	*selection = (struct store_selection){
		.end_from_unix_us = JO_MISSING,
		.end_to_unix_us = JO_MISSING,
		.start_from_unix_us = JO_MISSING,
		.start_to_unix_us = JO_MISSING,
		.active_from_unix_us = JO_MISSING,
		.active_to_unix_us = JO_MISSING,
		.id = JO_MISSING,
		.group_id = JO_MISSING,
		.limit = JO_MISSING,
	};
}

static void add_json_int(struct strbuf *list, int64_t value, const char *end)
{
	if (value == JO_MISSING)
		strbuf_addf(list, "null%s", end);
	else
		strbuf_addf(list, "%lld%s", (long long)value, end);
}

/* A job's number may be its own, its array's or its heterogeneous leader's: one index each. */
#define JOB_BY(column)                                                                             \
	"SELECT j.id FROM json_each(?) AS l CROSS JOIN step AS j ON j." column                     \
	" = json_extract(l.value, '$[0]')"                                                         \
	" WHERE coalesce(json_extract(l.value, '$[1]') = j.array_task_id, 1)"                      \
	" AND coalesce(json_extract(l.value, '$[2]') = j.het_job_offset, json_extract(l.value,"    \
	" '$[2]') IS NULL) AND coalesce(json_extract(l.value, '$[3]') = j.step_id, 1)"
static const char jobs_sql[] = " AND s.id IN (" JOB_BY("job_id") " UNION ALL " JOB_BY(
	"array_job_id") " UNION ALL " JOB_BY("het_job_id") ")";

static void query_jobs(struct query *query, const struct store_job *jobs, size_t count)
{
	struct strbuf list;

	if (count == 0)
		return;
	strbuf_init(&list);
	for (size_t i = 0; i < count; i++) {
		strbuf_adds(&list, i == 0 ? "[[" : ", [");
		add_json_int(&list, jobs[i].job_id, ", ");
		add_json_int(&list, jobs[i].array_task_id, ", ");
		add_json_int(&list, jobs[i].het_job_offset, ", ");
		add_json_int(&list, jobs[i].step_id, "]");
	}
	strbuf_adds(&list, "]");
	query_list(query, jobs_sql, &list);
	query_again(query);
	query_again(query);
}

/* Ran at any moment from FROM on: what never told an end counts where it began, unless it still
 * runs. */
#define ACTIVE_FROM                                                                                \
	" AND (s.end_unix_us >= ? OR (s.end_unix_us IS NULL AND (s.state = 1 OR s.start_unix_us "  \
	">= "                                                                                      \
	"?)))"

/* Whether it is what runs, and nothing else. */
static bool wants_running(const struct store_selection *selection)
{
	return selection->state_mask == 1U << STEP_STATE_RUNNING && !selection->want_unjudged;
}

int query_steps(struct query *query, struct store *store, const struct store_selection *selection,
		struct jo_err *err)
{
#define IDS "(SELECT value FROM json_each(?))"
	const struct {
		const char *condition;
		const struct store_words *words;
	} names[] = {
		{" AND s.cluster_id IN " IDS, &selection->clusters},
		{" AND s.user_id IN " IDS, &selection->users},
		{" AND s.account_id IN " IDS, &selection->accounts},
		{" AND s.partition_id IN " IDS, &selection->partitions},
		{" AND s.qos_id IN " IDS, &selection->qos},
		{" AND s.class_id IN " IDS, &selection->classes},
		{" AND s.program_id IN " IDS, &selection->programs},
	};
	int rc;

	query_int(query, " AND s.id = ?", selection->id);
	query_int(query, " AND s.group_id = ?", selection->group_id);
	query_int(query, " AND s.end_unix_us >= ?", selection->end_from_unix_us);
	query_int(query, " AND s.end_unix_us < ?", selection->end_to_unix_us);
	query_int(query, " AND s.start_unix_us >= ?", selection->start_from_unix_us);
	query_int(query, " AND s.start_unix_us < ?", selection->start_to_unix_us);
	query_int(query, " AND s.start_unix_us < ?", selection->active_to_unix_us);
	if (selection->active_from_unix_us != JO_MISSING) {
		query_int(query, ACTIVE_FROM, selection->active_from_unix_us);
		query_again(query);
	}
	if (wants_running(selection))
		strbuf_adds(&query->sql, " AND s.state = 1"); /* as the index has it */
	else
		query_mask(query, "s.state", selection->state_mask);
	if (selection->want_unjudged)
		strbuf_adds(&query->sql,
			    " AND s.judged_unix_us IS NULL AND s.end_unix_us IS NOT NULL");
	query_jobs(query, selection->jobs, selection->job_count);
	query_texts(query, " AND s.job_name IN " IDS, &selection->job_names);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		rc = query_names(query, store, names[i].condition, names[i].words, err);
		if (rc < 0)
			return rc;
	}
	rc = query_names(query, store, " AND (s.node_id IN " IDS, &selection->nodes, err);
	if (rc < 0 || selection->nodes.count == 0)
		return rc;
	return query_names(query, store,
			   " OR s.id IN (SELECT step FROM step_node WHERE node_id IN " IDS "))",
			   &selection->nodes, err);
#undef IDS
}

/*
 * Where every step has ended the order must not speak of those that have not:
 * only then does SQLite read the steps by an index, and not sort them all.
 */
static const struct {
	const char *any, *ended;
} order_sql[] = {
	[STORE_BY_END] = {" ORDER BY s.end_unix_us IS NULL, s.end_unix_us, s.start_unix_us, s.id",
			  " ORDER BY s.end_unix_us, s.start_unix_us, s.id"},
	[STORE_BY_END_NEWEST] = {" ORDER BY s.end_unix_us IS NULL DESC, s.end_unix_us DESC,"
				 " s.start_unix_us DESC, s.id DESC",
				 " ORDER BY s.end_unix_us DESC, s.start_unix_us DESC, s.id DESC"},
	[STORE_BY_GROUP] = {" ORDER BY s.group_id, s.end_unix_us, s.id",
			    " ORDER BY s.group_id, s.end_unix_us, s.id"},
	[STORE_BY_JOB] = {" ORDER BY s.job_id, s.cluster_id, s.array_task_id, s.restart_count,"
			  " s.start_unix_us, s.step_id",
			  " ORDER BY s.job_id, s.cluster_id, s.array_task_id, s.restart_count,"
			  " s.start_unix_us, s.step_id"},
};

void query_order(struct query *query, const struct store_selection *selection, const char *then)
{
	bool has_end = selection->end_from_unix_us != JO_MISSING ||
		       selection->end_to_unix_us != JO_MISSING;

	strbuf_addf(&query->sql, "%s%s",
		    has_end ? order_sql[selection->order].ended : order_sql[selection->order].any,
		    then);
	query_int(query, " LIMIT ?", selection->limit);
}

/* ---- steps ---- */

/*
 * Left to itself SQLite reads all steps that ever ended for those that were not
 * judged, or have not ended, which are few: it has no figures on how many the
 * partial indexes hold.
 */
static const char *index_sql(const struct store_selection *selection)
{
	if (selection->want_unjudged)
		return " INDEXED BY step_unjudged";
	return wants_running(selection) ? " INDEXED BY step_running" : "";
}

int store_steps_open(struct store *store, const struct store_selection *selection,
		     struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct query query;
	int rc;

	query_init(&query);
	strbuf_addf(&query.sql, "SELECT %s FROM step AS s%s WHERE 1", store_step_sql,
		    index_sql(selection));
	rc = query_steps(&query, store, selection, err);
	if (rc == 0) {
		query_order(&query, selection, "");
		rc = query_open(&query, store, CURSOR_STEPS, ret_cursor, err);
	}
	query_release(&query);
	return rc;
}

int store_steps_next(struct store_cursor *cursor, struct step *ret_step, struct jo_err *err)
{
	int rc = cursor_step(cursor, CURSOR_STEPS, err);
	struct step step;

	if (rc <= 0)
		return rc;
	step_read(&cursor->stmt, &step);
	rc = db_row_check(&cursor->stmt, err);
	if (rc < 0)
		return rc;
	*ret_step = step;
	return 1;
}

int store_unjudged_oldest(struct store *store, int64_t *ret_end_unix_us, struct jo_err *err)
{
	struct db_stmt *stmt;
	int64_t end_unix_us;
	int rc = store_use(store, STMT_UNJUDGED_OLDEST, &stmt, err);

	if (rc == 0)
		rc = db_step(stmt, err);
	if (rc <= 0)
		return rc;
	end_unix_us = db_column_int(stmt);
	db_reset(stmt);
	if (end_unix_us == JO_MISSING)
		return 0;
	*ret_end_unix_us = end_unix_us;
	return 1;
}

int store_steps_count(struct store *store, const struct store_selection *selection,
		      int64_t *ret_count, struct jo_err *err)
{
	struct store_cursor *cursor = NULL;
	struct query query;
	int rc;

	query_init(&query);
	strbuf_addf(&query.sql, "SELECT count(*) FROM step AS s%s WHERE 1", index_sql(selection));
	rc = query_steps(&query, store, selection, err);
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_STEPS, &cursor, err);
	if (rc == 0)
		rc = cursor_step(cursor, CURSOR_STEPS, err);
	if (rc > 0)
		*ret_count = db_column_int(&cursor->stmt);
	store_cursor_close(cursor);
	query_release(&query);
	return rc < 0 ? rc : 0;
}

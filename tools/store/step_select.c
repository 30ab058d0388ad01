/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conditions that a selection means, and reading what they find. */
#include "step_select.h"

#include <string.h>

#include "step/columns.h"
#include "joboutliers/record.h"
#include "name_text.h"
#include "util/strbuf.h"
#include "verdict_pack.h"
#include "waiting.h"

/* What a struct step is read from, in the order of step_columns. */
#define FROM_COLUMN(table, column) table #column
#define FROM_NAME FROM_COLUMN
#define FROM_NUMBER FROM_COLUMN
#define FROM_BYTES FROM_COLUMN
#define FROM_DURATION FROM_COLUMN
#define FROM_TIME FROM_COLUMN
#define FROM_WORD(type) FROM_COLUMN
#define FROM_TEXT FROM_COLUMN
#define FROM_ATTRS FROM_COLUMN
#define IS_EXPECTED ", EXISTS (SELECT 1 FROM expected WHERE step = s.id)"
#define OF_STEP(column, kind, ...) ", " FROM_##kind("s.", column)
#define TEXT_OF_STEP(column, kind, ...) [COL_##column] = OF_STEP(column, kind),
const char store_step_sql[] = "s.id" STEP_COLUMNS(OF_STEP) IS_EXPECTED;

/* The columns of one node: what belongs to the node comes from "step_node AS n". */
#define TABLE_STEP "s."
#define TABLE_MADE "s."
#define TABLE_SUM "n."
#define TABLE_MAX "n."
#define TABLE_MIN "n."
#define TABLE_FIRST "n."
#define TABLE_KNOWN "n."
#define TABLE_TOTAL "n."
#define TABLE_PEAK "n."
#define TABLE_WORST "n."
#define TABLE_INPUT "n."
#define TABLE_UNION "n."
#define OF_NODE(column, kind, member, known, rule, ...) ", " FROM_##kind(TABLE_##rule, column)
const char store_node_sql[] = "s.id" STEP_COLUMNS(OF_NODE) IS_EXPECTED;

void query_columns(struct query *query, const struct store_columns *columns)
{
	static const char *const texts[COL_COUNT] = {STEP_COLUMNS(TEXT_OF_STEP)};

	if (columns == NULL) {
		strbuf_adds(&query->sql, store_step_sql);
		return;
	}
	strbuf_adds(&query->sql, "s.id");
	for (size_t i = 0; i < columns->count; i++)
		strbuf_adds(&query->sql, texts[columns->list[i]]);
	strbuf_adds(&query->sql, IS_EXPECTED);
}

/* A step of which nothing is known. */
#define NONE_NAME ""
#define NONE_NUMBER JO_MISSING
#define NONE_BYTES JO_MISSING
#define NONE_DURATION JO_MISSING
#define NONE_TIME JO_MISSING
#define NONE_WORD(type) (enum type)0
#define NONE_TEXT ""
#define NONE_ATTRS ""
#define NONE(column, kind, member, ...) .member = NONE_##kind,
static const struct step no_step = {STEP_COLUMNS(NONE)};

static int read_column(struct store *store, struct db_stmt *stmt, enum step_column_index column,
		       struct step *step, struct jo_err *err)
{
	char *member = (char *)step + step_columns[column].step_offset;
	const char *text;
	int64_t number;
	int word, rc;

	switch (step_columns[column].kind) {
	case COLUMN_NUMBER:
	case COLUMN_BYTES:
		number = db_column_int(stmt);
		memcpy(member, &number, sizeof(number));
		break;
	case COLUMN_DURATION:
	case COLUMN_TIME:
		number = db_column_us(stmt);
		memcpy(member, &number, sizeof(number));
		break;
	case COLUMN_WORD:
		word = db_column_enum(stmt, STEP_STATE_COUNT);
		memcpy(member, &word, sizeof(word));
		break;
	case COLUMN_NAME:
		rc = name_text(store, db_column_int(stmt), &text, err);
		if (rc < 0)
			return rc;
		memcpy(member, &text, sizeof(text));
		break;
	case COLUMN_TEXT:
	case COLUMN_ATTRS:
		text = db_column_text(stmt);
		memcpy(member, &text, sizeof(text));
		break;
	}
	return 0;
}

int step_read(struct store *store, struct db_stmt *stmt, const struct store_columns *columns,
	      struct step *ret_step, struct jo_err *err)
{
	size_t count = columns != NULL ? columns->count : COL_COUNT;
	struct step step = no_step;
	int rc = 0;

	step.id = db_column_int(stmt);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = read_column(store, stmt,
				 columns != NULL ? columns->list[i] : (enum step_column_index)i,
				 &step, err);
	if (rc < 0)
		return rc;
	step.is_expected = db_column_int(stmt) == 1;
	if (step.node_seen_count == 1)
		step.mem_peak_sum_bytes = step.mem_peak_bytes;
	if (step.array_task_id == -1)
		step.array_task_id = JO_MISSING;
	rc = db_row_check(stmt, err);
	if (rc == 0)
		*ret_step = step;
	return rc;
}

static void add_json_int(struct strbuf *list, int64_t value, const char *end)
{
	if (value == JO_MISSING)
		strbuf_addf(list, "null%s", end);
	else
		strbuf_addf(list, "%lld%s", (long long)value, end);
}

/* A job's number may be its own, its array's or its heterogeneous leader's: one index each. */
/* clang-format off */
#define JOB_BY(column)                                                                             \
	"SELECT * FROM (SELECT step.id FROM " DB_LIST_ROWS " " DB_EACH_STEP(                       \
		"step." column " = " DB_LIST_CELL(0)                                               \
		" AND coalesce(" DB_LIST_CELL(1) " = step.array_task_id, true)"                    \
		" AND coalesce(" DB_LIST_CELL(2) " = step.het_job_offset, "                        \
		DB_LIST_CELL(2) " IS NULL)"                                                        \
		" AND coalesce(" DB_LIST_CELL(3) " = step.step_id, true)") ") AS j"
static const char jobs_sql[] = " AND s.id " DB_IN_FEW(JOB_BY("job_id") " UNION ALL "
	JOB_BY("array_job_id") " UNION ALL " JOB_BY("het_job_id"));
/* clang-format on */

static void query_jobs(struct query *query, const struct store_job *jobs, size_t count)
{
	struct strbuf list;

	if (count == 0)
		return;
	strbuf_init(&list);
	for (size_t i = 0; i < count; i++) {
		db_list_next(&list);
		strbuf_addc(&list, '[');
		add_json_int(&list, jobs[i].job_id, ", ");
		add_json_int(&list, jobs[i].array_task_id, ", ");
		add_json_int(&list, jobs[i].het_job_offset, ", ");
		add_json_int(&list, jobs[i].step_id, "]");
	}
	db_list_end(&list);
	query_list(query, jobs_sql, &list);
	query_again(query);
	query_again(query);
}

/* When the newest life of the step's job began: NULL, unless its number came again. */
#define NEWEST_BEGAN                                                                               \
	"(SELECT min(n.start_unix_us) FROM step AS n WHERE n.job_id = s.job_id"                    \
	" AND n.cluster_id = s.cluster_id AND n.array_task_id = s.array_task_id AND n.life = 0"    \
	" AND EXISTS (SELECT 1 FROM step AS o WHERE o.job_id = n.job_id"                           \
	" AND o.cluster_id = n.cluster_id AND o.array_task_id = n.array_task_id"                   \
	" AND o.restart_count = n.restart_count AND o.step_id = n.step_id AND o.life > 0))"

/* Ran at any moment from FROM on: what never told an end counts where it began, unless it still
 * runs. */
#define ENDED_FROM "s.end_unix_us >= ?"
#define UNENDED_FROM "s.end_unix_us IS NULL AND (s.state = 1 OR s.start_unix_us >= ?)"

static void query_active(struct query *query, const struct store_selection *selection)
{
	int64_t from_unix_us = selection->active_from_unix_us;

	if (selection->ending == STORE_UNENDED && from_unix_us != JO_MISSING) {
		query_int(query, " AND " UNENDED_FROM, from_unix_us);
	} else if (selection->ending == STORE_UNENDED) {
		strbuf_adds(&query->sql, " AND s.end_unix_us IS NULL");
	} else if (selection->ending == STORE_ENDED && from_unix_us != JO_MISSING) {
		query_int(query, " AND " ENDED_FROM, from_unix_us);
	} else if (selection->ending == STORE_ENDED) {
		strbuf_adds(&query->sql, " AND s.end_unix_us IS NOT NULL");
	} else if (from_unix_us != JO_MISSING) {
		query_int(query, " AND (" ENDED_FROM " OR (" UNENDED_FROM "))", from_unix_us);
		query_again(query);
	}
}

/* What is of one of these names is of a group of that name, or of one that is not made by it: ended
 * steps are told apart by the index of ends, before any of them is read. */
static int query_groups(struct query *query, struct store *store,
			const struct store_selection *selection, struct jo_err *err)
{
#define GROUP_HAS(column)                                                                          \
	" AND s.group_id IN (SELECT id FROM step_group WHERE " column " = 0 OR " column            \
	" IN " DB_LIST ")"
	const struct {
		const char *condition;
		const struct store_words *words;
	} names[] = {
		{GROUP_HAS("cluster_id"), &selection->clusters},
		{GROUP_HAS("user_id"), &selection->users},
		{GROUP_HAS("account_id"), &selection->accounts},
		{GROUP_HAS("partition_id"), &selection->partitions},
		{GROUP_HAS("qos_id"), &selection->qos},
		{GROUP_HAS("class_id"), &selection->classes},
		{GROUP_HAS("program_id"), &selection->programs},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		rc = query_names(query, store, names[i].condition, names[i].words, err);
	return rc;
}

bool query_wants_running(const struct store_selection *selection)
{
	return selection->state_mask == 1U << STEP_STATE_RUNNING && !selection->want_unjudged;
}

int query_steps(struct query *query, struct store *store, const struct store_selection *selection,
		struct jo_err *err)
{
	const struct {
		const char *condition;
		const struct store_words *words;
	} names[] = {
		{" AND s.cluster_id IN " DB_LIST, &selection->clusters},
		{" AND s.user_id IN " DB_LIST, &selection->users},
		{" AND s.account_id IN " DB_LIST, &selection->accounts},
		{" AND s.partition_id IN " DB_LIST, &selection->partitions},
		{" AND s.qos_id IN " DB_LIST, &selection->qos},
		{" AND s.class_id IN " DB_LIST, &selection->classes},
		{" AND s.program_id IN " DB_LIST, &selection->programs},
	};
	int rc;

	query_int(query, " AND s.id = ?", selection->id);
	query_int(query, " AND s.group_id = ?", selection->group_id);
	query_int(query, " AND s.end_unix_us >= ?", selection->end_from_unix_us);
	query_int(query, " AND s.end_unix_us < ?", selection->end_to_unix_us);
	query_int(query, " AND s.start_unix_us >= ?", selection->start_from_unix_us);
	query_int(query, " AND s.start_unix_us < ?", selection->start_to_unix_us);
	query_int(query, " AND s.start_unix_us < ?", selection->active_to_unix_us);
	query_active(query, selection);
	if (query_wants_running(selection))
		strbuf_adds(&query->sql, " AND s.state = 1"); /* as the index has it */
	else
		query_mask(query, "s.state", selection->state_mask);
	if (selection->want_newest)
		strbuf_adds(&query->sql,
			    " AND coalesce(s.start_unix_us >= " NEWEST_BEGAN ", true)");
	if (selection->want_profiled)
		strbuf_adds(&query->sql, " AND s.profile_samples IS NOT NULL");
	if (selection->want_unhigh)
		strbuf_addf(&query->sql,
			    " AND NOT EXISTS (SELECT 1 FROM verdict WHERE step = s.id"
			    " AND (kinds & %d) <> 0)",
			    VERDICT_KIND_HIGH);
	if (selection->want_unjudged)
		strbuf_adds(&query->sql, " AND " WAITING_HAS_STEP);
	if (selection->want_history)
		strbuf_adds(&query->sql, " AND " WAITING_IS_PAST);
	if (selection->want_unexported)
		strbuf_adds(&query->sql,
			    " AND s.end_unix_us IS NOT NULL AND NOT " WAITING_HAS_STEP
			    " AND NOT EXISTS (SELECT 1 FROM exported WHERE step = s.id)");
	query_int(query, " AND (s.trace_id IS NULL OR s.end_unix_us < ?",
		  selection->trace_any_unix_us);
	query_int(query, " OR NOT " QUERY_TRACE_IS_BUSY("s.trace_id") ")",
		  selection->trace_quiet_unix_us);
	query_jobs(query, selection->jobs, selection->job_count);
	query_texts(query, " AND s.job_name IN " DB_TEXT_LIST, &selection->job_names);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		rc = query_names(query, store, names[i].condition, names[i].words, err);
		if (rc < 0)
			return rc;
	}
	if (selection->ending == STORE_ENDED) {
		rc = query_groups(query, store, selection, err);
		if (rc < 0)
			return rc;
	}
	rc = query_names(query, store, " AND (s.node_id IN " DB_LIST, &selection->nodes, err);
	if (rc < 0 || selection->nodes.count == 0)
		return rc;
	return query_names(query, store,
			   " OR s.id IN (SELECT step FROM step_node WHERE node_id IN " DB_LIST "))",
			   &selection->nodes, err);
}

#define BY_JOB                                                                                     \
	"s.job_id, s.cluster_id, s.array_task_id,"                                                 \
	" coalesce(s.start_unix_us < " NEWEST_BEGAN                                                \
	", false), s.restart_count, s.start_unix_us" DB_ASC ", s.step_id"

/*
 * Steps of one start have ids in the order of their numbers.
 * Where every step has ended the order must not speak of those that have not:
 * only then does SQLite read the steps by an index, and not sort them all.
 */
static const struct {
	const char *any, *ended;
} order_sql[] = {
	[STORE_BY_END] = {"s.end_unix_us IS NULL, s.end_unix_us, s.start_unix_us" DB_ASC ", s.id",
			  "s.end_unix_us, s.start_unix_us" DB_ASC ", s.id"},
	[STORE_BY_END_NEWEST] = {"s.end_unix_us IS NULL DESC, s.end_unix_us DESC,"
				 " s.start_unix_us" DB_DESC ", s.id DESC",
				 "s.end_unix_us DESC, s.start_unix_us" DB_DESC ", s.id DESC"},
	[STORE_BY_GROUP] = {"s.group_id, s.end_unix_us" DB_ASC ", " DB_STEP_NUMBER_OF_S,
			    "s.group_id, s.end_unix_us, " DB_STEP_NUMBER_OF_S},
	[STORE_BY_JOB] = {BY_JOB, BY_JOB},
};

void query_order(struct query *query, const struct store_selection *selection, const char *night)
{
	bool has_end = night != NULL || selection->ending == STORE_ENDED ||
		       selection->end_from_unix_us != JO_MISSING ||
		       selection->end_to_unix_us != JO_MISSING;

	strbuf_adds(&query->sql, " ORDER BY ");
	if (night != NULL && selection->order <= STORE_BY_END_NEWEST)
		strbuf_addf(&query->sql, "%s%s, ", night,
			    selection->order == STORE_BY_END ? "" : " DESC");
	strbuf_adds(&query->sql,
		    has_end ? order_sql[selection->order].ended : order_sql[selection->order].any);
	query_int(query, " LIMIT ?", selection->limit);
}

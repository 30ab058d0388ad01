/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups with their names. */
#include "group_list.h"

#include "cursor_kinds.h"
#include "joboutliers/record.h"
#include "query.h"

void store_group_selection_init(struct store_group_selection *selection)
{
	*selection = (struct store_group_selection){
		.id = JO_MISSING,
		.end_from_unix_us = JO_MISSING,
		.end_to_unix_us = JO_MISSING,
	};
}

#define NAME(column) "(SELECT text FROM name WHERE id = g." #column ")"
/* Neither the scripts, nor groups whose steps turned out to be such. */
/* clang-format off */
static const char groups_sql[] =
	"SELECT g.id, " NAME(cluster_id) ", " NAME(partition_id) ", " NAME(user_id) ", "
	NAME(class_id) ", g.class_is_declared, " NAME(program_id) ", " NAME(account_id) ", "
	NAME(qos_id) ", g.change_count, g.newest_end_unix_us FROM step_group AS g"
	" WHERE g.class_is_declared < 2"
	" AND (EXISTS (SELECT 1 FROM step WHERE group_id = g.id AND end_unix_us IS NOT NULL)"
	"  OR EXISTS (SELECT 1 FROM step WHERE group_id = g.id AND state = 1))";
/* clang-format on */

int store_groups_open(struct store *store, const struct store_group_selection *selection,
		      struct store_cursor **ret_cursor, struct jo_err *err)
{
	const struct {
		const char *condition;
		const struct store_words *words;
	} names[] = {
		{" AND g.cluster_id IN " DB_LIST, &selection->clusters},
		{" AND g.partition_id IN " DB_LIST, &selection->partitions},
		{" AND g.user_id IN " DB_LIST, &selection->users},
		{" AND g.class_id IN " DB_LIST, &selection->classes},
	};
	struct query query;
	int rc = 0;

	query_init(&query);
	strbuf_adds(&query.sql, groups_sql);
	query_int(&query, " AND g.id = ?", selection->id);
	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		rc = query_names(&query, store, names[i].condition, names[i].words, err);
	if (selection->want_unjudged) {
		strbuf_adds(&query.sql,
			    " AND EXISTS (SELECT 1 FROM waiting AS w WHERE w.group_id = g.id");
		query_int(&query, " AND w.end_unix_us >= ?", selection->end_from_unix_us);
		query_int(&query, " AND w.end_unix_us < ?", selection->end_to_unix_us);
		strbuf_adds(&query.sql, ")");
	}
	strbuf_adds(&query.sql, " ORDER BY g.id");
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_GROUPS, ret_cursor, err);
	query_release(&query);
	return rc;
}

int store_groups_next(struct store_cursor *cursor, struct store_group *ret_group,
		      struct jo_err *err)
{
	struct db_stmt *stmt = &cursor->stmt;
	int rc = cursor_step(cursor, CURSOR_GROUPS, err);
	struct store_group group;

	if (rc <= 0)
		return rc;
	group.id = db_column_int(stmt);
	group.cluster = db_column_text(stmt);
	group.partition = db_column_text(stmt);
	group.user = db_column_text(stmt);
	group.class_name = db_column_text(stmt);
	group.class_is_declared = db_column_int(stmt) == 1;
	group.program = db_column_text(stmt);
	group.account = db_column_text(stmt);
	group.qos = db_column_text(stmt);
	group.change_count = db_column_int(stmt);
	group.newest_end_unix_us = db_column_us(stmt);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_group = group;
	return 1;
}

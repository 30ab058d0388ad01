/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which group a step is in, that a group changed, and the list of groups. */
#include "step_select.h"

#define RULE_SQL "SELECT value FROM setting WHERE key = 'group_by'"

/* value of an entry of store.touched */
enum { TOUCH_COUNT, TOUCH_END };

int group_load_rule(struct store *store, struct jo_err *err)
{
	int64_t group_by = JO_MISSING;
	int rc = db_query_int(store, RULE_SQL, &group_by, err);

	if (rc == 0)
		store->group_by = group_by == JO_MISSING ? STORE_GROUP_DEFAULT : (unsigned)group_by;
	return rc;
}

/* The columns of step_group that make it the one and only, in the order of its index. */
static void make_key(const struct store *store, const struct row *step, int64_t *key)
{
	unsigned group_by = store->group_by;
	bool is_declared = step->cells[COL_class_is_declared].number == 1 &&
			   step->cells[COL_class_id].number != 0 &&
			   (group_by & STORE_GROUP_CLASS) != 0;
	const struct {
		int column;
		bool is_wanted;
	} parts[] = {
		{COL_class_id, (group_by & STORE_GROUP_CLASS) != 0},
		{COL_user_id, (group_by & STORE_GROUP_USER) != 0 && !is_declared},
		{COL_partition_id, (group_by & STORE_GROUP_PARTITION) != 0},
		{COL_cluster_id, (group_by & STORE_GROUP_CLUSTER) != 0},
		{COL_account_id, (group_by & STORE_GROUP_ACCOUNT) != 0},
		{COL_qos_id, (group_by & STORE_GROUP_QOS) != 0},
		{COL_class_is_declared, is_declared},
		{COL_program_id, (group_by & STORE_GROUP_PROGRAM) != 0},
	};

	for (size_t i = 0; i < KEYMAP_KEY_MAX; i++)
		key[i] = parts[i].is_wanted ? step->cells[parts[i].column].number : 0;
}

static int find_or_add(struct store *store, const int64_t *key, int64_t *ret_id, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_GROUP_ID, &stmt, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < KEYMAP_KEY_MAX; i++)
		db_bind_int(stmt, key[i]);
	rc = db_step(stmt, err);
	if (rc > 0)
		*ret_id = db_column_int(stmt);
	db_reset(stmt);
	if (rc != 0)
		return rc < 0 ? rc : 0;

	rc = store_use(store, STMT_GROUP_ADD, &stmt, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < KEYMAP_KEY_MAX; i++)
		db_bind_int(stmt, key[i]);
	rc = db_run(stmt, err);
	if (rc == 0)
		*ret_id = sqlite3_last_insert_rowid(store->db);
	return rc;
}

int group_id(struct store *store, const struct row *step, int64_t *ret_id, struct jo_err *err)
{
	int64_t key[KEYMAP_KEY_MAX];
	int64_t *known;
	int64_t id = JO_MISSING;
	int rc;

	make_key(store, step, key);
	known = keymap_get(&store->groups, key);
	if (known != NULL) {
		*ret_id = *known;
		return 0;
	}
	rc = find_or_add(store, key, &id, err);
	if (rc < 0)
		return rc;
	*keymap_put(&store->groups, key) = id;
	*ret_id = id;
	return 0;
}

void group_touch(struct store *store, int64_t id, int64_t end_unix_us)
{
	int64_t *value = keymap_put(&store->touched, &id);

	if (value[TOUCH_COUNT]++ == 0 || end_unix_us > value[TOUCH_END])
		value[TOUCH_END] = end_unix_us;
}

int group_flush(struct store *store, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	for (size_t i = 0; i < store->touched.slots; i++) {
		const struct keymap_entry *entry = &store->touched.entries[i];

		if (!entry->is_used)
			continue;
		rc = store_use(store, STMT_GROUP_TOUCH, &stmt, err);
		if (rc < 0)
			return rc;
		db_bind_int(stmt, entry->value[TOUCH_COUNT]);
		db_bind_int(stmt, entry->value[TOUCH_END]);
		db_bind_int(stmt, entry->key[0]);
		rc = db_run(stmt, err);
		if (rc < 0)
			return rc;
	}
	keymap_clear(&store->touched);
	return 0;
}

/* ---- another rule ---- */

/* One after the other, by id, so that it needs no memory to speak of. */
static int regroup(struct store *store, struct jo_err *err)
{
	struct db_stmt read = {0}, write = {0};
	struct row row;
	int64_t id;
	int rc;

	rc = db_prepare(store,
			"SELECT id, group_id, cluster_id, user_id, account_id, partition_id,"
			" qos_id, class_id, class_is_declared, program_id, end_unix_us"
			" FROM step WHERE id > ? ORDER BY id LIMIT 1",
			true, &read, err);
	if (rc == 0)
		rc = db_prepare(store, "UPDATE step SET group_id = ? WHERE id = ?", true, &write,
				err);
	for (row.id = 0; rc == 0;) {
		static const int columns[] = {
			COL_group_id,     COL_cluster_id,  COL_user_id,  COL_account_id,
			COL_partition_id, COL_qos_id,      COL_class_id, COL_class_is_declared,
			COL_program_id,   COL_end_unix_us,
		};

		db_reset(&read);
		db_bind_int(&read, row.id);
		rc = db_step(&read, err);
		if (rc <= 0)
			break;
		row.id = db_column_int(&read);
		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			row.cells[columns[i]].number = db_column_int(&read);
		rc = db_row_check(&read, err);
		if (rc == 0)
			rc = group_id(store, &row, &id, err);
		if (rc < 0)
			break;
		if (row.cells[COL_end_unix_us].number != JO_MISSING)
			group_touch(store, id, row.cells[COL_end_unix_us].number);
		db_reset(&write);
		db_bind_int(&write, id);
		db_bind_int(&write, row.id);
		rc = db_run(&write, err);
	}
	db_release(&read);
	db_release(&write);
	return rc;
}

int store_group_by(struct store *store, unsigned group_by, struct jo_err *err)
{
	struct db_stmt stmt = {0};
	int rc;

	if (group_by == store->group_by)
		return 0;
	rc = store_begin(store, err);
	if (rc < 0)
		return rc;
	rc = db_prepare(store, "INSERT OR REPLACE INTO setting VALUES ('group_by', ?)", false,
			&stmt, err);
	if (rc == 0) {
		db_bind_int(&stmt, (int64_t)group_by);
		rc = db_run(&stmt, err);
	}
	db_release(&stmt);
	if (rc == 0)
		rc = db_exec(store, "DELETE FROM model; DELETE FROM drift; DELETE FROM step_group;", err);
	store->group_by = group_by;
	if (rc == 0)
		rc = regroup(store, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0) {
		store_rollback(store);
		(void)group_load_rule(store, NULL);
	}
	return rc;
}

/* ---- the list ---- */

void store_group_selection_init(struct store_group_selection *selection)
{
	*selection = (struct store_group_selection){
		.id = JO_MISSING,
		.end_from_unix_us = JO_MISSING,
		.end_to_unix_us = JO_MISSING,
	};
}

#define NAME(column) "(SELECT text FROM name WHERE id = g." #column ")"
static const char groups_sql[] =
	"SELECT g.id, " NAME(cluster_id) ", " NAME(partition_id) ", " NAME(user_id) ", " NAME(class_id) ", g.class_is_declared, " NAME(
		program_id) ", " NAME(account_id) ", " NAME(qos_id) ", g.change_count, "
								    "g.newest_end_unix_us FROM "
								    "step_group AS g WHERE 1";

int store_groups_open(struct store *store, const struct store_group_selection *selection,
		      struct store_cursor **ret_cursor, struct jo_err *err)
{
#define IDS "(SELECT value FROM json_each(?))"
	const struct {
		const char *condition;
		const struct store_words *words;
	} names[] = {
		{" AND g.cluster_id IN " IDS, &selection->clusters},
		{" AND g.partition_id IN " IDS, &selection->partitions},
		{" AND g.user_id IN " IDS, &selection->users},
		{" AND g.class_id IN " IDS, &selection->classes},
	};
	struct query query;
	int rc = 0;
#undef IDS

	query_init(&query);
	strbuf_adds(&query.sql, groups_sql);
	query_int(&query, " AND g.id = ?", selection->id);
	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		rc = query_names(&query, store, names[i].condition, names[i].words, err);
	if (selection->want_unjudged) {
		strbuf_adds(&query.sql,
			    " AND EXISTS (SELECT 1 FROM step AS s INDEXED BY step_unjudged"
			    " WHERE s.group_id = g.id"
			    " AND s.judged_unix_us IS NULL AND s.end_unix_us IS NOT NULL");
		query_int(&query, " AND s.end_unix_us >= ?", selection->end_from_unix_us);
		query_int(&query, " AND s.end_unix_us < ?", selection->end_to_unix_us);
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
	group.newest_end_unix_us = db_column_int(stmt);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_group = group;
	return 1;
}

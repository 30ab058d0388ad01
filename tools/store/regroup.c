/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every step gets the group, and the class, that the new rule gives it. */
#include "regroup.h"

#include <errno.h>

#include "group.h"
#include "joboutliers/record.h"
#include "name.h"
#include "open_store.h"
#include "setting.h"
#include "transaction.h"

/* Make the class anew, unless it was declared, or nothing is known that it could be made of. */
static int make_class(struct store *store, struct db_stmt *read, struct row *row,
		      struct jo_err *err)
{
	char job_name[JO_NAME_SIZE], comment[JO_NAME_SIZE], program[JO_NAME_SIZE];
	struct class_facts facts = {job_name, program, comment, JO_STEP_BATCH};
	struct class_made made;

	jo_record_set_string(job_name, sizeof(job_name), db_column_text(read));
	jo_record_set_string(comment, sizeof(comment), db_column_text(read));
	jo_record_set_string(program, sizeof(program), db_column_text(read));
	facts.step_kind = (enum jo_step_kind)db_column_enum(read, JO_STEP_INTERACTIVE + 1);
	if (db_row_check(read, err) < 0)
		return -EBADMSG;
	if (row->cells[COL_class_is_declared].number == 1)
		return 0;
	class_name_make(store->class_names, &facts, &made);
	return made.name[0] == '\0'
		       ? 0
		       : name_id(store, made.name, &row->cells[COL_class_id].number, err);
}

/* One after the other, by id, so that it needs no memory to speak of. */
static int regroup(struct store *store, struct jo_err *err)
{
	struct db_stmt read = {0}, write = {0};
	struct row row;
	int64_t id, old_group_id, old_class_id;
	int rc;

	rc = db_prepare(
		store->db,
		"SELECT id, group_id, cluster_id, user_id, account_id, partition_id,"
		" qos_id, class_id, class_is_declared, program_id, end_unix_us, is_script,"
		" job_name, comment, (SELECT text FROM name WHERE id = program_id), step_kind"
		" FROM step WHERE id > ? ORDER BY id LIMIT 1",
		DB_KEPT, &read, err);
	if (rc == 0)
		rc = db_prepare(store->db,
				"UPDATE step SET group_id = ?, class_id = ? WHERE id = ?", DB_KEPT,
				&write, err);
	for (row.id = 0; rc == 0;) {
		static const int columns[] = {
			COL_group_id,     COL_cluster_id,  COL_user_id,   COL_account_id,
			COL_partition_id, COL_qos_id,      COL_class_id,  COL_class_is_declared,
			COL_program_id,   COL_end_unix_us, COL_is_script,
		};

		db_reset(&read);
		db_bind_int(&read, row.id);
		rc = db_step(&read, err);
		if (rc <= 0)
			break;
		id = db_column_int(&read);
		if (id <= row.id) {
			rc = jo_err_set(err, -EBADMSG,
					"database %s: damaged: steps are out of order; restore it "
					"from a backup",
					db_name(store->db));
			break;
		}
		row.id = id;
		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			row.cells[columns[i]].number = db_column_int(&read);
		old_group_id = row.cells[COL_group_id].number;
		old_class_id = row.cells[COL_class_id].number;
		rc = make_class(store, &read, &row, err);
		if (rc == 0)
			rc = group_id(store, &row, &id, err);
		if (rc < 0)
			break;
		if (id == old_group_id && row.cells[COL_class_id].number == old_class_id)
			continue;
		if (row.cells[COL_end_unix_us].number != JO_MISSING) {
			group_touch(store, id, row.cells[COL_end_unix_us].number);
			group_touch(store, old_group_id, row.cells[COL_end_unix_us].number);
		}
		db_reset(&write);
		db_bind_int(&write, id);
		db_bind_int(&write, row.cells[COL_class_id].number);
		db_bind_int(&write, row.id);
		rc = db_run(&write, err);
	}
	db_release(&read);
	db_release(&write);
	return rc;
}

/* Keep the rule, change what holds no longer, and follow it. */
static int change_rule(struct store *store, const char *key, int64_t value, const char *change_sql,
		       struct jo_err *err)
{
	int rc;

	rc = store_begin(store, err);
	if (rc < 0)
		return rc;
	rc = setting_put(store->db, key, value, err);
	if (rc == 0)
		rc = db_exec(store->db, change_sql, err);
	if (rc == 0)
		rc = group_load_rule(store, err);
	if (rc == 0)
		rc = regroup(store, err);
	if (rc == 0)
		rc = db_exec(store->db,
			     "UPDATE waiting SET group_id = (SELECT group_id FROM step"
			     " WHERE id = waiting.step)",
			     err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0) {
		store_rollback(store);
		(void)group_load_rule(store, NULL);
	}
	return rc;
}

/* Another number with each change, also with one that takes an earlier one back. */
#define COUNT_GROUPING                                                                             \
	"INSERT INTO setting (key, value) VALUES ('grouping', 1)"                                  \
	" ON CONFLICT (key) DO UPDATE SET value = setting.value + 1;"

int store_group_by(struct store *store, unsigned group_by, struct jo_err *err)
{
	if (group_by == store->group_by)
		return 0;
	return change_rule(store, "group_by", (int64_t)group_by,
			   COUNT_GROUPING
			   "DELETE FROM model; DELETE FROM drift; DELETE FROM step_group;",
			   err);
}

int store_class_names(struct store *store, enum class_names names, struct jo_err *err)
{
	if (names == store->class_names)
		return 0;
	return change_rule(store, "class_names", (int64_t)names, COUNT_GROUPING, err);
}

int store_grouping(struct store *store, int64_t *ret_grouping, struct jo_err *err)
{
	return setting_get(store->db, "grouping", ret_grouping, err);
}

int store_grouping_check(struct store *store, int64_t grouping, struct jo_err *err)
{
	int64_t now;
	int rc = store_grouping(store, &now, err);

	if (rc == 0 && now != grouping)
		rc = jo_err_set(err, -ESTALE,
				"%s: meanwhile another command grouped the steps anew, with "
				"another GroupBy or ClassNames; run it again",
				db_name(store->db));
	return rc;
}

enum class_names store_class_rule(const struct store *store)
{
	return store->class_names;
}

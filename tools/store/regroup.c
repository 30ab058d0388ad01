/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every step gets the group that the new rule puts it in. */
#include "regroup.h"

#include <errno.h>

#include "group.h"
#include "joboutliers/record.h"
#include "open_store.h"
#include "transaction.h"

/* One after the other, by id, so that it needs no memory to speak of. */
static int regroup(struct store *store, struct jo_err *err)
{
	struct db_stmt read = {0}, write = {0};
	struct row row;
	int64_t id;
	int rc;

	rc = db_prepare(store->db,
			"SELECT id, group_id, cluster_id, user_id, account_id, partition_id,"
			" qos_id, class_id, class_is_declared, program_id, end_unix_us"
			" FROM step WHERE id > ? ORDER BY id LIMIT 1",
			true, &read, err);
	if (rc == 0)
		rc = db_prepare(store->db, "UPDATE step SET group_id = ? WHERE id = ?", true,
				&write, err);
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
	rc = db_prepare(store->db, "INSERT OR REPLACE INTO setting VALUES ('group_by', ?)", false,
			&stmt, err);
	if (rc == 0) {
		db_bind_int(&stmt, (int64_t)group_by);
		rc = db_run(&stmt, err);
	}
	db_release(&stmt);
	if (rc == 0)
		rc = db_exec(store->db,
			     "DELETE FROM model; DELETE FROM drift; DELETE FROM step_group;", err);
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

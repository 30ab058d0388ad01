/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups are few and asked for with every step, so their ids are cached for a transaction. */
#include "group.h"

#include "group_rule.h"
#include "joboutliers/record.h"
#include "open_store.h"
#include "setting.h"
#include "statements.h"

/* class_is_declared of the one group of scripts; step/columns.h says what a script is. */
#define SCRIPTS 2

/* value of an entry of store.touched */
enum { TOUCH_COUNT, TOUCH_END };

int group_load_rule(struct store *store, struct jo_err *err)
{
	int64_t group_by = JO_MISSING, names = JO_MISSING;
	int rc = setting_get(store->db, "group_by", &group_by, err);

	if (rc == 0)
		rc = setting_get(store->db, "class_names", &names, err);
	if (rc == 0)
		store->class_names =
			names == CLASS_NAMES_FAMILY ? CLASS_NAMES_FAMILY : CLASS_NAMES_WHOLE;
	if (rc == 0)
		store->group_by = group_by == JO_MISSING ? STORE_GROUP_DEFAULT : (unsigned)group_by;
	return rc;
}

/* The columns of step_group that make it the one and only, in the order of its index. */
static void make_key(const struct store *store, const struct row *step, int64_t *key)
{
	bool is_script = step->cells[COL_is_script].number == 1;
	unsigned group_by = is_script ? 0 : store->group_by;
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
		{COL_class_is_declared, is_declared || is_script},
		{COL_program_id, (group_by & STORE_GROUP_PROGRAM) != 0},
	};

	for (size_t i = 0; i < KEYMAP_KEY_MAX; i++)
		key[i] = !parts[i].is_wanted ? 0
			 : is_script         ? SCRIPTS
					     : step->cells[parts[i].column].number;
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
	rc = db_insert(stmt, ret_id, err);
	return rc < 0 ? rc : 0;
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

void group_forget(struct store *store)
{
	keymap_clear(&store->groups);
	keymap_clear(&store->touched);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes in a row of their own. */
#include "fitted.h"

#include <string.h>

#include "open_store.h"
#include "statements.h"

/* The next column's bytes, in memory that outlives the statement. */
static const void *hold(struct arena_block **held, struct db_stmt *stmt, size_t *ret_size)
{
	const void *data = db_column_blob(stmt, ret_size);

	arena_reset(held);
	return memcpy(arena_alloc(held, *ret_size), data, *ret_size);
}

int store_model_get(struct store *store, int64_t group_id, enum metric metric,
		    struct store_model *ret_model, struct jo_err *err)
{
	struct store_model model = {.group_id = group_id, .metric = metric};
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_MODEL_GET, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, group_id);
	db_bind_int(stmt, (int64_t)metric);
	rc = db_step(stmt, err);
	if (rc <= 0)
		return rc;
	model.format_version = db_column_int(stmt);
	model.change_count = db_column_int(stmt);
	model.end_before_unix_us = db_column_us(stmt);
	model.obs_count = db_column_int(stmt);
	model.fitted_unix_us = db_column_us(stmt);
	model.data = hold(&store->held_model, stmt, &model.size);
	rc = db_row_check(stmt, err);
	db_reset(stmt);
	if (rc < 0)
		return rc;
	*ret_model = model;
	return 1;
}

int store_model_put(struct store *store, const struct store_model *model, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_MODEL_PUT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, model->group_id);
	db_bind_int(stmt, (int64_t)model->metric);
	db_bind_int(stmt, model->format_version);
	db_bind_int(stmt, model->change_count);
	db_bind_int(stmt, model->end_before_unix_us);
	db_bind_int(stmt, model->obs_count);
	db_bind_int(stmt, model->fitted_unix_us);
	db_bind_blob(stmt, model->data, model->size);
	return db_run(stmt, err);
}

int store_blob_get(struct store *store, const char *name, int64_t *ret_format_version,
		   const void **ret_data, size_t *ret_size, struct jo_err *err)
{
	struct db_stmt *stmt;
	int64_t version;
	const void *data;
	size_t size;
	int rc;

	rc = store_use(store, STMT_BLOB_GET, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_copy(stmt, name);
	rc = db_step(stmt, err);
	if (rc <= 0)
		return rc;
	version = db_column_int(stmt);
	data = hold(&store->held_blob, stmt, &size);
	rc = db_row_check(stmt, err);
	db_reset(stmt);
	if (rc < 0)
		return rc;
	*ret_format_version = version;
	*ret_data = data;
	*ret_size = size;
	return 1;
}

int store_blob_put(struct store *store, const char *name, int64_t format_version, const void *data,
		   size_t size, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_BLOB_PUT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, name);
	db_bind_int(stmt, format_version);
	db_bind_blob(stmt, data, size);
	return db_run(stmt, err);
}

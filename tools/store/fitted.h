/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fitted models and what else was learnt, as bytes whose meaning is others' business. */
#ifndef STORE_FITTED_H
#define STORE_FITTED_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "step/metric.h"

struct store;

/* A fitted model, as bytes that mean something to judge/ alone. */
struct store_model {
	int64_t group_id;
	enum metric metric;
	int64_t format_version; /* of the bytes and of the code that fitted them */
	/* What it was fitted on: the group at this change_count, steps that ended before the time.
	 */
	int64_t change_count;
	int64_t end_before_unix_us;
	int64_t obs_count;
	int64_t fitted_unix_us;
	const void *data;
	size_t size;
};

/* Returns 1 with *ret_model, whose data is good until the next call of this function; 0 for none.
 */
int store_model_get(struct store *store, int64_t group_id, enum metric metric,
		    struct store_model *ret_model, struct jo_err *err);

/* Replaces an earlier one of the same group and metric. */
int store_model_put(struct store *store, const struct store_model *model, struct jo_err *err);

/*
 * Bytes kept under a name (such as what was learnt of the whole site).  Returns
 * 1 and the bytes, good until the next call of this function, or 0 for none.
 */
int store_blob_get(struct store *store, const char *name, int64_t *ret_format_version,
		   const void **ret_data, size_t *ret_size, struct jo_err *err);

/* Replaces the bytes of the same name. */
int store_blob_put(struct store *store, const char *name, int64_t format_version, const void *data,
		   size_t size, struct jo_err *err);

#endif

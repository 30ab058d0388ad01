/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NULL costs nothing in a row, and nearly all measures are the default. */
#include "measure_column.h"

#include "joboutliers/record.h"

void measure_bind(struct db_stmt *stmt, enum metric metric, enum measure measure)
{
	db_bind_int(stmt, measure == measure_default(metric) ? JO_MISSING : (int64_t)measure);
}

enum measure measure_read(struct db_stmt *stmt, enum metric metric)
{
	int64_t number = db_column_int(stmt);

	return number >= 0 && number < MEASURE_COUNT ? (enum measure)number
						     : measure_default(metric);
}

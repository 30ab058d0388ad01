/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A measure in a column that is NULL for the metric's default.  Private to store/. */
#ifndef STORE_MEASURE_COLUMN_H
#define STORE_MEASURE_COLUMN_H

#include "driver.h"
#include "step/measure.h"

/* Bind the measure as the next value. */
void measure_bind(struct db_stmt *stmt, enum metric metric, enum measure measure);

/* Read the next column as a measure; what is none is the metric's default. */
enum measure measure_read(struct db_stmt *stmt, enum metric metric);

#endif

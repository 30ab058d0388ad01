/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether rows of two engines are the same, and a digest of them.  Private to store/. */
#ifndef STORE_TABLE_VALUES_H
#define STORE_TABLE_VALUES_H

#include <glib.h>
#include <stdbool.h>

#include "table_list.h"

/* Whether two rows of the table have the same types and values. */
bool table_values_are_same(const struct table *table, const struct db_value *a,
			   const struct db_value *b);

/* Add a row to the digest. */
void table_values_add(const struct table *table, const struct db_value *row, GChecksum *sum);

#endif

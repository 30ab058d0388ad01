/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables with a header whose columns have known names, as programs write them: no quotes, one
 * separator.  Private to intake/. */
#ifndef INTAKE_TAB_TABLE_H
#define INTAKE_TAB_TABLE_H

#include <stddef.h>

#include "joboutliers/err.h"

#define TAB_TABLE_NAMES_MAX 32    /* columns that a format knows */
#define TAB_TABLE_COLUMNS_MAX 256 /* that a file has; more are no table of these */

struct tab_table {
	size_t column_count;
	int at[TAB_TABLE_NAMES_MAX]; /* by the format's names: its column, or -1 */
	size_t name_count;
};

/*
 * Find the format's names, at most TAB_TABLE_NAMES_MAX, in a header, which is
 * changed.  What is not known is passed by.  Returns how many there are, or
 * -EBADMSG for a line of too many columns.
 */
int tab_table_begin(struct tab_table *table, char *header, const char *const *names,
		    size_t name_count, struct jo_err *err);

/*
 * The fields of a row, which is cut up for them, by the format's names: "" for one
 * that the table has not.  Returns 0, or -EINVAL for a row of another length.
 */
int tab_table_row(const struct tab_table *table, char *row, const char **ret_fields,
		  struct jo_err *err);

#endif

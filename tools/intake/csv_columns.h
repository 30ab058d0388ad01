/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns that CSV files of jobs have, and how a field of each is read into
 * a record.  What a file needs of them, and what becomes of the record, is for
 * those who read the file.
 */
#ifndef INTAKE_CSV_COLUMNS_H
#define INTAKE_CSV_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "joboutliers/record.h"
#include "step/columns.h"
#include "store/store.h"

/* Columns that begin so are what export adds: verdicts are made here, not imported. */
#define CSV_VERDICT_PREFIX "verdict."

/* A row being read. */
struct csv_row {
	struct jo_record *record;
	enum step_state state;
	bool has_step;
	bool is_skipped; /* right, but no step of ours */
};

struct csv_column {
	const char *name;
	int (*read)(const struct csv_column *column, const char *text, struct csv_row *row,
		    struct jo_err *err);
	const struct step_column *figure; /* what read fills; NULL: attributes and verdicts */
	bool is_needed;                   /* of a job that has run */
	bool is_given;                    /* known before the job runs */
};

/*
 * The column of this name, which must live as long as *ret_column.
 * Returns 0, or -EBADMSG with *err saying which columns there are.
 */
int csv_column_find(const char *name, struct csv_column *ret_column, struct jo_err *err);

/* The columns as a sentence for --help; the caller frees it. */
char *csv_columns_help(void);

/* The name of the first needed column that is not among these, or NULL. */
const char *csv_columns_lack(const struct csv_column *columns, size_t count);

/* Read one field into the row; an empty one is missing.  Returns 0 or -EINVAL, -ERANGE, -E2BIG. */
int csv_column_read(const struct csv_column *column, const char *text, struct csv_row *row,
		    struct jo_err *err);

#endif

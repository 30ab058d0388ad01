/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The named fields of what comes in rows, such as the columns of a CSV file, and how
 * each is read into a record.  What a row is, and under which names its fields stand
 * there, is for those who read the file.
 */
#ifndef INTAKE_ROW_COLUMNS_H
#define INTAKE_ROW_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "joboutliers/record.h"
#include "step/columns.h"
#include "store/store.h"

/* Beside the columns of a step: when it ended, for who does not know start or wall_s. */
#define ROW_END_NAME "end"

/* Names that begin so are what export adds: verdicts are made here, not imported. */
#define ROW_VERDICT_PREFIX "verdict."

/* A row being read: row_begin, row_column_read for each field, row_finish. */
struct row {
	struct jo_record *record;
	enum step_state state;  /* what row_finish leaves in it is for source_block_put() */
	bool has_decimal_comma; /* "12,5" is a number; set after row_begin */
	int64_t end_unix_us;    /* of "end", from which start or wall_s follows */
	bool has_step;
	bool is_skipped; /* right, but no step of ours */
};

struct row_column {
	const char *name;
	int (*read)(const struct row_column *column, const char *text, struct row *row,
		    struct jo_err *err);
	const struct step_column *figure; /* what read fills; NULL: attributes and verdicts */
	bool is_given;                    /* known before the job runs */
};

/*
 * The column of this name, which must live as long as *ret_column.
 * Returns 0, or -EBADMSG with *err saying which columns there are.
 */
int row_column_find(const char *name, struct row_column *ret_column, struct jo_err *err);

/* The columns' names, for --help: a sentence; the caller frees it. */
char *row_columns_help(void);

/* The name of the first needed column that is not among these, or NULL. */
const char *row_columns_lack(const struct row_column *columns, size_t count);

/* Begin a row with an empty record, which must stay until row_finish. */
void row_begin(struct row *row, struct jo_record *record);

/*
 * Read one field into the row.  An empty one is missing, as is one of the words that
 * programs write for that: - NA N/A n/a null NULL.  Returns 0 or -EINVAL, -ERANGE, -E2BIG,
 * with *err naming the column.
 */
int row_column_read(const struct row_column *column, const char *text, struct row *row,
		    struct jo_err *err);

/*
 * All fields were read: what none of them told is as it mostly is.  Returns 0, 1 for a row
 * that is nothing for us, or -EINVAL when one is missing that is needed.
 */
int row_finish(struct row *row, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines whose values have names, such as those of structured logs: the names are
 * mapped to columns, and what a line does not say is taken from its file.  How
 * the values are found in a line is for those who read it.  Private to intake/.
 */
#ifndef INTAKE_NAMED_ROWS_H
#define INTAKE_NAMED_ROWS_H

#include "intake/column_map.h"
#include "intake/line_rows.h"
#include "intake/row_columns.h"

struct named_rows {
	struct column_map map;
	const char *class_name; /* of jobs that do not say theirs; NULL: their file's name */
	void *names;            /* of theirs to struct row_column */
	int64_t line_count;     /* lines that had values */
	int64_t taken_count;    /* that were jobs */
	bool has_guessed;       /* one of them did not say when it was */
};

/* Begin, with what --map says, or NULL.  Returns 0 or -EINVAL, after which there is nothing to
 * release. */
int named_rows_init(struct named_rows *rows, const char *map, struct jo_err *err);

/* Free what it holds; all zero is fine. */
void named_rows_release(struct named_rows *rows);

/*
 * The column of what the lines call name; it is good until the next call.  Returns 0 and
 * NULL for a name that is nothing to us; with is_strict that is -EBADMSG.
 */
int named_rows_column(struct named_rows *rows, const char *name, bool is_strict,
		      const struct row_column **ret_column, struct jo_err *err);

/*
 * All values of a line were read into the row.  As read of struct line_format: a line
 * that does not tell how long something took is nothing for us.
 */
int named_rows_finish(struct named_rows *rows, const struct line_place *place, struct row *row,
		      enum step_state *ret_state, struct jo_err *err);

/* Once all lines were read: 0, or -EBADMSG when none of them was a job; *err says what there was
 * instead. */
int named_rows_check(const struct named_rows *rows, struct jo_err *err);

#endif

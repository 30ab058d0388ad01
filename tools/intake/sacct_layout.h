/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands where in a line of sacct's: by its header, or as sacct is asked for it.  Private to
 * intake/. */
#ifndef INTAKE_SACCT_LAYOUT_H
#define INTAKE_SACCT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "joboutliers/err.h"
#include "util/strbuf.h"

enum sacct_field {
	FIELD_ID,
	FIELD_SHOWN_ID,
	FIELD_CLUSTER,
	FIELD_USER,
	FIELD_UID,
	FIELD_ACCOUNT,
	FIELD_PARTITION,
	FIELD_QOS,
	FIELD_STATE,
	FIELD_EXIT,
	FIELD_START,
	FIELD_ELAPSED,
	FIELD_SUSPENDED,
	FIELD_LIMIT_MINUTES,
	FIELD_LIMIT,
	FIELD_NODE_COUNT,
	FIELD_NODES,
	FIELD_CPUS,
	FIELD_TASKS,
	FIELD_MAX_RSS,
	FIELD_USER_CPU,
	FIELD_SYSTEM_CPU,
	FIELD_CPU,
	FIELD_NAME,
	FIELD_COMMENT,
	FIELD_SUBMIT_LINE,
	FIELD_COUNT,
};

/* What separates fields: longer than any that people choose. */
#define SACCT_DELIMITER_SIZE 64

/* Where the fields stand in a line; its count is 0 before the first line. */
struct sacct_layout {
	char delimiter[SACCT_DELIMITER_SIZE]; /* "": not known yet */
	size_t delimiter_len;
	bool has_end;               /* a delimiter ends each line, as -p has it */
	bool has_free;              /* not the job's name alone may hold one */
	size_t count;               /* fields of a line */
	size_t places[FIELD_COUNT]; /* SACCT_NOWHERE: not there */
};
#define SACCT_NOWHERE SIZE_MAX

/* Find what separates the fields of a first line: the delimiter that was given, unless that is "".
 */
void sacct_layout_delimit(struct sacct_layout *layout, const char *given, const char *line);

/* Whether it is a header of sacct's with this delimiter. */
bool sacct_layout_is_header(const struct sacct_layout *layout, const char *line);

/* Take the layout of a header, which is changed. */
void sacct_layout_read(struct sacct_layout *layout, char *header, size_t len);

/*
 * Take the layout of sacct's option -o for a first line that is no header, with the
 * delimiter that was given or else sacct's own.  Returns whether the line can be of it;
 * where not, the count is 0.
 */
bool sacct_layout_assume(struct sacct_layout *layout, const char *format, const char *given,
			 const char *line, size_t len);

/* Add the names of the fields that are needed and not there to the list. */
void sacct_layout_lacking(const struct sacct_layout *layout, struct strbuf *lacking);

/*
 * The fields of a line, "" for those that are not there; they lie in the line, which is
 * changed.  Separators that are too many are the job's name's, as long as no other field
 * is a text of its user's.  Returns 0, or -EINVAL for a line with another number of them.
 */
int sacct_layout_fields(const struct sacct_layout *layout, char *line, size_t len,
			const char *ret_fields[FIELD_COUNT], struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sacct prints, line by line, into records.  A line for each job and one for each of its
 * steps: the steps are what we keep, and who, where and how long it may take stand in the job's
 * line alone.  Private to intake/.
 */
#ifndef INTAKE_SACCT_ROWS_H
#define INTAKE_SACCT_ROWS_H

#include "intake/sacct_layout.h"
#include "intake/source.h"

struct sacct_rows {
	const struct source_request *request; /* whose sources a file may be of */
	const struct source *source;          /* that was asked for */
	const char *name;                     /* what messages call the input; the caller's */
	const char *delimiter;                /* the caller's; "": as the header has it */
	int64_t line_number;                  /* of the line that was taken last */
	struct sacct_layout layout;
	struct strbuf record;   /* lines of one that goes on in the next; "": none */
	size_t delimiter_count; /* that it has */
	struct jo_record job;   /* what the last job's line said */
	bool has_job;
	int64_t job_count, step_count; /* that have begun */
};

/* Nothing was read yet; the request of the source is the caller's until sacct_rows_release. */
void sacct_rows_init(struct sacct_rows *rows, const struct source *source,
		     const struct source_request *request);
/* Free what waits for its end. */
void sacct_rows_release(struct sacct_rows *rows);

/* An input begins, which messages call name. */
void sacct_rows_begin(struct sacct_rows *rows, const char *name, const char *delimiter);

/*
 * Take the input's next line, which is changed: a record, a skipped or a bad one of the block,
 * which is not full, or the beginning of one.  Returns 0, or -EBADMSG for what is nothing of
 * sacct's.
 */
int sacct_rows_take(struct sacct_rows *rows, char *line, size_t len, struct source_block *block,
		    struct jo_err *err);

/* There are no more lines: what waits for its end is none. */
void sacct_rows_end(struct sacct_rows *rows, struct source_block *block);

#endif

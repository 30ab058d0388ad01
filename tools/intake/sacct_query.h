/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking sacct.  Private to intake/. */
#ifndef INTAKE_SACCT_QUERY_H
#define INTAKE_SACCT_QUERY_H

#include <stdint.h>
#include <sys/types.h>

#include "intake/sacct_layout.h"
#include "util/text_input.h"

/* What sacct is asked for, at least.  The job's name comes last, as it may hold the separator. */
extern const char sacct_format[];

/* How a user gets the same, for a message. */
#define SACCT_COMMAND "sacct -a -P -o %s"

struct sacct_query {
	char delimiter[SACCT_DELIMITER_SIZE]; /* that the last one was given */
	pid_t pid;                            /* -1: none runs */
	char *fields;                         /* what it is asked for; NULL: not known yet */
};

void sacct_query_init(struct sacct_query *query);

/* Ask for what ran between the two times; the answer is read from *ret_input, which the caller
 * closes. */
int sacct_query_start(struct sacct_query *query, int64_t since_unix_us, int64_t until_unix_us,
		      struct text_input **ret_input, struct jo_err *err);

/* The input was closed.  Returns 0, or an error when the one that was started did not end well. */
int sacct_query_end(struct sacct_query *query, struct jo_err *err);

/* Of one that does not run. */
void sacct_query_release(struct sacct_query *query);

#endif

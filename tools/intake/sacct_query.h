/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking sacct.  Private to intake/. */
#ifndef INTAKE_SACCT_QUERY_H
#define INTAKE_SACCT_QUERY_H

#include <stdint.h>
#include <sys/types.h>

#include "intake/sacct_layout.h"
#include "util/run.h"
#include "util/strlist.h"
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

/* None was started. */
void sacct_query_init(struct sacct_query *query);

/* Ask for what ran between the two times; the answer is read from *ret_input, which the caller
 * closes. */
int sacct_query_start(struct sacct_query *query, int64_t since_unix_us, int64_t until_unix_us,
		      struct text_input **ret_input, struct jo_err *err);

/* The input was closed.  Returns 0, or an error when the one that was started did not end well. */
int sacct_query_end(struct sacct_query *query, struct jo_err *err);

/*
 * The numbers of the jobs that ran between the two times and were suspended at some
 * time, requeued ones more than once, are added to *jobs.  Returns 0; -EOPNOTSUPP where Slurm
 * keeps no accounting, or is not there; or what went wrong, such as a time-out.
 */
int sacct_query_suspended(int64_t since_unix_us, int64_t until_unix_us, struct strlist *jobs,
			  struct jo_err *err);

/* What is known of these jobs, numbers with a comma between them, between the two times, with all
 * that they were requeued; the caller releases the result. */
int sacct_query_jobs(struct sacct_query *query, const char *jobs, int64_t since_unix_us,
		     int64_t until_unix_us, struct run_result *ret_result, struct jo_err *err);

/* Of one that does not run. */
void sacct_query_release(struct sacct_query *query);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which months, or other parts of the steps, have steps of which jobs, as far as
 * who adds steps must know to leave all others out: a job is looked for where its
 * number can be, and not in each part that is kept.  Jobs count up, so of a job
 * that is new, or runs, that is a month or two, however many there are.  Private to
 * store/.
 */
#ifndef STORE_JOB_MONTHS_H
#define STORE_JOB_MONTHS_H

#include "id_range.h"
#include "row.h"

/* Bind the range, as each DB_STEP_WITHIN wants it. */
void id_range_bind(struct db_stmt *stmt, struct id_range range);

/* What is known of a database, which is nothing yet. */
struct job_months *job_months_new(void);

/* NULL is fine. */
void job_months_free(struct job_months *months);

/*
 * Where steps of these jobs can be: ranges in which all of them are, in order and
 * apart, for the caller to free.  In a transaction.
 */
int job_months_find(struct store *store, const struct row *rows, size_t count,
		    struct id_range **ret_list, size_t *ret_count, struct jo_err *err);

/* This one is added. */
void job_months_add(struct store *store, const struct row *step);

/* What was added is there for good; before that, a rollback may take it back. */
void job_months_committed(struct store *store);

/* At a transaction's begin and rollback: others may have added steps since. */
void job_months_forget(struct store *store);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long steps were suspended, of those that are to be judged and whose records
 * could not tell it: what sacct says of the jobs that were suspended.  First it is asked
 * which these are, by jobs alone, which costs Slurm's database little; then for
 * the steps of those, which are few.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "intake/sacct_query.h"
#include "intake/sacct_rows.h"
#include "util/alloc.h"
#include "util/when.h"

/* sacct is not asked for more time at once: see from_sacct.c, where the steps come along. */
#define SLICE_US (30 * JO_US_PER_DAY)

/* What the command line of sacct holds in any case, and its database answers in seconds. */
#define JOBS_AT_ONCE 500

/* The night does not wait longer for all of them, where Slurm suspends most jobs. */
#define ALL_TIMEOUT_US (1800 * JO_US_PER_S)

struct suspended_intake {
	const struct source_request *request;
	int64_t deadline_us; /* of the clock that nobody sets */
	struct sacct_rows rows;
	struct sacct_query query;
	int64_t since_unix_us, until_unix_us; /* of the slice that was asked for last */
	struct strlist jobs;                  /* that were suspended in it */
	size_t asked_count;                   /* of them */
	struct run_result answer;             /* sacct's; its output is NULL when there is none */
	char *next_line;                      /* in the output */
};

static int next_slice(struct suspended_intake *intake, struct jo_err *err)
{
	int64_t left_us = intake->request->until_unix_us - intake->until_unix_us;

	if (left_us <= 0)
		return 0;
	intake->since_unix_us = intake->until_unix_us;
	intake->until_unix_us += left_us > SLICE_US ? SLICE_US : left_us;
	strlist_release(&intake->jobs);
	intake->asked_count = 0;
	if (sacct_query_suspended(intake->since_unix_us, intake->until_unix_us, &intake->jobs,
				  err) < 0)
		return err->code;
	return 1;
}

/* Ask for the steps of the next jobs. */
static int ask(struct suspended_intake *intake, struct jo_err *err)
{
	struct strbuf list;
	int rc;

	if (when_monotonic_us() >= intake->deadline_us)
		return jo_err_set(
			err, -ETIMEDOUT,
			"sacct was asked for %" PRId64 " minutes; of %zu jobs that were suspended "
			"it was not asked",
			ALL_TIMEOUT_US / JO_US_PER_MIN, intake->jobs.count - intake->asked_count);
	strbuf_init(&list);
	for (size_t i = 0; i < JOBS_AT_ONCE && intake->asked_count < intake->jobs.count; i++)
		strbuf_addf(&list, "%s%s", i > 0 ? "," : "",
			    intake->jobs.list[intake->asked_count++]);
	rc = sacct_query_jobs(&intake->query, list.text, intake->since_unix_us,
			      intake->until_unix_us, &intake->answer, err);
	strbuf_release(&list);
	if (rc < 0)
		return rc;
	sacct_rows_begin(&intake->rows, "sacct", intake->query.delimiter);
	intake->next_line = intake->answer.output;
	return 1;
}

static int read_line(struct suspended_intake *intake, struct source_block *block,
		     struct jo_err *err)
{
	char *line = strsep(&intake->next_line, "\n");
	int rc = 0;

	intake->rows.line_number++;
	if (*line != '\0')
		rc = sacct_rows_take(&intake->rows, line, strlen(line), block, err);
	if (intake->next_line == NULL) {
		sacct_rows_end(&intake->rows, block);
		run_result_release(&intake->answer);
		block->wants_commit = true; /* whatever becomes of the next question */
	}
	return rc < 0 ? rc : 1;
}

static int next_step(void *context, struct source_block *block, struct jo_err *err)
{
	struct suspended_intake *intake = context;
	int rc = 1;

	while (rc > 0 && !source_block_is_full(block) && !block->wants_commit) {
		if (intake->answer.output != NULL)
			rc = read_line(intake, block, err);
		else if (intake->asked_count < intake->jobs.count)
			rc = ask(intake, err);
		else
			rc = next_slice(intake, err);
	}
	return rc;
}

static int close_suspended(void *context, struct jo_err *err)
{
	struct suspended_intake *intake = context;

	(void)err;
	run_result_release(&intake->answer);
	strlist_release(&intake->jobs);
	sacct_rows_release(&intake->rows);
	sacct_query_release(&intake->query);
	free(intake);
	return 0;
}

static int open_suspended(const struct source_request *request, void **ret_reader,
			  struct jo_err *err)
{
	struct suspended_intake *intake = xcalloc(1, sizeof(*intake));

	(void)err;
	intake->request = request;
	intake->until_unix_us = request->since_unix_us;
	intake->deadline_us = when_monotonic_us() + ALL_TIMEOUT_US;
	sacct_rows_init(&intake->rows, &source_suspended, request);
	sacct_query_init(&intake->query);
	*ret_reader = intake;
	return 0;
}

const struct source source_suspended = {
	.noun = "line",
	.step_source = STEP_SOURCE_SACCT,
	.only_fills = true,
	.open = open_suspended,
	.next = next_step,
	.close = close_suspended,
};

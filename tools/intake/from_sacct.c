/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of Slurm's accounting: what sacct prints now, or what it printed into
 * a file.  Its header says what stands where; without one it must be what we would
 * ask for.  Extern steps and jobs that have not begun are skipped.  Slurm knows no
 * input sizes; what the plugin or a CSV file said of a step is not replaced.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "intake/sacct_query.h"
#include "intake/sacct_rows.h"
#include "util/alloc.h"

struct sacct_import {
	const struct source_request *request;
	struct text_input *input;             /* NULL: no sacct was started yet */
	char delimiter[SACCT_DELIMITER_SIZE]; /* of a file; "": as the header has it */
	struct sacct_rows rows;
	struct sacct_query query;
	int64_t slice_unix_us; /* up to where sacct was asked */
};

/* ---- sacct itself ---- */

/* sacct's query is one of the database's: of a year of a large site it is refused, or takes all of
 * its memory. */
#define SLICE_US (7 * JO_US_PER_DAY)

/* Ask for the next slice of time; returns 0 when there is none. */
static int next_slice(struct sacct_import *import, struct jo_err *err)
{
	int64_t since_unix_us = import->slice_unix_us;
	int64_t until_unix_us = import->request->until_unix_us;
	int rc;

	if (since_unix_us >= until_unix_us)
		return 0;
	if (until_unix_us - since_unix_us > SLICE_US)
		until_unix_us = since_unix_us + SLICE_US;
	rc = sacct_query_start(&import->query, since_unix_us, until_unix_us, &import->input, err);
	import->slice_unix_us = until_unix_us;
	if (rc < 0)
		return rc;
	sacct_rows_begin(&import->rows, text_input_name(import->input), import->query.delimiter);
	return 1;
}

/* ---- the source ---- */

static bool is_of_file(const struct sacct_import *import)
{
	return import->request->values[0][0] != '\0';
}

/* Steps are what is judged; and who takes jobs for them has each twice when the steps come. */
static int check_steps(const struct sacct_import *import, struct jo_err *err)
{
	if (import->rows.step_count > 0 || import->rows.job_count == 0)
		return 0;
	return jo_err_set(err, -EBADMSG,
			  "these are jobs without their steps: take sacct without -X; where Slurm "
			  "keeps none, --csv=FILE takes jobs, with --map=job=JobIDRaw,start=Start,"
			  "wall_s=ElapsedRaw,user=User,job_name=JobName,state=State");
}

/* Where it is within the time that is asked for, in seconds, or in the file. */
static void tell_place(const struct sacct_import *import, struct source_block *block)
{
	const struct source_request *request = import->request;

	if (is_of_file(import)) {
		text_input_place(import->input, &block->done, &block->total);
		return;
	}
	block->done = (import->slice_unix_us - request->since_unix_us) / JO_US_PER_S;
	block->total = (request->until_unix_us - request->since_unix_us) / JO_US_PER_S;
}

static int end_sacct(struct sacct_import *import, struct jo_err *err)
{
	text_input_close(import->input);
	import->input = NULL;
	return sacct_query_end(&import->query, err);
}

/* Of a file there is no more then; what a slice told is kept, whatever becomes of the next. */
static int end_lines(struct sacct_import *import, struct source_block *block, struct jo_err *err)
{
	int rc;

	sacct_rows_end(&import->rows, block);
	if (is_of_file(import))
		return 0;
	block->wants_commit = true;
	rc = end_sacct(import, err);
	return rc < 0 ? rc : 1;
}

/* Read one line, or go on to the next slice; 0 when there is no more. */
static int next_line(struct sacct_import *import, struct source_block *block, struct jo_err *err)
{
	struct jo_err why;
	char *line;
	size_t len;
	int rc;

	if (import->input == NULL)
		return next_slice(import, err);
	rc = text_input_line(import->input, &line, &len, &why);
	if (rc == 0)
		return end_lines(import, block, err);
	if (rc == -EBADMSG) {
		source_block_refuse(block, NULL, why.text);
		return 1;
	}
	if (rc < 0)
		return jo_err_set(err, rc, "%s", why.text);
	import->rows.line_number = text_input_line_number(import->input);
	rc = sacct_rows_take(&import->rows, line, len, block, err);
	return rc < 0 ? rc : 1;
}

static int next_lines(void *context, struct source_block *block, struct jo_err *err)
{
	struct sacct_import *import = context;
	int rc = 1;

	while (rc > 0 && !source_block_is_full(block) && !block->wants_commit)
		rc = next_line(import, block, err);
	if (rc >= 0)
		tell_place(import, block);
	return rc == 0 ? check_steps(import, err) : rc;
}

static int close_sacct(void *context, struct jo_err *err)
{
	struct sacct_import *import = context;
	int rc = end_sacct(import, err);

	sacct_rows_release(&import->rows);
	sacct_query_release(&import->query);
	free(import);
	return rc;
}

/* What sacct puts between fields is up to who runs it: a sign, or a text that nobody can guess. */
#define SACCT_DELIMITERS "|,;:\t^~#%@!"
#define DELIMITER_TEXT_MIN 8

static int read_delimiter(const char *text, char ret_delimiter[SACCT_DELIMITER_SIZE],
			  struct jo_err *err)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (len < DELIMITER_TEXT_MIN)
		return source_delimiter(text, SACCT_DELIMITERS, ret_delimiter, err);
	if (len >= SACCT_DELIMITER_SIZE || strchr(text, '\n') != NULL)
		return jo_err_set(err, -EINVAL, "--delimiter: expected a sign, or %d to %d bytes",
				  DELIMITER_TEXT_MIN, SACCT_DELIMITER_SIZE - 1);
	(void)memcpy(ret_delimiter, text, len + 1);
	return 0;
}

static int open_sacct(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct sacct_import *import = xcalloc(1, sizeof(*import));
	int rc;

	import->request = request;
	import->slice_unix_us = request->since_unix_us;
	sacct_rows_init(&import->rows, &source_sacct, request);
	sacct_query_init(&import->query);
	rc = read_delimiter(request->shared[SOURCE_DELIMITER], import->delimiter, err);
	if (rc == 0 && is_of_file(import)) {
		if (request->shared[SOURCE_SINCE] != NULL || request->shared[SOURCE_UNTIL] != NULL)
			rc = jo_err_set(
				err, -EINVAL,
				"--starttime and --endtime ask sacct; of a file all is taken");
		else
			rc = text_input_open(request->values[0], &import->input, err);
		if (rc == 0)
			sacct_rows_begin(&import->rows, text_input_name(import->input),
					 import->delimiter);
	}
	if (rc < 0) {
		(void)close_sacct(import, NULL);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

static bool looks_like_sacct(const char *line)
{
	struct sacct_layout layout;

	sacct_layout_delimit(&layout, "", line);
	return sacct_layout_is_header(&layout, line);
}

static const struct source_option sacct_options[] = {
	{"sacct", "FILE", true,
	 "import Slurm's accounting: what sacct prints, or what it printed into FILE", 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_sacct = {
	.noun = "line",
	.step_source = STEP_SOURCE_SACCT,
	.options = sacct_options,
	.takes = SOURCE_TAKES(SOURCE_DELIMITER) | SOURCE_TAKES(SOURCE_SINCE) |
		 SOURCE_TAKES(SOURCE_UNTIL),
	.likeness = "what sacct prints",
	.looks_like = looks_like_sacct,
	.open = open_sacct,
	.next = next_lines,
	.close = close_sacct,
};

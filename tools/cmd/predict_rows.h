/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two ways to ask predict share: what is asked of a job, and the rows of an answer. */
#ifndef CMD_PREDICT_ROWS_H
#define CMD_PREDICT_ROWS_H

#include "joboutliers/record.h"
#include "cmd/cmd.h"
#include "judge/predictor.h"

/*
 * As predictor_ask.  The job is a record of which a start would know as much;
 * safety is the share of such jobs that what is asked for is enough for.
 */
int predict_rows_ask(struct predictor *predictor, const struct jo_record *job, double safety,
		     struct predictor_answer *ret_answer, struct jo_err *err);

/* Begin the listing; as cmd_output_open. */
int predict_rows_open(const struct out_options *output, struct out **ret_out, struct jo_err *err);

/* Add the rows of one answer, a metric each. */
void predict_rows_add(struct out *out, int64_t number, const struct predictor_answer *answer);

/* For a help_filter: as cmd_help_columns, of these columns. */
char *predict_rows_help(int key, const char *text, void *input);

#endif

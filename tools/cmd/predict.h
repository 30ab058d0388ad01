/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two ways to ask predict share: one job by options, or the rows of a file. */
#ifndef CMD_PREDICT_H
#define CMD_PREDICT_H

#include "joboutliers/record.h"
#include "cmd/cmd.h"
#include "judge/predictor.h"

struct predict_args {
	struct cmd_output output;
	const char *csv_path; /* NULL: one job, below */
	struct jo_record job; /* what is known of it before it runs */
	double safety;        /* share of such jobs that what is asked for is enough for */
};

/* As predictor_ask.  The job is a record of which a start would know as much. */
int predict_ask(struct predictor *predictor, const struct jo_record *job, double safety,
		struct predictor_answer *ret_answer, struct jo_err *err);

/* Begin the listing; as cmd_output_open. */
int predict_output_open(const struct cmd_output *output, struct out **ret_out, struct jo_err *err);

/* The rows of one answer, a metric each. */
void predict_output_row(struct out *out, int64_t number, const struct predictor_answer *answer);

/*
 * Answer the rows of args->csv_path.  Returns CMD_DONE; CMD_BAD_INPUT when a row
 * could not be read, which is answered "bad-row" and told on standard error;
 * CMD_USAGE; or a negative errno.
 */
int predict_csv(const struct predict_args *args, struct predictor *predictor, struct jo_err *err);

#endif

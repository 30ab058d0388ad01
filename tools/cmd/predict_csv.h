/* SPDX-License-Identifier: GPL-2.0-or-later */
/* predict --csv: the jobs of a file, each predicted. */
#ifndef CMD_PREDICT_CSV_H
#define CMD_PREDICT_CSV_H

#include "cmd/cmd.h"
#include "judge/predictor.h"

/*
 * Answer the rows of the file, as predict_rows_ask does each.  Returns CMD_DONE;
 * CMD_BAD_INPUT when a row could not be read, which is answered "bad-row" and
 * told on standard error; CMD_USAGE; or a negative errno.
 */
int predict_csv(const char *path, double safety, const struct out_options *output,
		struct predictor *predictor, struct jo_err *err);

#endif

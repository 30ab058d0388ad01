/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check prints: the verdicts of judge/, kept until all are known, in the order of ends. */
#ifndef CMD_CHECK_ROWS_H
#define CMD_CHECK_ROWS_H

#include <stddef.h>

#include "cmd/cmd.h"
#include "cmd/verdict_choice.h"
#include "judge/judge.h"

/* All zero is an empty one. */
struct check_rows {
	struct judge_result *list;
	size_t count, capacity;
};

/* Keep a result in the struct check_rows that context is: a judge_sink. */
judge_sink check_rows_keep;

/* Print the chosen verdicts of the chosen metrics (bit 1 << enum metric) on steps of the store. */
int check_rows_print(struct check_rows *verdicts, struct store *store,
		     const struct out_options *output, const struct verdict_choice *choice,
		     unsigned metric_mask, struct jo_err *err);

/* Free the results. */
void check_rows_release(struct check_rows *verdicts);

/* What --help says of the columns: cmd_help_columns' part. */
char *check_rows_help(int key, const char *text);

#endif

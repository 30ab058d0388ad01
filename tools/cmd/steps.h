/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps with their verdicts, as rows: for list, and for whatever else lists steps. */
#ifndef CMD_STEPS_H
#define CMD_STEPS_H

#include "joboutliers/err.h"
#include "store/store.h"
#include "util/out.h"

struct cmd_step_row {
	struct store_step step;
	bool has_verdict[STORE_METRIC_COUNT];
	struct store_verdict verdicts[STORE_METRIC_COUNT];
};

/* Each get takes a struct cmd_step_row. */
extern const struct out_column cmd_step_columns[];

/* "123_4.batch": the job and the step in one word, at most this long; returns buf. */
#define CMD_STEP_TEXT_SIZE (2 * STORE_JOB_TEXT_SIZE)
char *cmd_step_format(const struct store_step *step, char buf[CMD_STEP_TEXT_SIZE]);

/* "0:15": exit status and signal as sacct writes them, or ""; returns buf. */
char *cmd_exit_format(const struct store_step *step, char buf[24]);

/*
 * Read the selected steps in its order, each with its verdicts.
 *
 * next returns 1 and fills *ret_row, good until the next call, 0 at the end,
 * or a negative errno.  close accepts NULL.
 */
struct cmd_steps;
int cmd_steps_open(struct store *store, const struct store_selection *selection,
		   struct cmd_steps **ret_steps, struct jo_err *err);
int cmd_steps_next(struct cmd_steps *steps, struct cmd_step_row *ret_row, struct jo_err *err);
void cmd_steps_close(struct cmd_steps *steps);

#endif

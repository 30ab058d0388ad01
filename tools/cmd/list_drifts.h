/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list --drift: groups whose level moved. */
#ifndef CMD_LIST_DRIFTS_H
#define CMD_LIST_DRIFTS_H

#include "cmd/cmd.h"
#include "cmd/selection.h"

extern const struct out_column list_drift_columns[];
extern const char list_drift_default_columns[];

/*
 * Print the drifts of the selection's users, partitions, clusters and classes,
 * the newest first.  Without times those that hold and were seen within two
 * weeks, else those that began within them.  Of users, their own jobs count.
 */
int list_drifts(struct cmd_env *env, const struct cmd_selection *select,
		const struct out_options *output, struct jo_err *err);

#endif

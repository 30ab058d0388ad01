/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands that judge have in common: the configuration as judge/ wants it. */
#ifndef CMD_JUDGE_OPTIONS_H
#define CMD_JUDGE_OPTIONS_H

#include "cmd/cmd.h"
#include "judge/judge.h"

/* The options that the configuration asks for. */
void cmd_judge_options(const struct conf *conf, struct judge_options *ret_options);

/* A value of a metric, in its stored unit, into a cell: for programs in its shown unit, for people
 * with a unit.  NaN is missing. */
void cmd_out_metric(struct out_cell *cell, enum metric metric, double stored);

#endif

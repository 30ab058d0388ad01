/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the node is made of, asked once when slurmd starts. */
#ifndef SPANK_NODEINFO_H
#define SPANK_NODEINFO_H

#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* Fill the record's fields about the node's hardware; what hwloc does not know stays missing. */
int nodeinfo_read(struct jo_record *record, struct jo_err *err);

/*
 * The node's name as Slurm has it: what slurmd tells its steps, else slurmd's
 * own -N, else the host's name up to the first dot.
 */
int nodeinfo_name(char name[static JO_NAME_SIZE], struct jo_err *err);

#endif

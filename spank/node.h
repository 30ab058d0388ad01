/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record about the node itself, written when slurmd starts. */
#ifndef SPANK_NODE_H
#define SPANK_NODE_H

#include <slurm/spank.h>

#include "args.h"
#include "joboutliers/err.h"

/* Make the node's folder in the spool and write what the node is made of into it. */
int node_record(spank_t spank, const struct args *args, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record about the node itself, written when slurmd starts, and what steps
 * learn from it: slurmd alone knows the cluster's name, as no step can be asked
 * for it and its environment is its user's.
 */
#ifndef SPANK_NODE_H
#define SPANK_NODE_H

#include <slurm/spank.h>

#include "args.h"
#include "joboutliers/err.h"
#include "joboutliers/record.h"

/*
 * Make the node's folder in the spool and write what the node is made of into
 * it; and into the file JO_SPOOL_NODE there, the cluster's name for steps.  What
 * has not changed within a day is not written again: `scontrol reconfigure`
 * comes here too.
 */
int node_record(spank_t spank, const struct args *args, struct jo_err *err);

/* The cluster's name that slurmd left in the node's folder; empty when there is none. */
void node_recall_cluster(int node_fd, char ret_cluster[static JO_NAME_SIZE]);

#endif

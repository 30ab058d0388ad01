/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What slurm.conf says that no interface of Slurm tells a plugin: the cluster's name. */
#ifndef SPANK_SLURMCONF_H
#define SPANK_SLURMCONF_H

#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* The file that slurmd itself reads, as it tells its children; never NULL. */
const char *slurmconf_path(void);

/*
 * Read ClusterName from the file, in lower case as Slurm has it.  To be called
 * in slurmd alone: the file may lie anywhere, also where reading hangs.  Files
 * that it includes are not looked into.  Returns 0, -ENOENT when the file does
 * not name the cluster, or what the system says.
 */
int slurmconf_cluster(const char *path, char ret_cluster[static JO_NAME_SIZE], struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin's arguments in plugstack.conf, "key=value" each. */
#ifndef SPANK_ARGS_H
#define SPANK_ARGS_H

#include <limits.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"

struct args {
	char spool[PATH_MAX];       /* where records go */
	char attributes[PATH_MAX];  /* where a step's attribute file is made */
	char cluster[JO_NAME_SIZE]; /* empty: as slurm.conf says */
	int files_max;              /* records of one node in the spool */
};

/*
 * Read the arguments into *ret_args, which starts at the defaults.  Always
 * leaves usable arguments: a key that is unknown or a value that is none keeps
 * its default.  Returns 0, or -EINVAL with *err about the first such argument.
 */
int args_read(int argc, char **argv, struct args *ret_args, struct jo_err *err);

#endif

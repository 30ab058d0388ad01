/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin's arguments in plugstack.conf, "key=value" each. */
#ifndef SPANK_ARGS_H
#define SPANK_ARGS_H

#include <stdbool.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* Which steps are sampled. */
enum args_profile {
	PROFILE_OFF, /* none */
	PROFILE_ASK, /* whose user asks for it */
	PROFILE_ON,  /* also a share of the others, but of those who ask not to be */
};

/* Its texts are Slurm's or constants, as long-lived as the process; all zero: not read yet. */
struct args {
	const char *spool;          /* where records go */
	const char *attributes;     /* where a step's attribute file is made */
	char cluster[JO_NAME_SIZE]; /* empty: as slurm.conf says */
	int files_max;              /* records of one node in the spool */
	bool traceparent;           /* each step is given a trace context */
	enum args_profile profile;
	double profile_share;       /* of the steps that nobody asks for: 0 to 1 */
	const char *profile_python; /* the folder of our sitecustomize.py */
	const char *profile_native; /* our sjobsample; NULL: what is not Python is not sampled */
};

/*
 * Read the arguments into *ret_args, which starts at the defaults.  Always
 * leaves usable arguments: a key that is unknown or a value that is none keeps
 * its default.  Returns 0, or -EINVAL with *err about the first such argument.
 */
int args_read(int argc, char **argv, struct args *ret_args, struct jo_err *err);

#endif

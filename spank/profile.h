/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a step's time goes: whether it is sampled, and what came of it.
 *
 * The samples are taken by the step's own processes, as its user: each Python that
 * finds the folder of our sitecustomize.py in PYTHONPATH runs it first, and leaves its
 * counts in a folder that the plugin made for the step; those of other programs come from
 * a sampler beside them (native.h).  At the step's end the plugin reads what is there.
 */
#ifndef SPANK_PROFILE_H
#define SPANK_PROFILE_H

#include <limits.h>
#include <slurm/spank.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "args.h"
#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* Where the programs of a step find rate and folder, as RATE:FOLDER. */
#define PROFILE_VARIABLE "SJOB_PROFILE_TO"

struct profile {
	int rate_hz;         /* 0: the step is not sampled */
	const char *missing; /* why not, although it was asked for, or NULL */
	char path[PATH_MAX]; /* of the folder; empty: there is none */
	uid_t uid;
	dev_t dev;
	dev_t file_dev; /* of files in it; on an overlay another one than dev */
	ino_t mark_ino; /* of the file in it by which it is known */
};

/* Not sampled; every other function may follow. */
void profile_init(struct profile *profile);

/*
 * Decide whether the step is sampled, from what the site has set, what the user has
 * said and, where the site samples a share of all steps, the step's numbers: all its
 * nodes decide alike.
 */
void profile_decide(struct profile *profile, const struct args *args, bool is_said, int rate_hz,
		    const struct jo_record *record);

/*
 * Make the folder in `dir`, for the user alone.  Called with the user's effective uid;
 * as root, the folder is given to the user.  Does nothing for a step that is not sampled.
 */
int profile_make(struct profile *profile, const char *dir, gid_t gid,
		 const struct jo_record *record, struct jo_err *err);

/*
 * In a task: put the folder of our sitecustomize.py in front of its PYTHONPATH, and
 * tell it where samples go.  A step that is not sampled, or cannot be, in a job
 * script that is, is kept from sampling into the script's folder.
 */
int profile_prepare(const struct profile *profile, spank_t spank, const struct args *args,
		    struct jo_err *err);

/*
 * Read what the step's samplers left into the record, in bounded time, and remove it.
 * Where there is none although it was asked for, the record says why: of native programs
 * by not_native, unless their sampler does.
 */
int profile_take(struct profile *profile, const char *not_native, struct jo_record *record,
		 struct jo_err *err);

/* Remove the folder, with what is in it, as far as that is done in bounded time. */
void profile_remove(struct profile *profile);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of one step on one node, as slurmstepd's hooks tell it: identity and
 * a start record first, the clock around its tasks, what the kernel counted at
 * the last task's end, an end record.
 *
 * Every function may fail and none of them matters to the step: what could not
 * be learned is missing from the record.
 */
#ifndef SPANK_STEP_H
#define SPANK_STEP_H

#include <slurm/spank.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "attrfile.h"
#include "cgroup.h"
#include "declare.h"
#include "joboutliers/err.h"
#include "joboutliers/record.h"
#include "native.h"
#include "profile.h"
#include "trace.h"

/* What tasks tell slurmstepd. */
struct from_task {
	atomic_bool had_room; /* the spool, for the start record */
	atomic_bool is_known; /* what the first of them to be there found in its environment */
	struct jo_record record;
	atomic_int sampled_count;   /* tasks that were to be sampled */
	atomic_bool is_not_sampled; /* one was not, and this is why */
	struct jo_err not_sampled;
};

struct step {
	bool is_recorded;    /* a user's step, whose start was seen and whose end was not */
	bool is_measured;    /* all that can be known at its end is in the record */
	bool has_attributes; /* their folder is a place where no step waits */
	int spool_fd;        /* the node's folder, or -1 */
	int files_max;
	pid_t stepd_pid; /* slurmstepd's, whose children the tasks are */
	gid_t gid;
	int64_t start_us; /* monotonic clock */
	int64_t tasks_left;
	struct from_task *from_task; /* memory shared with the tasks until they run their program */
	struct jo_record record;
	struct trace trace;
	struct attrfile attrfile;
	struct profile profile;
	struct native native;
	struct cgroup cgroup;
};

/* Nothing known, nothing open; every other function may follow.  *step is all zero before. */
void step_init(struct step *step);

/*
 * slurmstepd is up: learn who the step is, and open what it takes to record it.
 * Does nothing for the extern step and other steps that are not a user's.
 */
int step_begin(struct step *step, spank_t spank, const struct args *args,
	       const struct declaration *declaration, struct jo_err *err);

/* The tasks are about to be started, with the user's effective uid: start the clock. */
int step_start(struct step *step, const struct args *args, struct jo_err *err);

/*
 * In a task, as root: tell it its attribute file, its trace and its folder for samples,
 * and write the step's start record, once.  Nobody waits for that: slurmstepd puts the
 * task into its control groups meanwhile, which takes longer.
 */
int step_task_prepare(struct step *step, spank_t spank, const struct args *args,
		      struct jo_err *err);

/* A task was forked: find the step's cgroup by it. */
int step_task_forked(struct step *step, spank_t spank, struct jo_err *err);

/* In a task, about to run its program: learn what only it can know, and have it sampled. */
void step_task_starting(struct step *step, spank_t spank, const struct args *args);

/* A task has ended; at the last one, measure. */
int step_task_ended(struct step *step, spank_t spank, struct jo_err *err);

/* The step is over: write its end record with what was learned, and let go of everything. */
int step_end(struct step *step, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples of programs that are not Python, which the kernel takes: a task asks for them
 * before it runs its program, and starts sjobsample, which counts them.
 *
 * All of that is the user's, in the step's control groups; slurmstepd has a socket of each
 * sampler, on which it says that the step is over and sees that the sampler is done.
 */
#ifndef SPANK_NATIVE_H
#define SPANK_NATIVE_H

#include <stdbool.h>

#include "joboutliers/err.h"
#include "joboutliers/native.h"

struct native {
	int from_tasks_fd, to_step_fd;     /* samplers' sockets come from tasks by them; or -1 */
	int samplers[JO_NATIVE_TASKS_MAX]; /* those that were told that the step is over */
	int sampler_count;
};

/* Nothing is sampled; every other function may follow. */
void native_init(struct native *native);

/* In slurmstepd, before there are tasks. */
int native_begin(struct native *native, struct jo_err *err);

/*
 * In a task, as its user, about to run its program: have that sampled, by the program
 * `sampler` into the file of this number in the folder.  The task is as before, whatever
 * comes of it, and waits for it as long as a small program takes to start.
 */
int native_start(const struct native *native, const char *sampler, const char *folder, int number,
		 int rate_hz, struct jo_err *err);

/* The tasks have ended: let the samplers tell what they have ... */
void native_end(struct native *native);

/* ... and wait until they have, JO_NATIVE_NAMES_S at most; false: one of them was not done then. */
bool native_wait(struct native *native);

/* Let go of everything; samplers that are there end by that. */
void native_close(struct native *native);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the plugin, which lets a task ask the kernel for samples of itself, and
 * sjobsample, which the task starts, and which counts them and names their places.
 */
#ifndef JOBOUTLIERS_NATIVE_H
#define JOBOUTLIERS_NATIVE_H

#include <linux/perf_event.h>

/* What each sample tells, in this order; other records end with process and time. */
#define JO_NATIVE_SAMPLE_TYPE                                                                      \
	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN)

/* Calls of one sample; what has more frames is a recursion. */
#define JO_NATIVE_DEPTH_MAX 48

/*
 * Where sjobsample finds its socket.  From the task come the descriptors of events, and then a
 * message without any; a byte goes back once they are in use.  Then slurmstepd has the other end,
 * and shuts it when the step is over.
 */
#define JO_NATIVE_FD 3

/* Tasks of a node that are sampled, each into a file of its own in the step's folder. */
#define JO_NATIVE_TASKS_MAX 8
#define JO_NATIVE_FILE "native-%d"
#define JO_NATIVE_FILE_PREFIX "native-"

/*
 * A file's first line: what took the samples that follow it, as lines of a profile; or, where there
 * are none, why.
 */
#define JO_NATIVE_KIND "perf"
#define JO_NATIVE_KIND_FUNCTIONS "perf-functions" /* lines of source were not looked up in time */
#define JO_NATIVE_MISSING "missing "

/* How long it takes at most to name the places; at the step's end, slurmstepd waits no longer. */
#define JO_NATIVE_NAMES_S 2

#endif

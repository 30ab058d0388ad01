/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel counted for a step, read from its control group.
 *
 * The group is found through /proc and never by composing a path: where Slurm
 * puts it changes with its version, the cgroup version and the node's name.
 */
#ifndef SPANK_CGROUP_H
#define SPANK_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"
#include "joboutliers/mounts.h"

/* One mounted hierarchy. */
struct cgroup_mount {
	int fd;     /* of where it is mounted, or -1 */
	char *root; /* which of its folders is mounted there; NULL: the topmost */
};

/* What every step uses comes first: each page that is touched is one to be made, and to be copied
 * for each task. */
struct cgroup {
	int proc_fd; /* /proc, or -1 */
	struct cgroup_mount unified, memory, cpuacct;
	bool has_roots; /* by mountinfo; else the topmost folders are taken to be mounted */

	enum jo_mem_source source; /* none until found */
	int64_t job_hits_before;   /* how often the job had hit its limit when the step was found */
	char step_path[PATH_MAX];  /* the step's folder in memory (v1) or unified; empty: unknown */
	char cpuacct_path[PATH_MAX]; /* the same in cpuacct, on v1 */
};

/* Nothing open; cgroup_close may follow at once. */
void cgroup_init(struct cgroup *cgroup);

/*
 * Open /proc and the hierarchies.  To be called early, in slurmstepd itself:
 * later hooks may run in a short-lived child that shares slurmstepd's memory, has
 * a copy of its descriptors and sees the job's file systems.  What follows works
 * from these descriptors alone, and leaves none behind, as their numbers would be
 * foreign ones in slurmstepd.
 *
 * The first looks where Slurm and systemd have them unless told otherwise, in
 * /sys/fs/cgroup, and returns -ENOENT when there is none with memory; the second
 * finds them among the mounts, wherever they are, with `root` before every path.
 */
int cgroup_open_usual(struct cgroup *cgroup, struct jo_err *err);
int cgroup_open(struct cgroup *cgroup, const char *root, const struct jo_mounts *mounts,
		struct jo_err *err);

/*
 * Find the step that process pid belongs to.  Returns 0, or -ENOENT when the
 * process is in no step's group; *cgroup can then be asked again.
 */
int cgroup_find(struct cgroup *cgroup, pid_t pid, struct jo_err *err);

/*
 * How often the limit of the job around the step was hit, by any of its steps;
 * JO_MISSING when the kernel does not tell.  Slurm gives a step the limit of its
 * job, and the kernel counts a hit where the sum ran over: mostly at the job.
 */
int64_t cgroup_job_hits(const struct cgroup *cgroup);

/*
 * Read what the kernel gives into the record's fields; the others are left as
 * they are.  A group that is gone gives nothing.
 */
void cgroup_read(const struct cgroup *cgroup, struct jo_record *record);

/* Close what cgroup_open opened; once more does no harm. */
void cgroup_close(struct cgroup *cgroup);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leads one step from its first hook to its end record. */
#include "step.h"

#include <errno.h>
#include <inttypes.h>
#include <slurm/slurm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "identity.h"
#include "joboutliers/spool.h"
#include "joboutliers/units.h"
#include "node.h"

/* ru_inblock and ru_oublock count in these. */
#define BLOCK_BYTES 512

static int64_t timeval_us(const struct timeval *time)
{
	return (int64_t)time->tv_sec * JO_US_PER_S + time->tv_usec;
}

void step_init(struct step *step)
{
	step->spool_fd = -1;
	cgroup_init(&step->cgroup);
	attrfile_init(&step->attrfile);
	profile_init(&step->profile);
	native_init(&step->native);
}

/*
 * Whether the node's folder takes one more record, asked once a step unless it
 * was full: counting its files costs a millisecond in a spool that nobody empties.
 */
static int has_room(struct step *step, struct jo_err *err)
{
	int rc;

	if (step->from_task != NULL && atomic_load(&step->from_task->had_room))
		return 1;
	rc = jo_spool_is_full(step->spool_fd, step->files_max, err);
	if (rc == 0 && step->from_task != NULL)
		atomic_store(&step->from_task->had_room, true);
	return rc < 0 ? rc : rc == 0;
}

static int write_record(struct step *step, enum jo_record_kind kind, struct jo_err *err)
{
	char line[JO_RECORD_LINE_MAX], name[96];
	int len, rc;

	if (step->spool_fd < 0)
		return 0;
	step->record.kind = kind;
	step->record.dropped_count = jo_spool_read_dropped(step->spool_fd);
	if (step->record.cluster[0] == '\0')
		node_recall_cluster(step->spool_fd, step->record.cluster);
	rc = has_room(step, err);
	if (rc < 0) {
		/* Nor could a folder that cannot be listed be emptied. */
		jo_spool_count_dropped(step->spool_fd);
		return rc;
	}
	if (rc == 0) {
		jo_spool_count_dropped(step->spool_fd);
		return jo_err_set(err, -EDQUOT,
				  "the spool has %d records of this node: dropped one",
				  step->files_max);
	}

	len = jo_record_write(&step->record, line, sizeof(line));
	if (len < 0)
		return jo_err_set(err, len, "a record longer than %zu bytes", sizeof(line));
	(void)snprintf(name, sizeof(name), "%" PRId64 "-%" PRId64 ".%" PRId64 "-%s",
		       clock_now_us(CLOCK_REALTIME), step->record.job_id, step->record.step_id,
		       kind == JO_RECORD_START ? "start" : "end");
	rc = jo_spool_write(step->spool_fd, name, line, (size_t)len, err);
	if (rc < 0)
		jo_spool_count_dropped(step->spool_fd);
	return rc;
}

/* Reads the table of mounts where a path is not on the root's, and once. */
static int check_local(struct jo_mounts *mounts, const char *path, struct jo_err *err)
{
	int rc = 0;

	if (jo_mounts_is_on_root(path))
		return 0;
	if (mounts->text == NULL)
		rc = jo_mounts_read("", mounts, err);
	return rc < 0 ? rc : jo_mounts_check_local(mounts, path, err);
}

/* The control groups and the spool, which must not be where a step could wait for others. */
static int open_places(struct step *step, const struct args *args, struct jo_err *err)
{
	struct jo_mounts mounts = {0};
	int rc;

	/* Without cgroups there is still a time to tell. */
	if (cgroup_open_usual(&step->cgroup, NULL) < 0 && jo_mounts_read("", &mounts, NULL) == 0)
		(void)cgroup_open(&step->cgroup, "", &mounts, NULL);
	step->has_attributes = check_local(&mounts, args->attributes, NULL) == 0;
	rc = check_local(&mounts, args->spool, err);
	if (rc == 0)
		rc = jo_spool_open(args->spool, step->record.node, &step->spool_fd, err);
	jo_mounts_free(&mounts);
	return rc;
}

int step_begin(struct step *step, spank_t spank, const struct args *args,
	       const struct declaration *declaration, struct jo_err *err)
{
	int rc, traced, rate_hz = 0;
	bool is_said;

	/* Without arguments, the first of Slurm's hooks was not called. */
	if (step->is_recorded || args->spool == NULL)
		return 0;
	jo_record_init(&step->record, JO_RECORD_START);
	rc = identity_read(spank, args, &step->record, &step->gid, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	declare_import(declaration, spank, &step->record);
	traced = args->traceparent ? trace_begin(&step->trace, spank, &step->record, err) : 0;
	is_said = declare_profile(declaration, spank, &rate_hz);
	profile_decide(&step->profile, args, is_said, rate_hz, &step->record);
	step->tasks_left = step->record.task_count == JO_MISSING ? 1 : step->record.task_count;
	step->start_us = clock_now_us(CLOCK_MONOTONIC);
	step->record.start_unix_us = clock_now_us(CLOCK_REALTIME);
	step->files_max = args->files_max;
	step->stepd_pid = getpid();
	step->is_recorded = true;

	/* A task is a process of its own, and its program's memory is not ours to write. */
	step->from_task = mmap(NULL, sizeof(*step->from_task), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (step->from_task == MAP_FAILED)
		step->from_task = NULL;

	rc = open_places(step, args, err);
	/* Here, as a later hook may have descriptors of its own, in the job's namespaces. */
	if (step->profile.rate_hz > 0 && args->profile_native != NULL)
		(void)native_begin(&step->native, NULL);
	return rc < 0 ? rc : traced;
}

int step_start(struct step *step, const struct args *args, struct jo_err *err)
{
	int rc, made;

	if (!step->is_recorded || step->attrfile.path[0] != '\0')
		return 0;
	if (step->has_attributes) {
		rc = attrfile_make(&step->attrfile, args->attributes, (uid_t)step->record.uid,
				   step->gid, step->record.job_id, step->record.step_id, err);
		made = profile_make(&step->profile, args->attributes, step->gid, &step->record,
				    rc < 0 ? NULL : err);
		rc = rc < 0 ? rc : made;
	} else {
		rc = jo_err_set(err, -EREMOTE, "no attribute file: a step could wait for %s",
				args->attributes);
	}

	/* Last, so that our own work is not in the step's time. */
	step->start_us = clock_now_us(CLOCK_MONOTONIC);
	step->record.start_unix_us = clock_now_us(CLOCK_REALTIME);
	return rc;
}

int step_task_prepare(struct step *step, spank_t spank, const struct args *args, struct jo_err *err)
{
	int rc = 0, task, done;

	if (!step->is_recorded)
		return 0;
	if (step->attrfile.path[0] != '\0' &&
	    spank_setenv(spank, ATTRFILE_VARIABLE, step->attrfile.path, 1) != ESPANK_SUCCESS)
		rc = jo_err_set(err, -EINVAL, "cannot set %s for the step", ATTRFILE_VARIABLE);
	if (rc == 0)
		rc = trace_tell(&step->trace, spank, err);
	done = profile_prepare(&step->profile, spank, args, rc < 0 ? NULL : err);
	rc = rc < 0 ? rc : done;
	/* Twice is better than never, where Slurm does not tell which task it is. */
	if (spank_get_item(spank, S_TASK_ID, &task) == ESPANK_SUCCESS && task != 0)
		return rc;
	done = write_record(step, JO_RECORD_START, err);
	return done < 0 ? done : rc;
}

int step_task_forked(struct step *step, spank_t spank, struct jo_err *err)
{
	pid_t pid;

	if (!step->is_recorded || step->cgroup.source != JO_MEM_NONE)
		return 0;
	if (spank_get_item(spank, S_TASK_PID, &pid) != ESPANK_SUCCESS)
		return jo_err_set(err, -ESRCH, "Slurm does not tell the task's process");
	/* Where Slurm uses no cgroups this is so for each step, and the record says it. */
	(void)cgroup_find(&step->cgroup, pid, NULL);
	return 0;
}

/* Have the task's program sampled, if it is among the first ones. */
static void start_sampler(const struct step *step, const struct args *args)
{
	struct from_task *from_task = step->from_task;
	struct jo_err err;
	int number;

	if (step->profile.path[0] == '\0' || args->profile_native == NULL)
		return;
	number = atomic_fetch_add(&from_task->sampled_count, 1);
	if (number >= JO_NATIVE_TASKS_MAX ||
	    native_start(&step->native, args->profile_native, step->profile.path, number,
			 step->profile.rate_hz, &err) == 0)
		return;
	from_task->not_sampled = err;
	atomic_store(&from_task->is_not_sampled, true);
}

void step_task_starting(struct step *step, spank_t spank, const struct args *args)
{
	if (!step->is_recorded || step->from_task == NULL)
		return;
	/* Two tasks that do this at once write the same. */
	if (!atomic_load(&step->from_task->is_known)) {
		identity_read_in_task(spank, &step->from_task->record);
		atomic_store(&step->from_task->is_known, true);
	}
	start_sampler(step, args);
}

/* A signal is worse than a status, a higher one of its kind worse than a lower. */
static void take_status(struct jo_record *record, int status)
{
	int64_t exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	int64_t term_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (record->term_signal != JO_MISSING &&
	    (term_signal < record->term_signal ||
	     (term_signal == record->term_signal && exit_status <= record->exit_status)))
		return;
	record->exit_status = exit_status;
	record->term_signal = term_signal;
}

static void complete(int64_t *field, int64_t value)
{
	if (*field == JO_MISSING)
		*field = value;
}

/*
 * What slurmstepd's children took, for what no cgroup tells.  In a child of it, as which Slurm may
 * call a hook, they are not to be asked for; and where none was waited for, nothing is known.
 */
static void read_rusage(struct step *step)
{
	struct jo_record *record = &step->record;
	struct rusage usage;

	if (getpid() != step->stepd_pid || getrusage(RUSAGE_CHILDREN, &usage) < 0 ||
	    usage.ru_maxrss == 0)
		return;
	complete(&record->max_rss_bytes, (int64_t)usage.ru_maxrss * 1024);
	complete(&record->cpu_user_us, timeval_us(&usage.ru_utime));
	complete(&record->cpu_system_us, timeval_us(&usage.ru_stime));
	complete(&record->read_bytes, (int64_t)usage.ru_inblock * BLOCK_BYTES);
	complete(&record->write_bytes, (int64_t)usage.ru_oublock * BLOCK_BYTES);
	complete(&record->major_fault_count, usage.ru_majflt);
}

/* Why there would be no samples of native programs. */
static const char *not_native(const struct step *step, bool is_sampler_done)
{
	if (step->native.from_tasks_fd < 0)
		return "nothing else is sampled";
	if (step->from_task != NULL && atomic_load(&step->from_task->is_not_sampled))
		return step->from_task->not_sampled.text;
	return is_sampler_done ? "the sampler of other programs was killed"
			       : "the sampler of other programs was not done in time";
}

static int measure(struct step *step, struct jo_err *err)
{
	int64_t now_us = clock_now_us(CLOCK_MONOTONIC);
	bool is_sampler_done;
	int rc, taken;

	if (now_us != JO_MISSING && step->start_us != JO_MISSING)
		step->record.wall_us = now_us - step->start_us;
	read_rusage(step);
	cgroup_read(&step->cgroup, &step->record);
	if (step->from_task != NULL && atomic_load(&step->from_task->is_known))
		identity_complete(&step->record, &step->from_task->record);
	step->is_measured = true;
	/* After the step was measured, as names take memory and time. */
	native_end(&step->native);
	rc = attrfile_read(&step->attrfile, &step->record, err);
	/* Here its path still means what it meant when it was made. */
	attrfile_remove(&step->attrfile);
	is_sampler_done = native_wait(&step->native);
	taken = profile_take(&step->profile, not_native(step, is_sampler_done), &step->record,
			     rc < 0 ? NULL : err);
	return rc < 0 ? rc : taken;
}

int step_task_ended(struct step *step, spank_t spank, struct jo_err *err)
{
	int status;

	if (!step->is_recorded || step->is_measured)
		return 0;
	if (spank_get_item(spank, S_TASK_EXIT_STATUS, &status) == ESPANK_SUCCESS)
		take_status(&step->record, status);
	if (--step->tasks_left > 0)
		return 0;
	return measure(step, err);
}

int step_end(struct step *step, struct jo_err *err)
{
	int rc = 0, measured;

	if (step->is_recorded) {
		/* Its tasks never told their end; the step's is known all the same. */
		measured = step->is_measured ? 0 : measure(step, err);
		read_rusage(step); /* where it was measured in a child */
		rc = write_record(step, JO_RECORD_END, err);
		if (rc == 0)
			rc = measured;
	}
	attrfile_remove(&step->attrfile);
	profile_remove(&step->profile);
	native_close(&step->native);
	cgroup_close(&step->cgroup);
	if (step->spool_fd >= 0)
		(void)close(step->spool_fd);
	if (step->from_task != NULL)
		(void)munmap(step->from_task, sizeof(*step->from_task));
	memset(step, 0, sizeof(*step));
	step_init(step);
	return rc;
}

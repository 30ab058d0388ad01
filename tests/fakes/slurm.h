/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the plugin needs of Slurm, played by the test: the context, the items of
 * the handle, a job's environment, the options, the log.  Linked with the
 * plugin's objects it is a slurmstepd, an srun or a slurmd in one process,
 * which sanitizers can watch.
 */
#ifndef FAKES_SLURM_H
#define FAKES_SLURM_H

#include <slurm/spank.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define FAKE_ENV_MAX 64
#define FAKE_OPTION_MAX 8
#define FAKE_ITEM_MAX 64

struct fake_slurm {
	enum spank_context context;
	bool is_missing[FAKE_ITEM_MAX]; /* items that this Slurm does not have */
	uid_t uid;
	gid_t gid;
	uint32_t job_id, step_id, node_id, node_count, task_count, restart_count;
	uint32_t array_id, array_task_id;
	uint16_t cpu_count;
	uint64_t job_mem_mb, step_mem_mb;
	int argc;
	char **argv;
	int task_id;
	pid_t task_pid;
	int task_status;
	bool refuses_setenv, refuses_options;
	char *env[FAKE_ENV_MAX]; /* "NAME=VALUE" of the job */
	size_t env_count;
	struct spank_option options[FAKE_OPTION_MAX];
	size_t option_count;
	int log_count; /* lines of the plugin */
	char last_log[4096];
};

extern struct fake_slurm fake_slurm;

/* An ordinary step of srun, 4711.0, one task running "true", of this process's user. */
void fake_slurm_reset(enum spank_context context);

void fake_setenv(const char *name, const char *value);
const char *fake_getenv(const char *name);

/* Call the option's callback as Slurm does; its result, or -1 when it was never registered. */
int fake_option(const char *name, const char *value, int remote);

#endif

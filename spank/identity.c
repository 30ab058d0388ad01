/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks Slurm who the step is, item by item; an item it does not have is missing. */
#include "identity.h"
#include "joboutliers/program.h"
#include "joboutliers/units.h"

#include <errno.h>
#include <inttypes.h>
#include <slurm/slurm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nodeinfo.h"

#define BYTES_PER_MB (INT64_C(1) << 20)

/* Slurm's own bound on a heterogeneous job's components (MAX_HET_JOB_COMPS). */
#define HET_SIZE_MAX 128

/* Items of type uint32_t, where 0 may mean "none" and NO_VAL always does. */
static const struct {
	spank_item_t item;
	size_t offset;
	bool zero_is_none;
} number_items[] = {
	{S_JOB_ID, offsetof(struct jo_record, job_id), true},
	{S_JOB_STEPID, offsetof(struct jo_record, step_id), false},
	{S_JOB_NODEID, offsetof(struct jo_record, node_index), false},
	{S_JOB_NNODES, offsetof(struct jo_record, node_count), true},
	{S_JOB_LOCAL_TASK_COUNT, offsetof(struct jo_record, task_count), true},
	{S_SLURM_RESTART_COUNT, offsetof(struct jo_record, restart_count), false},
	{S_JOB_ARRAY_ID, offsetof(struct jo_record, array_job_id), true},
	{S_JOB_ARRAY_TASK_ID, offsetof(struct jo_record, array_task_id), false},
};

/* Names that only the environment has: the user can forge them, so they decide nothing. */
static const struct {
	const char *variable;
	size_t offset;
} name_variables[] = {
	{"SLURM_JOB_USER", offsetof(struct jo_record, user)},
	{"SLURM_JOB_ACCOUNT", offsetof(struct jo_record, account)},
	{"SLURM_JOB_PARTITION", offsetof(struct jo_record, partition)},
	{"SLURM_JOB_QOS", offsetof(struct jo_record, qos)},
	{"SLURM_JOB_NAME", offsetof(struct jo_record, job_name)},
};

static int64_t *int_field(struct jo_record *record, size_t offset)
{
	return (int64_t *)(void *)((char *)record + offset);
}

static void read_numbers(spank_t spank, struct jo_record *record)
{
	for (size_t i = 0; i < sizeof(number_items) / sizeof(number_items[0]); i++) {
		uint32_t value = NO_VAL;

		if (spank_get_item(spank, number_items[i].item, &value) == ESPANK_SUCCESS &&
		    value != NO_VAL && value != INFINITE &&
		    !(value == 0 && number_items[i].zero_is_none))
			*int_field(record, number_items[i].offset) = value;
	}
	/* Some versions name the job itself when it is in no array; only the task tells. */
	if (record->array_job_id == JO_MISSING || record->array_task_id == JO_MISSING)
		record->array_job_id = record->array_task_id = JO_MISSING;
}

/* A decimal number from the environment, or JO_MISSING. */
static int64_t number_variable(spank_t spank, const char *name)
{
	char text[24], *end;
	long long value;

	if (spank_getenv(spank, name, text, sizeof(text)) != ESPANK_SUCCESS || text[0] < '0' ||
	    text[0] > '9')
		return JO_MISSING;
	errno = 0;
	value = strtoll(text, &end, 10);
	return errno != 0 || *end != '\0' ? JO_MISSING : value;
}

/* Names that are there already stay. */
static void read_names(spank_t spank, struct jo_record *record)
{
	char text[4 * JO_NAME_SIZE];

	for (size_t i = 0; i < sizeof(name_variables) / sizeof(name_variables[0]); i++) {
		char *name = (char *)record + name_variables[i].offset;
		spank_err_t rc;

		if (name[0] != '\0')
			continue;
		rc = spank_getenv(spank, name_variables[i].variable, text, sizeof(text));
		if (rc == ESPANK_SUCCESS || rc == ESPANK_NOSPACE)
			jo_record_set_string(name, JO_NAME_SIZE, text);
	}
}

/*
 * What newer Slurm says of the job to its tasks.  A job that was submitted from
 * within another one begins with that one's.
 */
static void read_of_job(spank_t spank, struct jo_record *record)
{
	int64_t start_s = number_variable(spank, "SLURM_JOB_START_TIME");
	int64_t end_s = number_variable(spank, "SLURM_JOB_END_TIME");
	char text[4 * JO_NAME_SIZE];

	if (start_s != JO_MISSING && end_s > start_s && end_s - start_s < INT64_MAX / JO_US_PER_S)
		record->time_limit_us = (end_s - start_s) * JO_US_PER_S;
	if (spank_getenv(spank, "SLURM_JOB_SLUID", text, sizeof(text)) == ESPANK_SUCCESS)
		jo_record_set_string(record->sluid, sizeof(record->sluid), text);
}

static void read_given(spank_t spank, struct jo_record *record)
{
	uint64_t mem_mb = 0;
	uint16_t cpus = 0;
	char **argv = NULL;
	int argc = 0;

	if (spank_get_item(spank, S_JOB_NCPUS, &cpus) == ESPANK_SUCCESS && cpus > 0)
		record->cpu_count = cpus;
	if ((spank_get_item(spank, S_STEP_ALLOC_MEM, &mem_mb) == ESPANK_SUCCESS && mem_mb > 0) ||
	    (spank_get_item(spank, S_JOB_ALLOC_MEM, &mem_mb) == ESPANK_SUCCESS && mem_mb > 0)) {
		if (mem_mb <= (uint64_t)(INT64_MAX / BYTES_PER_MB))
			record->mem_request_bytes = (int64_t)mem_mb * BYTES_PER_MB;
	}
	/* A batch step runs slurmd's copy of the script, under a name of slurmd's. */
	if (record->step_kind != JO_STEP_BATCH &&
	    spank_get_item(spank, S_JOB_ARGV, &argc, &argv) == ESPANK_SUCCESS)
		jo_program_name(argc, argv, record->program);
}

/* The job of component i of a heterogeneous job; srun and sbatch name the variable differently. */
static int64_t component_job_id(spank_t spank, int64_t i)
{
	static const char *const prefixes[] = {"SLURM_JOB_ID_HET_GROUP_",
					       "SLURM_JOB_ID_PACK_GROUP_"};
	int64_t job_id = JO_MISSING;
	char name[48];

	for (size_t k = 0; k < 2 && job_id == JO_MISSING; k++) {
		(void)snprintf(name, sizeof(name), "%s%" PRId64, prefixes[k], i);
		job_id = number_variable(spank, name);
	}
	return job_id;
}

/* Each component is a job of its own; the first one's id is that of all. */
static void read_het(spank_t spank, struct jo_record *record)
{
	int64_t size = number_variable(spank, "SLURM_HET_SIZE");

	for (int64_t i = 0; i < size && i < HET_SIZE_MAX; i++) {
		if (component_job_id(spank, i) != record->job_id)
			continue;
		record->het_job_id = component_job_id(spank, 0);
		record->het_job_offset = i;
		return;
	}
}

/*
 * Slurm 22.05 answers 0 also for a job that was requeued, and puts the number
 * into the environment; a second run that looked like the first would replace it.
 */
static void read_restarts(spank_t spank, struct jo_record *record)
{
	int64_t count = number_variable(spank, "SLURM_RESTART_COUNT");

	if (count != JO_MISSING &&
	    (record->restart_count == JO_MISSING || record->restart_count == 0))
		record->restart_count = count;
}

int identity_read(spank_t spank, const struct args *args, struct jo_record *record, gid_t *ret_gid,
		  struct jo_err *err)
{
	uid_t uid;

	read_numbers(spank, record);
	if (record->job_id == JO_MISSING || record->step_id == JO_MISSING ||
	    spank_get_item(spank, S_JOB_UID, &uid) != ESPANK_SUCCESS ||
	    spank_get_item(spank, S_JOB_GID, ret_gid) != ESPANK_SUCCESS)
		return jo_err_set(err, -ENODATA, "Slurm does not tell which step this is");
	record->uid = uid;

	switch (record->step_id) {
	case SLURM_BATCH_SCRIPT:
		record->step_kind = JO_STEP_BATCH;
		break;
	case SLURM_INTERACTIVE_STEP:
		record->step_kind = JO_STEP_INTERACTIVE;
		break;
	default:
		if (record->step_id >= SLURM_MAX_NORMAL_STEP_ID)
			return 1;
		record->step_kind = JO_STEP_SRUN;
		break;
	}
	/* Only here: a step that could name its cluster could write over another's. */
	jo_record_set_string(record->cluster, sizeof(record->cluster), args->cluster);
	read_names(spank, record);
	read_given(spank, record);
	if (record->step_kind == JO_STEP_SRUN)
		read_of_job(spank, record);
	read_het(spank, record);
	read_restarts(spank, record);
	/* Slurm counts nodes for steps that srun started. */
	if (record->step_kind == JO_STEP_BATCH && record->node_count == JO_MISSING)
		record->node_count = 1;
	return nodeinfo_name(record->node, err);
}

void identity_read_in_task(spank_t spank, struct jo_record *ret_of_task)
{
	jo_record_init(ret_of_task, JO_RECORD_END);
	read_names(spank, ret_of_task);
	read_restarts(spank, ret_of_task);
	read_of_job(spank, ret_of_task);
}

void identity_complete(struct jo_record *record, const struct jo_record *of_task)
{
	for (size_t i = 0; i < sizeof(name_variables) / sizeof(name_variables[0]); i++) {
		char *name = (char *)record + name_variables[i].offset;

		if (name[0] == '\0')
			memcpy(name, (const char *)of_task + name_variables[i].offset,
			       JO_NAME_SIZE);
	}
	if (record->restart_count == JO_MISSING || record->restart_count == 0)
		if (of_task->restart_count != JO_MISSING)
			record->restart_count = of_task->restart_count;
	if (of_task->time_limit_us != JO_MISSING)
		record->time_limit_us = of_task->time_limit_us;
	if (of_task->sluid[0] != '\0')
		memcpy(record->sluid, of_task->sluid, sizeof(record->sluid));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of Slurm's accounting: what sacct prints now, or what it printed into
 * a file, with or without its header.  Extern steps and jobs that have not begun
 * are skipped.  Slurm knows no input sizes; what the plugin or a CSV file said of
 * a step is not replaced.
 *
 * sacct prints a line for each job and one for
 * each of its steps; the steps are what we keep, and who, where and how long it
 * may take stand in the job's line alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "joboutliers/class.h"
#include "joboutliers/units.h"
#include "intake/field.h"
#include "intake/source.h"
#include "util/alloc.h"
#include "util/when.h"

extern char **environ;

/* What sacct is to print (-P -o), read in this order.
 * The job's name comes last, as it alone may hold the separator. */
static const char sacct_format[] =
	"JobIDRaw,JobID,Cluster,User,UID,Account,Partition,QOS,State,ExitCode,Start,ElapsedRaw,"
	"TimelimitRaw,NNodes,NodeList,AllocCPUS,NTasks,MaxRSS,UserCPU,SystemCPU,JobName";

enum sacct_field {
	FIELD_ID,
	FIELD_SHOWN_ID,
	FIELD_CLUSTER,
	FIELD_USER,
	FIELD_UID,
	FIELD_ACCOUNT,
	FIELD_PARTITION,
	FIELD_QOS,
	FIELD_STATE,
	FIELD_EXIT,
	FIELD_START,
	FIELD_ELAPSED,
	FIELD_LIMIT,
	FIELD_NODE_COUNT,
	FIELD_NODES,
	FIELD_CPUS,
	FIELD_TASKS,
	FIELD_MAX_RSS,
	FIELD_USER_CPU,
	FIELD_SYSTEM_CPU,
	FIELD_NAME,
	FIELD_COUNT,
};

struct sacct_import {
	const char *name; /* of the file, for people */
	int64_t line_number;
	struct jo_record job; /* what the last job's line said */
	bool has_job;
	FILE *fp;
	pid_t pid; /* of sacct, whose output fp is; -1: fp is a file */
	char *line;
	size_t line_size;
};

/* ---- fields ---- */

static int read_limit(const char *text, int64_t *ret_us, struct jo_err *err)
{
	int64_t minutes;

	/* UNLIMITED and Partition_Limit: there is none that is known */
	if (text[0] < '0' || text[0] > '9')
		return 0;
	if (field_count(text, &minutes, err) < 0 || minutes > INT32_MAX)
		return jo_err_set(err, -EINVAL, "expected minutes, found '%.40s'", text);
	*ret_us = minutes * 60 * 1000000;
	return 0;
}

/* Numbers of a line; each is missing when its field is empty. */
static const struct {
	enum sacct_field field;
	int (*read)(const char *text, int64_t *ret_value, struct jo_err *err);
	size_t offset;
	const char *name;
	bool is_of_job; /* stands in the job's line alone */
} numbers[] = {
	{FIELD_UID, field_count, offsetof(struct jo_record, uid), "UID", true},
	{FIELD_LIMIT, read_limit, offsetof(struct jo_record, time_limit_us), "TimelimitRaw", true},
	{FIELD_ELAPSED, field_seconds, offsetof(struct jo_record, wall_us), "ElapsedRaw", false},
	{FIELD_NODE_COUNT, field_count, offsetof(struct jo_record, node_count), "NNodes", false},
	{FIELD_CPUS, field_count, offsetof(struct jo_record, cpu_count), "AllocCPUS", false},
	{FIELD_TASKS, field_count, offsetof(struct jo_record, task_count), "NTasks", false},
	{FIELD_MAX_RSS, jo_bytes_parse, offsetof(struct jo_record, max_rss_bytes), "MaxRSS", false},
	{FIELD_USER_CPU, field_seconds, offsetof(struct jo_record, cpu_user_us), "UserCPU", false},
	{FIELD_SYSTEM_CPU, field_seconds, offsetof(struct jo_record, cpu_system_us), "SystemCPU",
	 false},
};

static int read_numbers(char *const *fields, bool is_of_job, struct jo_record *record,
			struct jo_err *err)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *text = fields[numbers[i].field];
		int64_t *member = (int64_t *)(void *)((char *)record + numbers[i].offset);

		if (numbers[i].is_of_job != is_of_job || *text == '\0')
			continue;
		if (numbers[i].read(text, member, err) < 0)
			return jo_err_prefix(err, "%s", numbers[i].name);
	}
	return 0;
}

/* The last field keeps whatever separators are in it; returns how many there are. */
static int split(char *line, char **fields)
{
	int count = 0;

	for (char *at = line; count < FIELD_COUNT; at++) {
		fields[count++] = at;
		at = count < FIELD_COUNT ? strchr(at, '|') : NULL;
		if (at == NULL)
			break;
		*at = '\0';
	}
	return count;
}

/* ---- lines ---- */

#define SET(member, text) jo_record_set_string(member, sizeof(member), text)

static int read_job(struct sacct_import *import, char *const *fields, struct jo_err *err)
{
	struct jo_record *job = &import->job;
	bool has_step;

	import->has_job = false;
	jo_record_init(job, JO_RECORD_END);
	/* The number Slurm gave it, and the one it shows: an array's task has both. */
	if (field_job(fields[FIELD_SHOWN_ID], job, &has_step, err) < 0 ||
	    field_job(fields[FIELD_ID], job, &has_step, err) < 0)
		return -EINVAL;
	SET(job->cluster, fields[FIELD_CLUSTER]);
	SET(job->user, fields[FIELD_USER]);
	SET(job->account, fields[FIELD_ACCOUNT]);
	SET(job->partition, fields[FIELD_PARTITION]);
	SET(job->qos, fields[FIELD_QOS]);
	SET(job->job_name, fields[FIELD_NAME]);
	if (read_numbers(fields, true, job, err) < 0)
		return -EINVAL;
	import->has_job = true;
	return 0;
}

/* As the plugin makes it: the job's name, and in its steps the program's. */
static void set_class(struct jo_record *record, const char *step_name)
{
	if (record->step_kind != JO_STEP_SRUN) {
		jo_class_make(record->job_name, record->class_name);
		return;
	}
	SET(record->program, step_name);
	jo_class_of_step(record->job_name, record->program, record->class_name);
}

/* Returns 1 for a step that is nothing for us. */
static int read_step(struct sacct_import *import, char *const *fields, struct jo_record *record,
		     enum step_state *ret_state, struct jo_err *err)
{
	bool has_step;
	int rc;

	*record = import->job;
	rc = field_job(fields[FIELD_ID], record, &has_step, err);
	if (rc != 0)
		return rc;
	if (!import->has_job || record->job_id != import->job.job_id)
		return jo_err_set(err, -EINVAL, "a step without the line of its job before it");
	if (field_state(fields[FIELD_STATE], ret_state, err) < 0)
		return -EINVAL;
	if (*ret_state == STEP_STATE_NONE || fields[FIELD_START][0] == '\0' ||
	    strcmp(fields[FIELD_START], "Unknown") == 0 || strcmp(fields[FIELD_START], "None") == 0)
		return 1;
	if (field_time(fields[FIELD_START], &record->start_unix_us, err) < 0)
		return jo_err_prefix(err, "Start");
	if (fields[FIELD_EXIT][0] != '\0' && field_exit(fields[FIELD_EXIT], record, err) < 0)
		return -EINVAL;
	if (read_numbers(fields, false, record, err) < 0)
		return -EINVAL;
	if (record->node_count == 1)
		SET(record->node, fields[FIELD_NODES]);
	set_class(record, fields[FIELD_NAME]);
	if (*ret_state == STEP_STATE_RUNNING) {
		record->kind = JO_RECORD_START;
		*ret_state = STEP_STATE_NONE;
	}
	return 0;
}

/* Fill the block's next record: 0, 1 for a line that is no step, or why it is bad. */
static int read_line(struct sacct_import *import, char *line, struct source_block *block,
		     enum step_state *ret_state, struct jo_err *err)
{
	char *fields[FIELD_COUNT];
	int count = split(line, fields), rc;

	if (count != FIELD_COUNT)
		rc = jo_err_set(err, -EINVAL, "%d fields, expected those of sacct -P -o %s", count,
				sacct_format);
	else if (strcmp(fields[FIELD_ID], "JobIDRaw") == 0)
		return 1; /* the header */
	else if (strchr(fields[FIELD_SHOWN_ID], '[') != NULL)
		return 1; /* tasks of an array that have not begun */
	else if (strchr(fields[FIELD_ID], '.') == NULL)
		rc = read_job(import, fields, err) < 0 ? -EINVAL : 1;
	else
		rc = read_step(import, fields, source_block_record(block), ret_state, err);
	if (rc < 0)
		(void)jo_err_prefix(err, "%s:%lld", import->name, (long long)import->line_number);
	return rc;
}

static void take_line(struct sacct_import *import, struct source_block *block)
{
	enum step_state state;
	struct jo_err why;
	int rc;

	import->line_number++;
	rc = read_line(import, import->line, block, &state, &why);
	if (rc < 0)
		source_block_refuse(block, NULL, why.text);
	else if (rc > 0)
		block->skipped_count++;
	else
		source_block_put(block, state);
}

static int next_lines(void *context, struct source_block *block, struct jo_err *err)
{
	struct sacct_import *import = context;
	ssize_t len;

	while (!source_block_is_full(block)) {
		len = getline(&import->line, &import->line_size, import->fp);
		if (len < 0)
			return ferror(import->fp)
				       ? jo_err_set(err, -EIO, "read %s: failed", import->name)
				       : 0;
		if (len > 0 && import->line[len - 1] == '\n')
			import->line[len - 1] = '\0';
		take_line(import, block);
	}
	return 1;
}

/* ---- sacct itself ---- */

/* Its output can be larger than memory, so it is read while it is written. */
static int start_sacct(struct sacct_import *import, const char *since, const char *until,
		       struct jo_err *err)
{
	const char *const argv[] = {"sacct", "-a",  "-P", "-o",  sacct_format,
				    "-S",    since, "-E", until, NULL};
	posix_spawn_file_actions_t actions;
	int fds[2], rc;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return jo_err_sys(err, -errno, "make a pipe");
	/* Seconds since 1970: local time has an hour twice. */
	(void)setenv("SLURM_TIME_FORMAT", "%s", 1);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	rc = posix_spawnp(&import->pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
			  environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(fds[1]);
	if (rc != 0) {
		import->pid = -1;
		(void)close(fds[0]);
		return jo_err_sys(err, -rc, "run %s", argv[0]);
	}
	import->fp = fdopen(fds[0], "r");
	return 0;
}

static int end_sacct(pid_t pid, struct jo_err *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return jo_err_sys(err, -errno, "wait for sacct");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return jo_err_set(err, -EIO, "sacct did not end well; what it printed was imported");
}

static int open_sacct(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct sacct_import *import = xcalloc(1, sizeof(*import));
	const char *path = request->values[0];
	char since[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];
	int rc = 0;

	import->pid = -1;
	import->name = path[0] != '\0' ? path : "sacct";
	if (path[0] == '\0') {
		rc = start_sacct(import, when_format(request->since_unix_us, since),
				 when_format(request->until_unix_us, until), err);
	} else {
		import->fp = fopen(path, "re");
		if (import->fp == NULL)
			rc = jo_err_sys(err, -errno, "open %s", path);
	}
	if (rc < 0) {
		free(import);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

static int close_sacct(void *context, struct jo_err *err)
{
	struct sacct_import *import = context;
	int rc = 0;

	(void)fclose(import->fp);
	if (import->pid >= 0)
		rc = end_sacct(import->pid, err);
	free(import->line);
	free(import);
	return rc;
}

static const struct source_option sacct_options[] = {
	{"sacct", "FILE", true,
	 "import Slurm's accounting: what sacct prints, or what it printed into FILE", 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_sacct = {
	.word = "sacct",
	.noun = "line",
	.step_source = STEP_SOURCE_SACCT,
	.options = sacct_options,
	.takes = SOURCE_TAKES(SOURCE_SINCE) | SOURCE_TAKES(SOURCE_UNTIL),
	.open = open_sacct,
	.next = next_lines,
	.close = close_sacct,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which part is done the database says: a job may end well and leave steps, or
 * be lost by Slurm and have judged all.  squeue says whether it is worth waiting.
 */
#include "cmd/check_slurm.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/log.h"
#include "util/run.h"
#include "util/strbuf.h"
#include "util/when.h"
#include "util/words.h"

/* By this name people find the jobs, and their class in what the plugin records. */
#define JOB_NAME "sjoboutliers-check"

#define SUBMITS_MAX 3 /* once, and what is left again, twice */

/* A slurmctld under load answers within this, or its answer is of no use any more. */
#define SLURM_TIMEOUT_S 120

/* How often it is asked at first, so that short nights end soon, and later on, as squeue costs
 * slurmctld something. */
#define POLL_FIRST_S 1
#define POLL_MAX_S 10

/* How long nobody need answer before the jobs are given up: slurmctld is started again meanwhile.
 */
#define SILENCE_MAX_US (INT64_C(600) * 1000000)

#define JOB_ID_SIZE 24 /* a number, and more than it has */

#define REASON_SIZE 64 /* the longest one of Slurm's has 40 letters */

struct array {
	struct cmd_env *env;
	struct store *store;
	const struct check_slurm *slurm;
	struct progress *progress;
	int64_t begin_unix_us; /* what was taken later is nobody's fault */
	bool is_left[JUDGE_PART_LANES];
	int64_t left_count, total_count; /* steps */
	char job_id[JOB_ID_SIZE];
	char *clusters;               /* the option that names its cluster, or NULL: this one's */
	char standstill[REASON_SIZE]; /* why none of what is there will run by itself; or "" */
};

/* ---- what is left ---- */

static int look(struct array *array, struct jo_err *err)
{
	struct store_unjudged *list;
	size_t count;
	int rc = store_unjudged_groups(array->store, array->begin_unix_us, &list, &count, err);

	if (rc < 0)
		return rc;
	array->left_count = 0;
	memset(array->is_left, 0, sizeof(array->is_left));
	for (size_t i = 0; i < count; i++) {
		array->left_count += list[i].count;
		for (uint32_t p = 0; p < array->slurm->part_count; p++) {
			struct judge_part part = judge_part_of(p + 1, array->slurm->part_count);

			array->is_left[p] |= judge_part_has(&part, list[i].group_id);
		}
	}
	free(list);
	return 0;
}

/* ---- the script ---- */

/* A word as the shell takes it, whatever is in it. */
static void add_word(struct strbuf *text, const char *word)
{
	char *quoted = g_shell_quote(word);

	strbuf_addf(text, " %s", quoted);
	g_free(quoted);
}

/* The file as it is found from another folder; the caller frees it.  NULL with *err. */
static char *absolute(const char *path, struct jo_err *err)
{
	char *folder, *whole;

	if (path[0] == '/')
		return xstrdup(path);
	folder = getcwd(NULL, 0);
	if (folder == NULL) {
		(void)jo_err_sys(err, -errno, "%s: where this is", path);
		return NULL;
	}
	whole = xasprintf("%s/%s", folder, path);
	free(folder);
	return whole;
}

/* The same program with the same configuration, which are to be on the nodes as they are here. */
static int write_script(const struct array *array, struct strbuf *text, struct jo_err *err)
{
	char program[4096]; /* PATH_MAX */
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *conf_path;

	if (len < 0)
		return jo_err_sys(err, -errno, "read /proc/self/exe");
	conf_path = absolute(array->env->conf_path, err); /* jobs begin in / */
	if (conf_path == NULL)
		return -ENOENT;
	program[len] = '\0';
	strbuf_adds(text, "#!/bin/sh\nexec");
	add_word(text, program);
	strbuf_adds(text, " -c");
	add_word(text, conf_path);
	free(conf_path);
	strbuf_addf(text, " check%s --part \"$SLURM_ARRAY_TASK_ID/%" PRIu32 "\"\n",
		    array->slurm->want_all ? " --all" : "", array->slurm->part_count);
	return 0;
}

/* ---- submitting ---- */

/* "--array=1-16" or, when some are done, "--array=3,7". */
static char *array_option(const struct array *array)
{
	struct strbuf text;
	bool is_first = true;

	strbuf_init(&text);
	strbuf_adds(&text, "--array=");
	for (uint32_t p = 0; p < array->slurm->part_count; p++) {
		if (!array->is_left[p])
			continue;
		strbuf_addf(&text, "%s%" PRIu32, is_first ? "" : ",", p + 1);
		is_first = false;
	}
	return strbuf_detach(&text);
}

/* Of "123" or "123;cluster", with a line's end. */
static int read_job_id(const char *output, struct array *array, struct jo_err *err)
{
	size_t len = strspn(output, "0123456789");
	const char *cluster = output + len + 1;

	if (len == 0 || len >= JOB_ID_SIZE)
		return jo_err_set(err, -EIO, "sbatch: expected a job's number, got: %.40s", output);
	memcpy(array->job_id, output, len);
	array->job_id[len] = '\0';
	free(array->clusters);
	array->clusters = output[len] == ';' ? xasprintf("--clusters=%.*s",
							 (int)strcspn(cluster, "\n"), cluster)
					     : NULL;
	return 0;
}

/* What is printed goes nowhere: a folder that every node can write is not known of, and what a part
 * has left says who does it here. */
static int submit(struct array *array, struct jo_err *err)
{
	const struct strlist *options = &array->slurm->options;
	const char **argv = xcalloc(options->count + 8, sizeof(*argv));
	char *indexes = array_option(array);
	struct run_result result = {0};
	struct strbuf script;
	size_t argc = 0;
	int rc;

	strbuf_init(&script);
	argv[argc++] = "sbatch";
	argv[argc++] = "--parsable";
	argv[argc++] = "--job-name=" JOB_NAME;
	argv[argc++] = "--output=/dev/null";
	argv[argc++] = "--chdir=/";
	argv[argc++] = indexes;
	for (size_t i = 0; i < options->count; i++)
		argv[argc++] = options->list[i];
	rc = write_script(array, &script, err);
	if (rc == 0)
		rc = run_program_ok(argv, script.text, script.len, SLURM_TIMEOUT_S, &result, err);
	if (rc == 0)
		rc = read_job_id(result.output, array, err);
	run_result_release(&result);
	strbuf_release(&script);
	free(indexes);
	free(argv);
	return rc;
}

/* ---- waiting ---- */

/*
 * Parts of what Slurm calls the reasons for which a job waits until a person does something: it is
 * held, as after a prolog that failed; or its options are more than partition, account or QOS
 * allow, which sbatch takes all the same where EnforcePartLimits=NO.
 */
static bool is_standstill(const char *reason)
{
	static const char *const parts[] = {
		"Held",
		"held",
		"Hold",
		"PartitionTimeLimit",
		"PartitionNodeLimit",
		"BadConstraints",
		"Invalid",
		"NotAllowed",
		"PerJob",
		"NeverSatisfied",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(reason, parts[i]) != NULL)
			return true;
	return false;
}

/* Of a line for each job, or for those that wait together, the reason; whether it is so for all. */
static bool read_standstill(const char *output, char ret_reason[static REASON_SIZE])
{
	char **lines = g_strsplit(output, "\n", 0);
	bool is_so = true;

	for (char **line = lines; is_so && *line != NULL; line++) {
		if (**line == '\0')
			continue;
		is_so = is_standstill(*line);
		(void)g_strlcpy(ret_reason, is_so ? *line : "", REASON_SIZE);
	}
	g_strfreev(lines);
	return is_so;
}

/* 1: some of the array is still there and may run; 0: nothing, or only what stands still; or why
 * nobody knows. */
static int is_there(struct array *array, struct jo_err *err)
{
	const char *const argv[] = {"squeue",      "--noheader",    "--format=%r", "--jobs",
				    array->job_id, array->clusters, NULL};
	struct run_result result = {0};
	int rc = run_program(argv, "", 0, SLURM_TIMEOUT_S, &result, err);

	if (rc == 0 && result.wait_status != 0) {
		/* Slurm forgets jobs some minutes after their end. */
		bool is_gone = strstr(result.complaint, "Invalid job id") != NULL;

		rc = is_gone ? 0 : run_result_check(argv[0], &result, err);
	} else if (rc == 0) {
		rc = result.size > 0 && !read_standstill(result.output, array->standstill);
	}
	run_result_release(&result);
	return rc;
}

/* What somebody let run later would find nothing to do. */
static void cancel(const struct array *array)
{
	const char *const argv[] = {"scancel", "--state=PENDING", array->job_id, array->clusters,
				    NULL};
	struct run_result result = {0};
	struct jo_err err;

	log_line("job %s waits for \"%s\", which does not end by itself: it is cancelled",
		 array->job_id, array->standstill);
	if (run_program_ok(argv, "", 0, SLURM_TIMEOUT_S, &result, &err) < 0)
		log_line("%s", err.text);
	run_result_release(&result);
}

static int await(struct array *array, struct jo_err *err)
{
	int64_t answered_us = when_monotonic_us();
	unsigned poll_s = POLL_FIRST_S;
	struct jo_err why;
	int rc;

	array->standstill[0] = '\0';
	while ((rc = is_there(array, &why)) != 0) {
		int64_t now_us = when_monotonic_us();

		if (rc > 0)
			answered_us = now_us;
		else if (now_us - answered_us > SILENCE_MAX_US)
			break;
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_sec = poll_s},
				      NULL);
		if (poll_s < POLL_MAX_S)
			poll_s++;
		if (array->progress->is_watched) {
			rc = look(array, err);
			if (rc < 0)
				return rc;
			array->progress->total = array->total_count;
			progress_update(array->progress, array->total_count - array->left_count);
		}
	}
	if (rc < 0)
		log_line("%s; job %s is not waited for any more", why.text, array->job_id);
	else if (array->standstill[0] != '\0')
		cancel(array);
	return look(array, err);
}

/* ---- all of it ---- */

static void note_job(const struct array *array, struct check_slurm_result *result)
{
	size_t len = strlen(result->job_ids);

	(void)snprintf(result->job_ids + len, sizeof(result->job_ids) - len, "%s%s",
		       len > 0 ? " and " : "", array->job_id);
}

int check_slurm_run(struct cmd_env *env, struct store *store, const struct judge_options *options,
		    const struct check_slurm *slurm, struct progress *progress,
		    struct check_slurm_result *ret_result, struct jo_err *err)
{
	struct array array = {.env = env,
			      .store = store,
			      .slurm = slurm,
			      .progress = progress,
			      .begin_unix_us = when_now()};
	struct check_slurm_result result = {0};
	struct jo_err why;
	int rc = judge_settle(store, options, env->now_unix_us, &result.new_history_count, err);

	if (rc == 0)
		rc = look(&array, err);
	array.total_count = array.left_count;
	for (int i = 0; rc == 0 && i < SUBMITS_MAX && array.left_count > 0; i++) {
		if (i > 0)
			log_line("job %s left %" PRId64 " step%s: %s", array.job_id,
				 array.left_count, words_plural(array.left_count),
				 "their parts are submitted again");
		if (submit(&array, &why) < 0) {
			log_line("%s; what is left is judged here", why.text);
			break;
		}
		note_job(&array, &result);
		rc = await(&array, err);
	}
	free(array.clusters);
	if (rc < 0)
		return rc;
	result.step_count = array.total_count - array.left_count;
	*ret_result = result;
	return 0;
}

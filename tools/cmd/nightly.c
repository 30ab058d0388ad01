/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nightly: ingest, suspended, requests, check, publish, hook, send, mail and prune, each whatever
 * came of the one before it. */
#include "cmd/cmd.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/when.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By Slurm's jobs, where the configuration says so. */
static int run_check(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	const struct strlist *options = &env->conf->check_job_options;
	char count[24]; /* an integer of 64 bits */
	char **with_jobs;
	int rc;

	if (env->conf->check_jobs == 0)
		return cmd_check(env, argc, argv, err);
	(void)snprintf(count, sizeof(count), "%" PRId64, env->conf->check_jobs);
	with_jobs = xcalloc(options->count + 5, sizeof(*with_jobs));
	with_jobs[0] = argv[0];
	with_jobs[1] = "--slurm";
	with_jobs[2] = count;
	with_jobs[3] = "--";
	memcpy(with_jobs + 4, options->list, options->count * sizeof(*with_jobs));
	rc = cmd_check(env, (int)options->count + 4, with_jobs, err);
	free(with_jobs);
	return rc;
}

/*
 * All parts are tried: what is in the database is judged also when the spool
 * could not be read, and verdicts of earlier nights may still be waiting for
 * their mail.  Who gets one then finds its jobs in the copy for readers.
 */
static const struct {
	const char *name;
	int (*run)(struct cmd_env *env, int argc, char **argv, struct jo_err *err);
} parts[] = {
	{"ingest", cmd_ingest}, {"suspended", cmd_suspended}, {"requests", cmd_requests},
	{"check", run_check},   {"publish", cmd_publish},     {"hook", cmd_hook},
	{"send", cmd_send},     {"mail", cmd_mail},           {"prune", cmd_prune},
};

/* Run one part and print its line. */
static enum cmd_exit run_part(struct cmd_env *env, size_t i)
{
	char program[64];
	char *argv[] = {program, NULL};
	struct jo_err err = {0};
	int rc;

	(void)snprintf(program, sizeof(program), "sjoboutliers %s", parts[i].name);
	env->summary[0] = '\0';
	rc = parts[i].run(env, 1, argv, &err);
	if (rc != CMD_DONE && err.text[0] != '\0')
		log_line("%s: %s", parts[i].name, err.text);
	if (rc == CMD_DONE || rc == CMD_BAD_INPUT)
		(void)printf("%-10s%s\n", parts[i].name, env->summary);
	else
		(void)printf("%-10sFAILED: %s\n", parts[i].name, err.text);
	env->summary[0] = '\0';
	return cmd_exit_of(rc);
}

static enum cmd_exit worse(enum cmd_exit a, enum cmd_exit b)
{
	static const int rank[] = {[CMD_DONE] = 0,
				   [CMD_BAD_INPUT] = 1,
				   [CMD_BUSY] = 2,
				   [CMD_USAGE] = 3,
				   [CMD_FAILED] = 4};

	return rank[b] > rank[a] ? b : a;
}

int cmd_nightly(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL,
		NULL,
		NULL,
		"Ingest, suspended, requests, check, publish, hook, send, mail and prune, one "
		"after the "
		"other.  A part that fails does not keep the others from being done; the exit "
		"status is the worst of theirs.",
		NULL,
		NULL,
		NULL,
	};
	struct store_night_report report = {env->now_unix_us, 0, CMD_DONE};
	char now[WHEN_TEXT_SIZE];
	struct store_lock *lock;
	int rc = cmd_start(env, &argp, argc, argv, NULL, err);

	if (rc != CMD_DONE)
		return rc;
	rc = store_night_begin(env->conf->database, env->now_unix_us, &lock, err);
	if (rc < 0)
		return rc;
	(void)printf("nightly %s\n", when_format(env->now_unix_us, now));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		report.status = (int)worse((enum cmd_exit)report.status, run_part(env, i));
	report.end_unix_us = when_now();
	rc = store_night_put(lock, &report, err);
	store_lock_release(lock);
	return rc < 0 ? rc : report.status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import: history that was not recorded by the plugin. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/intake_run.h"
#include "intake/csv_columns.h"
#include "util/when.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct import_args {
	const char *csv;
	const char *rejects;
	bool want_sacct;
	const char *sacct_file; /* NULL: run sacct */
	const char *since, *until;
};

enum { OPTION_CSV = 0x100, OPTION_REJECTS, OPTION_SACCT };

static const struct argp_option import_options[] = {
	{"csv", OPTION_CSV, "FILE", 0,
	 "import a CSV file with a header line; '-' is standard input", 0},
	{"rejects", OPTION_REJECTS, "FILE", 0,
	 "write the rows that are not right to FILE, each with its reason", 0},
	{"sacct", OPTION_SACCT, "FILE", OPTION_ARG_OPTIONAL,
	 "import Slurm's accounting: what sacct prints, or what it printed into FILE", 0},
	{"starttime", 'S', "TIME", 0, "of sacct, jobs from TIME on; RetainDays ago when not given",
	 0},
	{"endtime", 'E', "TIME", 0, "of sacct, jobs before TIME", 0},
	{0},
};

static error_t import_option(int key, char *text, struct argp_state *state)
{
	struct import_args *args = state->input;

	switch (key) {
	case OPTION_CSV:
		args->csv = text;
		return 0;
	case OPTION_REJECTS:
		args->rejects = text;
		return 0;
	case OPTION_SACCT:
		args->want_sacct = true;
		args->sacct_file = text;
		return 0;
	case 'S':
		args->since = text;
		return 0;
	case 'E':
		args->until = text;
		return 0;
	case ARGP_KEY_END:
		if ((args->csv != NULL) == args->want_sacct)
			argp_error(state, "expected --csv=FILE or --sacct");
		if (args->rejects != NULL && args->csv == NULL)
			argp_error(state, "--rejects goes with --csv");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- sacct ---- */

/* Its output can be larger than memory, so it is read while it is written. */
static int start_sacct(const char *since, const char *until, pid_t *ret_pid, FILE **ret_fp,
		       struct jo_err *err)
{
	const char *const argv[] = {"sacct", "-a",  "-P", "-o",  intake_sacct_format,
				    "-S",    since, "-E", until, NULL};
	posix_spawn_file_actions_t actions;
	int fds[2], rc;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return jo_err_sys(err, -errno, "make a pipe");
	/* Seconds since 1970: local time has an hour twice. */
	(void)setenv("SLURM_TIME_FORMAT", "%s", 1);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	rc = posix_spawnp(ret_pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
			  environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(fds[1]);
	if (rc != 0) {
		(void)close(fds[0]);
		return jo_err_sys(err, -rc, "run %s", argv[0]);
	}
	*ret_fp = fdopen(fds[0], "r");
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

static int import_sacct(struct take *take, struct cmd_env *env, const struct import_args *args,
			struct intake_stats *stats, struct jo_err *err)
{
	int64_t since_unix_us = env->now_unix_us - env->conf->retain_days * 86400 * JO_US_PER_S;
	char since[WHEN_TEXT_SIZE];
	FILE *fp = NULL;
	pid_t pid = -1;
	int rc;

	if (args->sacct_file != NULL) {
		fp = fopen(args->sacct_file, "re");
		if (fp == NULL)
			return jo_err_sys(err, -errno, "open %s", args->sacct_file);
	} else {
		rc = start_sacct(args->since != NULL ? args->since
						     : when_format(since_unix_us, since),
				 args->until != NULL ? args->until : "now", &pid, &fp, err);
		if (rc < 0)
			return rc;
	}
	rc = intake_sacct(take->store, fp, args->sacct_file != NULL ? args->sacct_file : "sacct",
			  &take->calls, env->now_unix_us, stats, err);
	(void)fclose(fp);
	if (pid >= 0) {
		int end_rc = end_sacct(pid, rc == 0 ? err : NULL);

		rc = rc == 0 ? end_rc : rc;
	}
	return rc;
}

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? csv_columns_help() : (char *)text;
}

int cmd_import(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		import_options,
		import_option,
		NULL,
		"Take history from elsewhere into the database.  It may be imported again: what is "
		"known already is not taken twice.\v",
		NULL,
		help,
		NULL};
	struct import_args args = {0};
	struct intake_stats stats = {0};
	struct take take;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc == CMD_DONE)
		rc = take_open(&take, env, args.want_sacct ? "importing lines" : "importing rows",
			       err);
	if (rc != CMD_DONE)
		return rc;
	if (args.want_sacct)
		rc = import_sacct(&take, env, &args, &stats, err);
	else
		rc = intake_csv(take.store, args.csv, args.rejects, &take.calls, env->now_unix_us,
				&stats, err);
	return take_close(&take, env, rc, &stats, args.want_sacct ? "line" : "row");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command: global options, dispatch, exit status; no logic. */
#include "cmd/cmd.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/when.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *argp_program_version = "sjoboutliers " JO_VERSION " (databases: " JO_DATABASES ")";

struct args {
	const char *conf_path;
	int command; /* its place in argv, or 0 */
};

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "read this configuration alone", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'c':
		args->conf_path = text;
		return 0;
	case ARGP_KEY_ARG: /* the rest is the command's */
		args->command = state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "expected a command");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	if (key == ARGP_KEY_HELP_POST_DOC)
		return cmd_table_help();
	return (char *)text;
}

static const struct argp top_argp = {
	options,
	option,
	"COMMAND [OPTION...]",
	"Find the Slurm jobs that were not normal for the size of their input.\v",
	NULL,
	help_filter,
	NULL,
};

static void print_summary(const char *name, char *lines)
{
	char *line;

	while ((line = strsep(&lines, "\n")) != NULL)
		if (line[0] != '\0')
			(void)printf("%s: %s\n", name, line);
}

static int run(struct cmd_env *env, const char *name, int argc, char **argv)
{
	const struct cmd *cmd = cmd_find(name);
	struct jo_err err = {0};
	int rc;

	if (cmd == NULL) {
		const char *nearest = cmd_find_nearest(name);

		if (nearest != NULL)
			log_line("no command '%.40s'; did you mean %s?", name, nearest);
		else
			log_line("no command '%.40s'; 'sjoboutliers help' lists them", name);
		return CMD_USAGE;
	}
	argv[0] = xasprintf("sjoboutliers %s", name);
	rc = cmd->run(env, argc, argv, &err);
	free(argv[0]);
	if (rc != CMD_DONE && err.text[0] != '\0')
		log_line("%s", err.text);
	if (rc == CMD_DONE || rc == CMD_BAD_INPUT)
		print_summary(name, env->summary);
	return (int)cmd_exit_of(rc);
}

/* Also for --help, at which argp exits by itself. */
static void check_stdout(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	log_line("standard output could not be written");
	_exit(CMD_FAILED);
}

int main(int argc, char **argv)
{
	struct args args = {.conf_path = JO_SYSCONFDIR "/joboutliers/joboutliers.conf"};
	struct cmd_env env = {.top_argp = &top_argp, .now_unix_us = when_now()};
	const char *now = getenv("SJOBOUTLIERS_NOW");
	struct jo_err err = {0};
	int status;

	alloc_init();
	(void)setlocale(LC_CTYPE, ""); /* numbers keep their '.' */
	/* The default, but unnamed it is looked at for every date that is made. */
	(void)setenv("TZ", ":/etc/localtime", 0);
	(void)setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
	(void)atexit(check_stdout);
	argp_err_exit_status = CMD_USAGE;
	argv[0] = program_invocation_short_name;
	(void)argp_parse(&top_argp, argc, argv, ARGP_IN_ORDER, NULL, &args);
	if (now != NULL && when_parse(now, env.now_unix_us, &env.now_unix_us, &err) < 0) {
		log_line("SJOBOUTLIERS_NOW: %s", err.text);
		return CMD_USAGE;
	}
	env.conf_path = args.conf_path;
	status = run(&env, argv[args.command], argc - args.command, argv + args.command);
	conf_free(env.conf);
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all commands share: their start, and the options for choosing rows and columns. */
#include "cmd/cmd.h"
#include "util/when.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cmd_start(struct cmd_env *env, const struct argp *argp, int argc, char **argv, void *args,
	      struct jo_err *err)
{
	/* argp exits by itself where options are wrong: argp_err_exit_status is CMD_USAGE. */
	if (argp_parse(argp, argc, argv, 0, NULL, args) != 0)
		return CMD_USAGE;
	if (env->conf == NULL && conf_read(env->conf_path, &env->conf, err) < 0)
		return CMD_USAGE;
	return CMD_DONE;
}

void cmd_summary(struct cmd_env *env, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(env->summary, sizeof(env->summary), format, ap);
	va_end(ap);
}

char *cmd_help_columns(int key, const char *text, const struct out_column *columns,
		       const char *default_selection)
{
	if (key == ARGP_KEY_HELP_POST_DOC)
		return out_columns_help(columns, default_selection);
	return (char *)text;
}

enum { OPTION_JSON = 0x100 };

static const struct argp_option output_options[] = {
	{"format", 'o', "COLUMN[,...]", 0, "print these columns", 0},
	{"parsable", 'P', NULL, 0, "fields separated by '|', numbers in base units", 0},
	{"noheader", 'n', NULL, 0, "no header line", 0},
	{"json", OPTION_JSON, NULL, 0, "print JSON", 0},
	{0},
};

static error_t output_option(int key, char *text, struct argp_state *state)
{
	struct cmd_output *output = state->input;

	switch (key) {
	case 'o':
		output->columns = text;
		return 0;
	case 'P':
		output->format = OUT_PARSABLE;
		return 0;
	case 'n':
		output->no_header = true;
		return 0;
	case OPTION_JSON:
		output->format = OUT_JSON;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cmd_output_argp = {output_options, output_option, NULL, NULL, NULL, NULL, NULL};

static const struct argp_option select_options[] = {
	{"starttime", 'S', "TIME", 0, "steps that ended at or after TIME, in any form of sacct's",
	 0},
	{"endtime", 'E', "TIME", 0, "steps that ended before TIME", 0},
	{"user", 'u', "USER[,...]", 0, "of these users", 0},
	{"partition", 'p', "NAME[,...]", 0, "in these partitions", 0},
	{"jobs", 'j', "JOB[.STEP][,...]", 0, "these jobs or steps", 0},
	{"clusters", 'M', "NAME[,...]", 0, "on these clusters", 0},
	{"accounts", 'A', "NAME[,...]", 0, "of these accounts", 0},
	{"class", 'C', "NAME[,...]", 0, "of these job classes", 0},
	{"state", 's', "STATE[,...]", 0, "that ended in these states, such as FAILED or TIMEOUT",
	 0},
	{0},
};

static error_t select_option(int key, char *text, struct argp_state *state)
{
	static const struct {
		int key;
		size_t offset;
	} lists[] = {
		{'u', offsetof(struct cmd_select, users)},
		{'p', offsetof(struct cmd_select, partitions)},
		{'j', offsetof(struct cmd_select, jobs)},
		{'M', offsetof(struct cmd_select, clusters)},
		{'A', offsetof(struct cmd_select, accounts)},
		{'C', offsetof(struct cmd_select, classes)},
		{'s', offsetof(struct cmd_select, states)},
	};
	struct cmd_select *select = state->input;
	struct jo_err err = {0};

	switch (key) {
	case 'S':
		if (when_parse(text, select->now_unix_us, &select->since_unix_us, &err) < 0)
			argp_error(state, "%s", err.text);
		select->has_since = true;
		return 0;
	case 'E':
		if (when_parse(text, select->now_unix_us, &select->until_unix_us, &err) < 0)
			argp_error(state, "%s", err.text);
		select->has_until = true;
		return 0;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (lists[i].key != key)
			continue;
		strlist_split((struct strlist *)((char *)select + lists[i].offset), text);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp cmd_select_argp = {select_options, select_option, NULL, NULL, NULL, NULL, NULL};

void cmd_select_release(struct cmd_select *select)
{
	strlist_release(&select->users);
	strlist_release(&select->partitions);
	strlist_release(&select->jobs);
	strlist_release(&select->clusters);
	strlist_release(&select->accounts);
	strlist_release(&select->classes);
	strlist_release(&select->states);
}

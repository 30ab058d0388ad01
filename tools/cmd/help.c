/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help: a command's own --help under another name. */
#include "cmd/cmd.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>

static error_t help_option(int key, char *text, struct argp_state *state)
{
	const char **ret_name = state->input;

	if (key != ARGP_KEY_ARG || *ret_name != NULL)
		return ARGP_ERR_UNKNOWN;
	*ret_name = text;
	return 0;
}

int cmd_help(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL, help_option, "[COMMAND]", "Describe COMMAND, or list all commands.",
		NULL, NULL,        NULL};
	const char *name = NULL;
	const struct cmd *cmd;
	char *help_argv[] = {"sjoboutliers", "--help", NULL};

	(void)argp_parse(&argp, argc, argv, 0, NULL, &name);
	if (name == NULL) /* exits CMD_DONE, as a command's own --help does */
		return argp_parse(env->top_argp, 2, help_argv, 0, NULL, NULL);
	cmd = cmd_find(name);
	if (cmd == NULL) {
		(void)jo_err_set(err, -ENOENT, "no command '%.40s'", name);
		return CMD_USAGE;
	}
	help_argv[0] = xasprintf("sjoboutliers %s", name);
	return cmd->run(env, 2, help_argv, err);
}

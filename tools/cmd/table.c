/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of commands, and what each exit status means. */
#include "cmd/cmd.h"
#include "util/nearest.h"
#include "util/strbuf.h"

#include <string.h>

#define CMD_ROW(name, summary) {#name, summary, cmd_##name},
const struct cmd cmd_table[] = {CMDS(CMD_ROW){NULL, NULL, NULL}};

const struct cmd_exit_row cmd_exits[] = {
	{CMD_DONE, "done"},
	{CMD_FAILED, "failed; one line on standard error says why"},
	{CMD_USAGE, "the command line or the configuration is not right; nothing was done"},
	{CMD_BAD_INPUT, "done, but some of the input was not right and was set aside"},
	{CMD_BUSY, "another run is at work; nothing was done"},
	{0, NULL},
};

const struct cmd *cmd_find(const char *name)
{
	for (const struct cmd *cmd = cmd_table; cmd->name != NULL; cmd++)
		if (strcmp(cmd->name, name) == 0)
			return cmd;
	return NULL;
}

const char *cmd_find_nearest(const char *name)
{
	struct nearest nearest = nearest_to(name);

	for (const struct cmd *cmd = cmd_table; cmd->name != NULL; cmd++)
		nearest_offer(&nearest, cmd->name);
	return nearest.word;
}

char *cmd_table_help(void)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_adds(&text, "Commands:\n");
	for (const struct cmd *cmd = cmd_table; cmd->name != NULL; cmd++)
		strbuf_addf(&text, "  %-10s %s\n", cmd->name, cmd->summary);
	strbuf_adds(&text, "\nExit status:\n");
	for (const struct cmd_exit_row *row = cmd_exits; row->meaning != NULL; row++)
		strbuf_addf(&text, "  %d  %s\n", row->status, row->meaning);
	strbuf_adds(
		&text,
		"\n'sjoboutliers help COMMAND' describes a command, sjoboutliers(1) all of them.");
	return strbuf_detach(&text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of commands and the list of exit statuses. */
#include "cmd/cmd.h"
#include "util/nearest.h"
#include "util/strbuf.h"

#include <string.h>

const struct cmd cmd_table[] = {
	{"ingest", "take the records of the plugin into the database", cmd_ingest},
	{"import", "take history from a CSV file or from sacct", cmd_import},
	{"check", "judge steps against what was normal before", cmd_check},
	{"list", "list recorded steps with their verdicts", cmd_list},
	{"show", "show what is known of a job", cmd_show},
	{"mail", "write to the owners of outliers, once each", cmd_mail},
	{"replay", "tell what past nights would have mailed to whom", cmd_replay},
	{"mute", "get no mail about some findings", cmd_mute},
	{"expect", "say that a job was normal", cmd_expect},
	{"requests", "take what users asked for by mute and expect", cmd_requests},
	{"predict", "say what a job will take", cmd_predict},
	{"plot", "draw a group of jobs", cmd_plot},
	{"report", "write the page of a night", cmd_report},
	{"export", "hand steps or numbers to other programs", cmd_export},
	{"nightly", "ingest, requests, check, mail and prune", cmd_nightly},
	{"prune", "remove steps that are too old", cmd_prune},
	{"doctor", "check the set-up", cmd_doctor},
	{"help", "describe a command, or list them all", cmd_help},
	{NULL, NULL, NULL},
};

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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame that commands stand in.  A command is one file, cmd/NAME.c, and one
 * row of the table below.  It parses its options, calls the layers below
 * and prints; sjoboutliers.c finds it, and prints its error.
 *
 * A command's file, in full:
 *
 *	struct frob_args {
 *		struct out_options output;
 *		bool want_all;
 *	};
 *
 *	static error_t frob_option(int key, char *text, struct argp_state *state)
 *	{
 *		struct frob_args *args = state->input;
 *
 *		switch (key) {
 *		case ARGP_KEY_INIT:
 *			state->child_inputs[0] = &args->output;
 *			return 0;
 *		case 'a':
 *			args->want_all = true;
 *			return 0;
 *		default:
 *			return ARGP_ERR_UNKNOWN;
 *		}
 *	}
 *
 *	int cmd_frob(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
 *	{
 *		static const struct argp_child children[] = {
 *			{&cmd_output_argp, 0, "Output:", 2}, {0}};
 *		static const struct argp argp = {frob_options, frob_option, NULL,
 *						 "What frob does.", children, NULL, NULL};
 *		struct frob_args args = {0};
 *		int rc = cmd_start(env, &argp, argc, argv, &args, err);
 *
 *		if (rc != CMD_DONE)
 *			return rc;
 *		...
 *	}
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "joboutliers/err.h"
#include "store/store.h"
#include "util/out.h"

/* Exit statuses; cmd_exits says what each means, and the manual repeats it. */
enum cmd_exit {
	CMD_DONE = 0,
	CMD_FAILED = 1,
	CMD_USAGE = 2,
	CMD_BAD_INPUT = 3,
	CMD_BUSY = 4,
};

struct cmd_exit_row {
	enum cmd_exit status;
	const char *meaning;
};

/* Ends with a NULL meaning. */
extern const struct cmd_exit_row cmd_exits[];

/* What a command gets from the frame, and what it may leave there. */
struct cmd_env {
	const struct argp *top_argp; /* of sjoboutliers itself, for help */
	const char *conf_path;       /* of -c, or the site's */
	struct conf *conf;           /* NULL until cmd_start has read it */
	int64_t now_unix_us;         /* when the program was started, or SJOBOUTLIERS_NOW */
	int64_t patience_ms;         /* for other writers; 0: STORE_BUSY_TIMEOUT_MS */
	char summary[512];           /* a line or two on what was done, see cmd_summary */
};

struct cmd {
	const char *name;
	const char *summary; /* one line for the list of commands */
	/*
	 * Returns an enum cmd_exit or a negative errno, which exits CMD_BUSY for
	 * -EBUSY and CMD_FAILED otherwise.  Unless it is CMD_DONE, the frame prints
	 * the text in *err if there is any.
	 */
	int (*run)(struct cmd_env *env, int argc, char **argv, struct jo_err *err);
};

/* CMD(name, one line for the list of commands): all of them, in the order of the manual. */
/* clang-format off */
#define CMDS(CMD) \
	CMD(ingest, "take the records of the plugin into the database") \
	CMD(import, "take history from a CSV file or from sacct") \
	CMD(suspended, "ask sacct how long steps were suspended") \
	CMD(receive, "receive spans of programs that speak OpenTelemetry") \
	CMD(check, "judge steps against what was normal before") \
	CMD(list, "list recorded steps with their verdicts") \
	CMD(show, "show what is known of a job") \
	CMD(profile, "show where a job's time went, line by line") \
	CMD(mail, "write to the owners of outliers, once each") \
	CMD(hook, "hand findings to the site's own program, once each") \
	CMD(send, "send steps as spans of OpenTelemetry, once each") \
	CMD(replay, "tell what past nights would have mailed to whom") \
	CMD(mute, "get no mail about some findings") \
	CMD(expect, "say that a job was normal") \
	CMD(requests, "take what users asked for by mute and expect") \
	CMD(predict, "say what a job will take") \
	CMD(plot, "draw a group of jobs") \
	CMD(report, "write the page of a night") \
	CMD(export, "hand steps or numbers to other programs") \
	CMD(publish, "make the copy of the database for readers") \
	CMD(database, "make the database, bring it up to date, or copy it elsewhere") \
	CMD(nightly, "ingest, suspended, requests, check, publish, hook, send, mail and prune") \
	CMD(prune, "remove steps that are too old") \
	CMD(doctor, "check the set-up") \
	CMD(help, "describe a command, or list them all")
/* clang-format on */

#define CMD_DECLARE(name, summary)                                                                 \
	int cmd_##name(struct cmd_env *env, int argc, char **argv, struct jo_err *err);
CMDS(CMD_DECLARE)
#undef CMD_DECLARE

/* In that order; ends with a NULL name. */
extern const struct cmd cmd_table[];

/* The command of this name, or NULL. */
const struct cmd *cmd_find(const char *name);

/* The name of the command that this may be a slip for, or NULL. */
const char *cmd_find_nearest(const char *name);

/* The commands and exit statuses as text for --help; the caller frees it. */
char *cmd_table_help(void);

/*
 * Begin a command: parse its options into args (a wrong one exits CMD_USAGE
 * from here, --help exits CMD_DONE) and read the configuration into env->conf.
 * argv[0] is "sjoboutliers NAME".
 *
 * Returns CMD_DONE, or CMD_USAGE with *err for a configuration that cannot be
 * used.
 */
int cmd_start(struct cmd_env *env, const struct argp *argp, int argc, char **argv, void *args,
	      struct jo_err *err);

/* For an option's parser: a time in any form of sacct's; argp_error for none. */
void cmd_read_time(const char *text, int64_t now_unix_us, int64_t *ret_unix_us,
		   struct argp_state *state);

/* Read the configuration into env->conf, once.  Returns 0 or a negative errno with *err. */
int cmd_conf(struct cmd_env *env, struct jo_err *err);

/* The exit status for what a command's run returned. */
enum cmd_exit cmd_exit_of(int rc);

/*
 * Leave one line on what the command did ("1204 records from 3 nodes, 2 set
 * aside").  The frame prints it on standard output when the command has ended
 * well enough; nightly gathers those of its parts.  A command whose standard
 * output is a listing leaves none.
 */
void cmd_summary(struct cmd_env *env, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add a line to it, where that one cannot say all. */
void cmd_summary_add(struct cmd_env *env, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Who the configuration lets read a database on a server; good as long as the configuration. */
void cmd_readers(const struct conf *conf, struct store_readers *ret_readers);

/* Let a database that may be written have the configuration's rules of which steps are like each
 * other, and of who reads it, as cmd_store_open does. */
int cmd_store_rules(const struct cmd_env *env, struct store *store, struct jo_err *err);

/*
 * Open the configuration's database.  Modes that write also see to it that
 * groups are made as GroupBy says.  Who may see own jobs alone is refused.
 * Returns 0 or a negative errno with *err.
 */
int cmd_store_open(struct cmd_env *env, enum store_mode mode, struct store **ret_store,
		   struct jo_err *err);

/*
 * Open it to read what everybody may see of it: for whom the database cannot be
 * opened, or is not there, the copy for readers, if the site has one.  People are then told as of
 * when that is, on standard error.
 */
int cmd_store_read(struct cmd_env *env, bool is_for_people, struct store **ret_store,
		   struct jo_err *err);

/* Output options: -o, --sort, -P, -n, --json, into a struct out_options.  Zeroed memory is the
 * default. */
extern const struct argp cmd_output_argp;

/*
 * Begin the listing that the options ask for, on standard output, as out_open.
 * Returns CMD_DONE, or CMD_USAGE with *err for a column that does not exist.
 */
int cmd_output_open(const struct out_options *options, const char *name,
		    const struct out_column *columns, const char *default_columns,
		    struct out **ret_out, struct jo_err *err);

/* For a help_filter: the text of a command that has columns.  The caller (argp) frees it. */
char *cmd_help_columns(int key, const char *text, const struct out_column *columns,
		       const char *default_selection);

#endif

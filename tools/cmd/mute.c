/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mute: which findings a user does not want to be told of, and how often the others. */
#include "cmd/cmd.h"
#include "cmd/leave_request.h"
#include "util/when.h"
#include "util/words.h"

#include <errno.h>
#include <string.h>

struct mute_args {
	struct out_options output;
	struct request request;
	int64_t now_unix_us;
	const char *user; /* NULL: oneself */
	bool want_list, is_off, is_weekly;
};

enum { OPTION_UNTIL = 0x100, OPTION_OFF, OPTION_LIST, OPTION_WEEKLY };

static const struct argp_option options[] = {
	{"class", 'C', "NAME", 0, "only findings of this job class", 0},
	{"partition", 'p', "NAME", 0, "only findings in this partition", 0},
	{"until", OPTION_UNTIL, "TIME", 0,
	 "only jobs that end before TIME; for good when not given", 0},
	{"weekly", OPTION_WEEKLY, NULL, 0, "instead: all findings, in one mail a week", 0},
	{"off", OPTION_OFF, NULL, 0,
	 "take it back: the mutes of this class and partition, or --weekly", 0},
	{"list", OPTION_LIST, NULL, 0, "list what is muted", 0},
	{"user", 'u', "USER", 0, "for USER, at once: for who may write the database", 0},
	{0},
};

static void check(struct mute_args *args, struct argp_state *state)
{
	struct request *request = &args->request;
	bool has_which = request->class_name[0] != '\0' || request->partition[0] != '\0';
	bool has_until = request->until_unix_us != JO_MISSING;

	if (args->want_list && (args->is_off || args->is_weekly || has_which || has_until))
		argp_error(state, "--list goes with --user and options for output alone");
	if (args->is_weekly && (has_which || has_until))
		argp_error(state,
			   "--weekly is about all findings, without --class, --partition and "
			   "--until");
	if (args->is_off && has_until)
		argp_error(state, "either --off or --until");
	if (has_until && request->until_unix_us <= args->now_unix_us)
		argp_error(state, "--until is not after now");
	if (args->is_weekly)
		request->kind = args->is_off ? REQUEST_NIGHTLY : REQUEST_WEEKLY;
	else if (args->is_off)
		request->kind = REQUEST_UNMUTE;
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct mute_args *args = state->input;
	struct request *request = &args->request;
	struct jo_err err = {0};
	int rc = 0;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->output;
		return 0;
	case 'C':
		rc = request_set_name(request->class_name, sizeof(request->class_name), text, &err);
		break;
	case 'p':
		rc = request_set_name(request->partition, sizeof(request->partition), text, &err);
		break;
	case OPTION_UNTIL:
		rc = when_parse(text, args->now_unix_us, &request->until_unix_us, &err);
		break;
	case OPTION_OFF:
		args->is_off = true;
		break;
	case OPTION_LIST:
		args->want_list = true;
		break;
	case OPTION_WEEKLY:
		args->is_weekly = true;
		break;
	case 'u':
		args->user = text;
		break;
	case ARGP_KEY_END:
		check(args, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (rc < 0)
		argp_error(state, "%s", err.text);
	return 0;
}

/* ---- --list ---- */

struct mute_row {
	struct store_mute mute; /* of a weekly mail the user alone */
	const char *what;
};

static const struct out_column columns[] = {
	{.name = "user",
	 .help = "who",
	 .get = out_get_text,
	 .offset = offsetof(struct mute_row, mute.user)},
	{.name = "what",
	 .help = "mute or weekly",
	 .get = out_get_text,
	 .offset = offsetof(struct mute_row, what)},
	{.name = "class",
	 .help = "of this class; empty: any",
	 .get = out_get_text,
	 .offset = offsetof(struct mute_row, mute.class_name)},
	{.name = "partition",
	 .help = "in this partition; empty: any",
	 .get = out_get_text,
	 .offset = offsetof(struct mute_row, mute.partition)},
	{.name = "until",
	 .help = "of jobs that end before it; empty: all",
	 .get = out_get_time,
	 .offset = offsetof(struct mute_row, mute.until_unix_us)},
	{.name = "since",
	 .help = "when it was taken",
	 .get = out_get_time,
	 .offset = offsetof(struct mute_row, mute.created_unix_us)},
	{.name = NULL},
};
static const char default_columns[] = "user,what,class,partition,until";

static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, columns, default_columns);
}

static int print_mutes(struct store *store, const char *user, struct out *out, struct jo_err *err)
{
	struct mute_row row = {.what = "mute"};
	struct store_cursor *cursor;
	int rc;

	rc = store_mutes_open(store, user, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_mutes_next(cursor, &row.mute, err)) > 0)
		out_row(out, &row);
	store_cursor_close(cursor);
	return rc;
}

static int print_weekly(struct store *store, const char *user, struct out *out, struct jo_err *err)
{
	struct mute_row row = {
		.mute = {.class_name = "", .partition = "", .until_unix_us = JO_MISSING},
		.what = "weekly",
	};
	struct store_cursor *cursor;
	int rc;

	rc = store_weekly_open(store, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_weekly_next(cursor, &row.mute.user, &row.mute.created_unix_us, err)) > 0)
		if (user == NULL || strcmp(user, row.mute.user) == 0)
			out_row(out, &row);
	store_cursor_close(cursor);
	return rc;
}

static int list(struct cmd_env *env, const struct mute_args *args, struct jo_err *err)
{
	const char *user = args->user;
	char own[USER_NAME_SIZE];
	struct store *store = NULL;
	struct out *out = NULL;
	int rc;

	if (user == NULL && !store_is_keeper(env->conf->database)) {
		rc = cmd_own_name(own, err);
		if (rc < 0)
			return rc;
		user = own;
	}
	rc = cmd_store_open(env, STORE_READ, &store, err);
	if (rc < 0)
		return rc;
	rc = cmd_output_open(&args->output, "mutes", columns, default_columns, &out, err);
	if (rc != CMD_DONE)
		goto out;
	rc = print_mutes(store, user, out, err);
	if (rc == 0)
		rc = print_weekly(store, user, out, err);
	if (rc == 0)
		rc = out_close(out, err);
	else
		(void)out_close(out, NULL);
out:
	store_close(store);
	return rc;
}

/* ---- asking ---- */

static void sum_up(struct cmd_env *env, const struct mute_args *args, int count)
{
	static const char *const asked[] = {
		[REQUEST_MUTE] = "no mails about these findings",
		[REQUEST_UNMUTE] = "mails about these findings again",
		[REQUEST_WEEKLY] = "one mail a week, on Mondays",
		[REQUEST_NIGHTLY] = "a mail whenever a night has findings",
	};
	const char *what = asked[args->request.kind];

	if (args->user == NULL)
		cmd_summary(env, "asked for: %s; from the next nightly run on", what);
	else if (args->request.kind == REQUEST_UNMUTE)
		cmd_summary(env, "%s: %d mute%s removed", args->user, count, words_plural(count));
	else
		cmd_summary(env, "%s: %s", args->user, what);
}

int cmd_mute(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {{&cmd_output_argp, 0, "Output of --list:", 2},
						     {0}};
	static const struct argp argp = {
		options,
		option,
		NULL,
		"Get no mail about some findings, or one mail a week.  Without --class and "
		"--partition, about none.",
		children,
		help_filter,
		NULL,
	};
	struct mute_args args = {.now_unix_us = env->now_unix_us};
	int rc;

	request_init(&args.request, REQUEST_MUTE);
	rc = cmd_start(env, &argp, argc, argv, &args, err);
	if (rc != CMD_DONE)
		return rc;
	if (args.want_list)
		return list(env, &args, err);
	rc = cmd_leave_request(env, &args.request, args.user, err);
	if (rc < 0)
		return rc;
	sum_up(env, &args, rc);
	return CMD_DONE;
}

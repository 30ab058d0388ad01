/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plot: a group of jobs as a picture, for the terminal or as a file. */
#include "cmd/cmd.h"
#include "cmd/plot_group.h"
#include "cmd/selection.h"
#include "util/log.h"
#include "util/replace.h"
#include "util/strbuf.h"
#include "util/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const kind_words[] = {"size", "time", NULL};
static const char *const format_words[] = {"terminal", "svg", "png", NULL};

struct plot_args {
	struct cmd_selection select;
	struct sheet_picture picture;
	const char *file; /* NULL: standard output */
};

enum { OPTION_METRIC = 0x200, OPTION_BY, OPTION_FORMAT };

static const struct argp_option options[] = {
	{"metric", OPTION_METRIC, "METRIC", 0, "what was judged, such as wall, which is plotted unless given", 0},
	{"by", OPTION_BY, "WHAT", 0, "by input size or over time: size or time; size, where sizes are known, unless given", 0},
	{"format", OPTION_FORMAT, "FORMAT", 0, "terminal, svg or png; terminal unless given", 0},
	{"output", 'O', "FILE", 0, "write to FILE instead of standard output", 0},
	{0},
};

static int word(struct argp_state *state, const char *const *words, const char *text)
{
	int value = words_index(words, text);

	struct strbuf list;

	if (value >= 0)
		return value;
	strbuf_init(&list);
	for (size_t i = 0; words[i] != NULL; i++)
		strbuf_addf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	argp_error(state, "'%.40s' is not one of %s", text, list.text);
	strbuf_release(&list);
	return value;
}

static error_t plot_option(int key, char *text, struct argp_state *state)
{
	const char *metric_words[METRIC_COUNT + 1] = {NULL};
	struct plot_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->select;
		return 0;
	case OPTION_METRIC:
		for (int metric = 0; metric < METRIC_COUNT; metric++)
			metric_words[metric] = metric_word((enum metric)metric);
		args->picture.metric = (enum metric)word(state, metric_words, text);
		return 0;
	case OPTION_BY:
		args->picture.kind = (enum picture_kind)word(state, kind_words, text);
		args->picture.has_kind = true;
		return 0;
	case OPTION_FORMAT:
		args->picture.format = (enum plot_format)word(state, format_words, text);
		return 0;
	case 'O':
		args->file = strcmp(text, "-") == 0 ? NULL : text;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The newest of those that have not ended, or of those that have: 1, or 0 for none. */
static int find_newest(struct store *store, const struct plot_args *args, enum store_ending ending,
		       struct plot_group_subject *ret_subject, struct jo_err *err)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	cmd_selection_apply(&args->select, &selection);
	selection.ending = ending;
	selection.order = STORE_BY_END_NEWEST;
	selection.limit = 1;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	rc = store_steps_next(cursor, &step, err);
	if (rc > 0)
		plot_group_subject_set(ret_subject, &step);
	store_cursor_close(cursor);
	return rc;
}

/* The newest step that the options choose: its group is the one to picture.  What has not ended is
 * newer than the rest, and asked for apart, so that the rest is not sorted for it. */
static int find_subject(struct store *store, const struct plot_args *args,
			struct plot_group_subject *ret_subject, struct jo_err *err)
{
	int rc = find_newest(store, args, STORE_UNENDED, ret_subject, err);

	if (rc == 0)
		rc = find_newest(store, args, STORE_ENDED, ret_subject, err);
	if (rc == 0)
		return jo_err_set(err, -ENOENT, "no step is like that");
	return rc < 0 ? rc : 0;
}

int cmd_plot(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {{&cmd_selection_argp, 0, "Selection:", 1}, {0}};
	static const struct argp argp = {
		options,
		plot_option,
		NULL,
		"Draw a group of jobs: input size against what they took, with the band of what is "
		"normal, or what they took over time.  The group is that of the newest step selected; "
		"a job named with -j is marked.",
		children,
		NULL,
		NULL,
	};
	struct plot_args args = {.select = {.now_unix_us = env->now_unix_us}};
	struct plot_group_subject subject;
	struct store *store = NULL;
	struct plot_group_drawn drawn = {.bytes = NULL};
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	if (args.file == NULL && args.picture.format == PLOT_PNG && isatty(STDOUT_FILENO)) {
		rc = jo_err_set(err, CMD_USAGE, "a PNG is not for a terminal: name a file with -O");
		goto out;
	}
	if (args.file == NULL)
		plot_group_fit_terminal(&args.picture);
	rc = cmd_store_read(env, true, &store, err);
	if (rc == 0)
		rc = find_subject(store, &args, &subject, err);
	/* a job that was asked for by its number is marked */
	if (rc == 0)
		rc = plot_group(env, store, &subject, args.select.job_count > 0, &args.picture,
				&drawn, err);
	if (drawn.is_unsized)
		log_line(STEP_UNSIZED_ADVICE);
	if (rc < 0)
		goto out;
	if (args.file != NULL)
		rc = replace_file(args.file, drawn.bytes, drawn.size, 0644, err);
	else if (fwrite(drawn.bytes, 1, drawn.size, stdout) != drawn.size || fflush(stdout) != 0)
		rc = jo_err_sys(err, -errno, "standard output");
out:
	free(drawn.bytes);
	store_close(store);
	cmd_selection_release(&args.select);
	return rc;
}

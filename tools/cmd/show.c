/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show: the story of one job, what is known of its steps, what was said of them, and why. */
#include "cmd/show.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/plot_group.h"
#include "cmd/selection.h"

#define STORIES_MAX                                                                                \
	8 /* told in full; of an array with more tasks the tree says which to ask for              \
	   */

struct show_args {
	struct store_job job;
	bool has_job, want_plot, want_json;
	const char *text;
};

enum { OPTION_JSON = 0x100 };

static const struct argp_option options[] = {
	{"json", OPTION_JSON, NULL, 0,
	 "print JSON: an object with one member, the array of all its steps", 0},
	{"plot", 'p', NULL, 0, "draw its group, with it marked, also when this is no terminal", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct show_args *args = state->input;
	struct jo_err err = {0};

	switch (key) {
	case 'p':
		args->want_plot = true;
		return 0;
	case OPTION_JSON:
		args->want_json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->has_job)
			argp_error(state, "expected one job");
		if (cmd_job_parse(text, &args->job, &err) < 0)
			argp_error(state, "%s", err.text);
		args->has_job = true;
		args->text = text;
		return 0;
	case ARGP_KEY_END:
		if (args->want_json && args->want_plot)
			argp_error(state, "--json and --plot exclude each other");
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "expected a job, such as 123 or 123_4.batch");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What was met while steps were told: the one that the picture is about. */
struct told {
	struct plot_group_subject subject;
	struct sheet_picture picture;
	double score; /* its surprise */
	size_t count;
	struct show_tree *tree; /* of all of them */
};

static void consider(struct told *told, const struct judged_step *row)
{
	enum metric metric = show_metric(row);
	double score = row->has_verdict[metric] ? row->verdicts[metric].score : -1;

	if (told->count > 0 && !(score > told->score))
		return;
	told->score = score;
	plot_group_subject_set(&told->subject, &row->step);
	told->picture = (struct sheet_picture){
		.metric = metric,
		.format = PLOT_TERMINAL,
	};
}

static int tell_step(struct store *store, const struct judged_step *row, struct told *told,
		     struct jo_err *err)
{
	if (told->count >= STORIES_MAX)
		return 0;
	if (told->count > 0)
		(void)printf("\n");
	show_facts(&row->step);
	return show_story(store, row, err);
}

/* What is done with each step of the job. */
typedef int step_fn(struct store *store, const struct judged_step *row, void *context,
		    struct jo_err *err);

static int for_each_step(struct store *store, const struct show_args *args, step_fn *take,
			 void *context, struct jo_err *err)
{
	struct store_selection selection;
	struct store_judged *steps = NULL;
	struct judged_step row;
	size_t count = 0;
	int rc;

	store_selection_init(&selection);
	selection.jobs = &args->job;
	selection.job_count = 1;
	selection.order = STORE_BY_JOB;
	rc = store_judged_open(store, &selection, NULL, &steps, err);
	if (rc < 0)
		return rc;
	while ((rc = store_judged_next(steps, &row, err)) > 0) {
		rc = take(store, &row, context, err);
		if (rc < 0)
			break;
		count++;
	}
	store_judged_close(steps);
	if (rc == 0 && count == 0)
		rc = jo_err_set(err, -ENOENT, "nothing is known of job %s", args->text);
	return rc;
}

static int take_for_people(struct store *store, const struct judged_step *row, void *context,
			   struct jo_err *err)
{
	struct told *told = context;
	int rc = tell_step(store, row, told, err);

	if (rc < 0)
		return rc;
	show_tree_add(told->tree, row);
	consider(told, row);
	told->count++;
	return 0;
}

static int tell_steps(struct store *store, const struct show_args *args, struct told *told,
		      struct jo_err *err)
{
	int rc;

	told->tree = show_tree_new();
	rc = for_each_step(store, args, take_for_people, told, err);
	if (rc == 0 && told->count > 1) {
		(void)printf("\n");
		show_tree_print(told->tree);
	}
	show_tree_free(told->tree);
	return rc;
}

static int take_for_programs(struct store *store, const struct judged_step *row, void *context,
			     struct jo_err *err)
{
	json_t *object;
	int rc = show_json(store, row, &object, err);

	if (rc == 0)
		(void)json_array_append_new(context, object);
	return rc;
}

static int print_json(struct store *store, const struct show_args *args, struct jo_err *err)
{
	json_t *root = json_object(), *steps = json_array();
	int rc = for_each_step(store, args, take_for_programs, steps, err);

	(void)json_object_set_new(root, "steps", steps);
	if (rc == 0) {
		(void)json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
		(void)printf("\n");
	}
	json_decref(root);
	return rc;
}

/* A group that has too little to draw, or a host without gnuplot, costs no more than the picture.
 */
static int draw(struct cmd_env *env, struct store *store, struct told *told, bool want_plot,
		struct jo_err *err)
{
	struct jo_err trouble = {0};
	struct plot_group_drawn drawn = {.bytes = NULL};
	int rc;

	plot_group_fit_terminal(&told->picture);
	rc = plot_group(env, store, &told->subject, true, &told->picture, &drawn, &trouble);
	if (rc == 0)
		(void)printf("\n%.*s", (int)drawn.size, drawn.bytes);
	else if (want_plot)
		*err = trouble;
	free(drawn.bytes);
	return want_plot ? rc : 0;
}

int cmd_show(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options,
		option,
		"JOB[.STEP]",
		"Tell the story of a job or one of its steps: what it was, what was expected and "
		"what happened, where the time went, and what differs from its peers.",
		NULL,
		NULL,
		NULL,
	};
	struct show_args args = {.has_job = false};
	struct store *store = NULL;
	struct told told = {0};
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	rc = cmd_store_read(env, !args.want_json, &store, err);
	if (rc == 0)
		rc = args.want_json ? print_json(store, &args, err)
				    : tell_steps(store, &args, &told, err);
	if (rc == 0 && !args.want_json && (args.want_plot || isatty(STDOUT_FILENO)))
		rc = draw(env, store, &told, args.want_plot, err);
	store_close(store);
	return rc;
}

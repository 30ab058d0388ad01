/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile: where a job's time went, line by line, as a table, as folded text or as a drawing. */
#include "cmd/cmd.h"
#include "cmd/profile_lines.h"
#include "cmd/selection.h"
#include "explain/where.h"
#include "joboutliers/utf8.h"
#include "profile/flame.h"
#include "util/alloc.h"
#include "util/replace.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 20      /* shown to people: what comes after them is hardly anything */
#define STEPS_MAX 8       /* likewise; of an array with more tasks one is asked for by its name */
#define DRAWING_MODE 0644 /* as the shell would make it */

struct profile_args {
	struct out_options output;
	struct store_job jobs[2]; /* the job, and the one that it is compared with */
	const char *texts[2];
	size_t job_count;
	bool want_folded, want_diff;
	const char *svg_path;
};

enum { OPTION_FOLDED = 0x300, OPTION_SVG, OPTION_DIFF };

static const struct argp_option options[] = {
	{"folded", OPTION_FOLDED, NULL, 0,
	 "print the stacks of calls as flamegraph.pl and speedscope read them; with --diff after "
	 "the count there",
	 0},
	{"svg", OPTION_SVG, "FILE", 0, "draw a flame graph into FILE", 0},
	{"diff", OPTION_DIFF, NULL, 0,
	 "compare it with the second job, or without one with its normal peers", 0},
	{0},
};

static void take_job(struct profile_args *args, const char *text, struct argp_state *state)
{
	struct jo_err err = {0};

	if (args->job_count == 2)
		argp_error(state, "expected one job, or with --diff two");
	if (cmd_job_parse(text, &args->jobs[args->job_count], &err) < 0)
		argp_error(state, "%s", err.text);
	args->texts[args->job_count++] = text;
}

static void check_args(const struct profile_args *args, struct argp_state *state)
{
	bool has_output = args->output.format != OUT_TABLE || args->output.columns != NULL ||
			  args->output.order != NULL || args->output.no_header;

	if (args->job_count == 2 && !args->want_diff)
		argp_error(state, "a second job is one to compare with: --diff");
	if (args->want_folded && args->svg_path != NULL)
		argp_error(state, "--folded and --svg exclude each other");
	if ((args->want_folded || args->svg_path != NULL) && has_output)
		argp_error(state, "what is folded or drawn has no columns");
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct profile_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->output;
		return 0;
	case OPTION_FOLDED:
		args->want_folded = true;
		return 0;
	case OPTION_SVG:
		args->svg_path = text;
		return 0;
	case OPTION_DIFF:
		args->want_diff = true;
		return 0;
	case ARGP_KEY_ARG:
		take_job(args, text, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "expected a job, such as 123 or 123_4.batch");
		return 0;
	case ARGP_KEY_END:
		check_args(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, profile_line_columns,
				profile_line_defaults[PROFILE_LINES_PEOPLE]);
}

/* ---- which steps ---- */

/* A step of the job that has samples. */
struct sampled {
	int64_t id;
	char label[STEP_LABEL_SIZE];
};

struct sampled_list {
	struct sampled *list;
	size_t count;
};

/* Why a job's steps have no samples, in the words of the first that says so. */
static int tell_none(const char *text, const char *missing, struct jo_err *err)
{
	if (missing != NULL)
		return jo_err_set(err, -ENOENT, "job %s was not sampled: %s", text, missing);
	return jo_err_set(err, -ENOENT,
			  "job %s was not sampled, as nobody asked for it: srun --job-profile",
			  text);
}

static int find_sampled(struct store *store, const struct store_job *job, const char *text,
			struct sampled_list *ret_list, struct jo_err *err)
{
	struct sampled_list found = {.list = NULL};
	struct store_selection selection;
	struct store_cursor *cursor;
	char *missing = NULL;
	struct step step;
	size_t count = 0;
	int rc;

	store_selection_init(&selection);
	selection.jobs = job;
	selection.job_count = 1;
	selection.order = STORE_BY_JOB;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_steps_next(cursor, &step, err)) > 0) {
		count++;
		if (step.profile_samples == JO_MISSING) {
			if (missing == NULL && step.profile_missing[0] != '\0')
				missing = xstrdup(step.profile_missing);
			continue;
		}
		found.list = xreallocarray(found.list, found.count + 1, sizeof(*found.list));
		found.list[found.count].id = step.id;
		(void)step_full_format(&step, found.list[found.count].label, STEP_LABEL_SIZE);
		found.count++;
	}
	store_cursor_close(cursor);
	if (rc == 0 && count == 0)
		rc = jo_err_set(err, -ENOENT, "nothing is known of job %s", text);
	else if (rc == 0 && found.count == 0)
		rc = tell_none(text, missing, err);
	free(missing);
	if (rc < 0)
		free(found.list);
	else
		*ret_list = found;
	return rc;
}

/* Where one is wanted; of several the user names one. */
static int check_one(const struct sampled_list *sampled, const char *text, struct jo_err *err)
{
	if (sampled->count == 1)
		return 0;
	return jo_err_set(err, -EINVAL,
			  "job %s has %zu steps that were sampled: name one, such as %s", text,
			  sampled->count, sampled->list[0].label);
}

/* ---- one step ---- */

/* A step, what it is compared with, and what that is called. */
struct subject {
	const struct sampled *sampled;
	char *title;  /* "123.0: 812 samples by python, 10 a second" */
	char *beside; /* "12 normal jobs of this size"; NULL: it is not compared */
	struct explain_where where;
	struct profile other_job;
	const struct profile *other; /* that, or the peers; NULL: it is not compared */
};

static void subject_release(struct subject *subject)
{
	free(subject->title);
	free(subject->beside);
	profile_stacks_release(&subject->other_job);
	explain_where_release(&subject->where);
}

static char *title_of(const struct step *step, const char *label, const struct profile *profile)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_addf(&text, "%s: %" PRId64 " sample%s", label, profile->sample_count,
		    words_plural(profile->sample_count));
	if (step->profile_kind[0] != '\0')
		strbuf_addf(&text, " by %s", step->profile_kind);
	if (step->profile_rate_hz != JO_MISSING)
		strbuf_addf(&text, ", %" PRId64 " a second", step->profile_rate_hz);
	return strbuf_detach(&text);
}

static int compare_with_peers(struct subject *subject, struct jo_err *err)
{
	const char *size = subject->where.is_sized ? " of this size" : "";
	size_t count = subject->where.peer_count;

	if (count == 0)
		return jo_err_set(err, -ENOENT,
				  "no normal job%s has samples to compare %s with: name one", size,
				  subject->sampled->label);
	subject->other = &subject->where.peers;
	subject->beside =
		xasprintf("%zu normal job%s%s", count, words_plural((int64_t)count), size);
	return 0;
}

static int compare_with_job(struct store *store, const struct profile_args *args,
			    struct subject *subject, struct jo_err *err)
{
	struct sampled_list found;
	char *text = NULL;
	int rc = find_sampled(store, &args->jobs[1], args->texts[1], &found, err);

	if (rc < 0)
		return rc;
	rc = check_one(&found, args->texts[1], err);
	if (rc == 0)
		rc = store_profile_get(store, found.list[0].id, &text, err);
	profile_stacks_init(&subject->other_job, subject->where.names);
	if (rc > 0)
		rc = profile_add(&subject->other_job, text, err);
	if (rc == 0) {
		subject->other = &subject->other_job;
		subject->beside = xstrdup(found.list[0].label);
	}
	free(text);
	free(found.list);
	return rc;
}

/* The subject is to be released in any case. */
static int subject_read(struct store *store, const struct profile_args *args,
			const struct sampled *sampled, struct subject *subject, struct jo_err *err)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	*subject = (struct subject){.sampled = sampled};
	store_selection_init(&selection);
	selection.id = sampled->id;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	rc = store_steps_next(cursor, &step, err);
	if (rc > 0)
		rc = explain_where_read(store, &step, &subject->where, err);
	if (rc > 0)
		subject->title = title_of(&step, sampled->label, &subject->where.own);
	store_cursor_close(cursor);
	if (rc == 0)
		return jo_err_set(err, -ENOENT, "%s has no samples any more", sampled->label);
	if (rc > 0 && args->want_diff)
		rc = args->job_count == 2 ? compare_with_job(store, args, subject, err)
					  : compare_with_peers(subject, err);
	return rc < 0 ? rc : 0;
}

/* ---- for people ---- */

static void print_line(struct strbuf *line)
{
	jo_utf8_mask(line->text);
	(void)printf("  %s\n", line->text);
	strbuf_reset(line);
}

static void print_head(const struct subject *subject)
{
	struct strbuf line;

	strbuf_init(&line);
	(void)printf("%s%s%s\n", subject->title, subject->beside != NULL ? ", beside " : "",
		     subject->beside != NULL ? subject->beside : "");
	for (size_t i = 0; i < subject->where.gain_count; i++) {
		explain_gain_write(&subject->where, &subject->where.gains[i], &line);
		print_line(&line);
	}
	if (subject->where.gain_count == 0) {
		explain_heaviest_write(&subject->where, &line);
		print_line(&line);
	}
	strbuf_release(&line);
	(void)printf("\n");
}

static int print_table(const struct profile_args *args, const struct subject *subject,
		       struct jo_err *err)
{
	const char *columns =
		profile_line_defaults[args->want_diff ? PROFILE_LINES_DIFF : PROFILE_LINES_PEOPLE];
	struct out *out;
	size_t more;
	int rc = cmd_output_open(&args->output, "lines", profile_line_columns, columns, &out, err);

	if (rc != CMD_DONE)
		return rc;
	more = profile_lines_add(out, subject->sampled->label, &subject->where.own, subject->other,
				 LINES_MAX);
	rc = out_close(out, err);
	if (rc == 0 && more > 0 && !args->output.no_header)
		(void)printf("and %zu more line%s, which -P lists\n", more,
			     words_plural((int64_t)more));
	return rc;
}

static int print_for_people(struct store *store, const struct profile_args *args,
			    const struct sampled_list *sampled, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sampled->count && i < STEPS_MAX; i++) {
		struct subject subject;

		rc = subject_read(store, args, &sampled->list[i], &subject, err);
		if (rc == 0 && i > 0)
			(void)printf("\n");
		if (rc == 0 && !args->output.no_header)
			print_head(&subject);
		if (rc == 0)
			rc = print_table(args, &subject, err);
		subject_release(&subject);
	}
	if (rc == 0 && sampled->count > STEPS_MAX && !args->output.no_header)
		(void)printf("\nand %zu more steps that were sampled, up to %s\n",
			     sampled->count - STEPS_MAX, sampled->list[sampled->count - 1].label);
	return rc;
}

/* ---- for programs ---- */

static int print_for_programs(struct store *store, const struct profile_args *args,
			      const struct sampled_list *sampled, struct jo_err *err)
{
	struct strbuf columns;
	struct out *out;
	int rc;

	strbuf_init(&columns);
	strbuf_adds(&columns, profile_line_defaults[PROFILE_LINES_PROGRAMS]);
	if (args->want_diff)
		strbuf_adds(&columns, ",other_self,other_total,gained");
	rc = cmd_output_open(&args->output, "lines", profile_line_columns, columns.text, &out, err);
	strbuf_release(&columns);
	if (rc != CMD_DONE)
		return rc;
	for (size_t i = 0; rc == 0 && i < sampled->count; i++) {
		struct subject subject;

		rc = subject_read(store, args, &sampled->list[i], &subject, err);
		if (rc == 0)
			(void)profile_lines_add(out, sampled->list[i].label, &subject.where.own,
						subject.other, SIZE_MAX);
		subject_release(&subject);
	}
	if (rc < 0) {
		(void)out_close(out, NULL);
		return rc;
	}
	return out_close(out, err);
}

static int print_folded(struct subject *subject)
{
	struct strbuf text;

	strbuf_init(&text);
	profile_sort(&subject->where.own);
	if (subject->other == NULL)
		profile_fold(&subject->where.own, &text);
	else
		profile_fold_beside(&subject->where.own, subject->other, &text);
	(void)fputs(text.text, stdout);
	strbuf_release(&text);
	return CMD_DONE;
}

static int draw(const struct profile_args *args, const struct subject *subject, struct jo_err *err)
{
	char *subtitle =
		subject->beside != NULL
			? xasprintf("Beside %s: red is more than there, blue is less",
				    subject->beside)
			: xstrdup("As wide as its share of the samples, above what called it");
	const struct profile_flame flame = {
		.profile = &subject->where.own,
		.other = subject->other,
		.title = subject->title,
		.subtitle = subtitle,
	};
	struct strbuf svg;
	int rc;

	strbuf_init(&svg);
	profile_flame_write(&flame, &svg);
	rc = replace_or_print(args->svg_path, svg.text, svg.len, DRAWING_MODE, err);
	strbuf_release(&svg);
	free(subtitle);
	return rc;
}

static int print_one(struct store *store, const struct profile_args *args,
		     const struct sampled_list *sampled, struct jo_err *err)
{
	struct subject subject;
	int rc = check_one(sampled, args->texts[0], err);

	if (rc < 0)
		return rc;
	rc = subject_read(store, args, &sampled->list[0], &subject, err);
	if (rc == 0)
		rc = args->want_folded ? print_folded(&subject) : draw(args, &subject, err);
	subject_release(&subject);
	return rc;
}

int cmd_profile(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {
		{&cmd_output_argp, 0, "Output:", 2},
		{0},
	};
	static const struct argp argp = {
		options,
		option,
		"JOB[.STEP] [OTHER[.STEP]]",
		"Show where the time of a job or one of its steps went, line by line of its "
		"program, when it was sampled: srun --job-profile, see joboutliers(8).",
		children,
		help,
		NULL,
	};
	struct profile_args args = {.job_count = 0};
	struct sampled_list sampled = {.list = NULL};
	struct store *store = NULL;
	bool want_one;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	want_one = args.want_folded || args.svg_path != NULL;
	rc = cmd_store_read(env, args.output.format == OUT_TABLE && !want_one, &store, err);
	if (rc == 0)
		rc = find_sampled(store, &args.jobs[0], args.texts[0], &sampled, err);
	if (rc == 0 && want_one)
		rc = print_one(store, &args, &sampled, err);
	else if (rc == 0 && args.output.format == OUT_TABLE)
		rc = print_for_people(store, &args, &sampled, err);
	else if (rc == 0)
		rc = print_for_programs(store, &args, &sampled, err);
	free(sampled.list);
	store_close(store);
	return rc;
}

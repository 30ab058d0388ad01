/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import: history that was not recorded by the plugin. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/intake_run.h"
#include "cmd/list_columns.h"
#include "intake/row_columns.h"
#include "model/model.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/strbuf.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct import_args {
	const struct source *source;                          /* the one that was asked for */
	const char *values[SOURCE_COUNT][SOURCE_OPTIONS_MAX]; /* as in struct source_request */
	const char *shared[SOURCE_SHARED_COUNT];              /* the same */
	bool is_dry;
	struct out_options output;                         /* of the rows that it shows */
	int64_t now_unix_us, since_unix_us, until_unix_us; /* those two JO_MISSING: not given */
	char *const *more_files;                           /* behind the options */
	size_t more_count;
};

/* Of the first source's first option; SOURCE_OPTIONS_MAX for each source.  Above all letters,
 * as these are short options. */
enum { OPTION_SOURCE = 0x100, OPTION_SHARED = 0x1000, OPTION_DRY_RUN = 0x2000 };
#define OPTIONS_MAX (SOURCE_COUNT * SOURCE_OPTIONS_MAX)

/* Of all sources, those they share, --dry-run, and one that stays all zero. */
static struct argp_option import_options[OPTIONS_MAX + SOURCE_SHARED_COUNT + 2];

/* Whether the source has an i-th option. */
static bool has_option(const struct source *source, int i)
{
	return source->options != NULL && i < SOURCE_OPTIONS_MAX && source->options[i].name != NULL;
}

static struct argp_option option_of(const struct source_option *option, int key)
{
	return (struct argp_option){option->name,     option->letter != 0 ? option->letter : key,
				    option->argument, option->is_optional ? OPTION_ARG_OPTIONAL : 0,
				    option->help,     0};
}

static void make_options(void)
{
	struct argp_option *next = import_options;

	for (int s = 0; s < SOURCE_COUNT; s++)
		for (int i = 0; has_option(sources[s], i); i++)
			*next++ = option_of(&sources[s]->options[i],
					    OPTION_SOURCE + s * SOURCE_OPTIONS_MAX + i);
	for (int i = 0; i < SOURCE_SHARED_COUNT; i++)
		*next++ = option_of(&source_shared_options[i], OPTION_SHARED + i);
	*next = (struct argp_option){"dry-run",
				     OPTION_DRY_RUN,
				     NULL,
				     0,
				     "take nothing, but show what would be taken, and how some of "
				     "it is understood",
				     0};
}

static bool any_source(const struct source *source, unsigned int takes)
{
	return has_option(source, 0) && (takes == 0 || (source->takes & takes) != 0);
}

/* "--csv=FILE or --sacct", of those that take one of these, 0: of all; the caller frees it. */
static char *option_names(unsigned int takes, bool wants_arguments)
{
	struct strbuf names;
	int count = 0, done = 0;

	strbuf_init(&names);
	for (int s = 0; s < SOURCE_COUNT; s++)
		count += any_source(sources[s], takes);
	for (int s = 0; s < SOURCE_COUNT; s++) {
		const struct source_option *option = sources[s]->options;

		if (!any_source(sources[s], takes))
			continue;
		strbuf_adds(&names, done == 0 ? "" : done + 1 < count ? ", " : " or ");
		strbuf_addf(&names, "--%s", option->name);
		if (wants_arguments && !option->is_optional)
			strbuf_addf(&names, "=%s", option->argument);
		done++;
	}
	return strbuf_detach(&names);
}

/* Options that go with others than the source that was asked for. */
static void check_company(const struct import_args *args, struct argp_state *state)
{
	for (int s = 0; s < SOURCE_COUNT; s++)
		for (int i = 1; has_option(sources[s], i); i++)
			if (args->values[s][i] != NULL && sources[s] != args->source)
				argp_error(state, "--%s goes with --%s",
					   sources[s]->options[i].name,
					   sources[s]->options[0].name);
	for (int i = 0; i < SOURCE_SHARED_COUNT; i++)
		if (args->shared[i] != NULL && (args->source->takes & SOURCE_TAKES(i)) == 0) {
			char *names = option_names(SOURCE_TAKES(i), false);

			argp_error(state, "--%s goes with %s", source_shared_options[i].name,
				   names);
			free(names);
		}
}

static void check(struct import_args *args, struct argp_state *state)
{
	int count = 0;

	for (int s = 0; s < SOURCE_COUNT; s++)
		if (args->values[s][0] != NULL) {
			args->source = sources[s];
			count++;
		}
	if (count != 1) {
		char *names = option_names(0, true);

		argp_error(state, "expected %s", names);
		free(names);
		return;
	}
	if (args->more_count > 0 && !args->source->takes_files)
		argp_error(state, "--%s has one file, and '%s' is another",
			   args->source->options[0].name, args->more_files[0]);
	check_company(args, state);
	if (!args->is_dry && (args->output.format != OUT_TABLE || args->output.columns != NULL ||
			      args->output.order != NULL || args->output.no_header))
		argp_error(state, "the output options go with --dry-run");
}

/* Keep what was given for a shared option; whether the key is that of one. */
static bool take_shared(struct import_args *args, int key, const char *text)
{
	for (int i = 0; i < SOURCE_SHARED_COUNT; i++)
		if (key == OPTION_SHARED + i ||
		    (key == source_shared_options[i].letter && key != 0)) {
			args->shared[i] = text;
			return true;
		}
	return false;
}

static error_t import_option(int key, char *text, struct argp_state *state)
{
	struct import_args *args = state->input;

	if (key == ARGP_KEY_INIT) {
		state->child_inputs[0] = &args->output;
		return 0;
	}
	if (key == ARGP_KEY_ARGS) {
		args->more_files = state->argv + state->next;
		args->more_count = (size_t)(state->argc - state->next);
		return 0;
	}
	if (key == ARGP_KEY_END) {
		check(args, state);
		return 0;
	}
	if (key == OPTION_DRY_RUN) {
		args->is_dry = true;
		return 0;
	}
	if (key == 'S')
		cmd_read_time(text, args->now_unix_us, &args->since_unix_us, state);
	if (key == 'E')
		cmd_read_time(text, args->now_unix_us, &args->until_unix_us, state);
	if (take_shared(args, key, text))
		return 0;
	key -= OPTION_SOURCE;
	if (key < 0 || key >= OPTIONS_MAX)
		return ARGP_ERR_UNKNOWN;
	args->values[key / SOURCE_OPTIONS_MAX][key % SOURCE_OPTIONS_MAX] = text != NULL ? text : "";
	return 0;
}

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? row_columns_help() : (char *)text;
}

/* ---- what it came to ---- */

/* Of what was read, enough for a person to see whether it was understood. */
#define ROWS_SHOWN 5
#define SHOWN_COLUMNS "job,user,partition,class,state,start,wall_s,input_bytes,cpus,memory_bytes"

static int show_rows(struct store *store, const struct out_options *output, struct jo_err *err)
{
	struct store_selection selection;
	struct store_judged *steps = NULL;
	struct judged_step row;
	struct out *out;
	int rc;

	store_selection_init(&selection);
	selection.limit = ROWS_SHOWN;
	rc = store_judged_open(store, &selection, NULL, &steps, err);
	if (rc < 0)
		return rc;
	rc = cmd_output_open(output, "steps", list_columns(), SHOWN_COLUMNS, &out, err);
	if (rc == CMD_DONE) {
		while ((rc = store_judged_next(steps, &row, err)) > 0)
			out_row(out, &row);
		if (out_close(out, rc < 0 ? NULL : err) < 0 && rc == 0)
			rc = -EIO;
	}
	store_judged_close(steps);
	return rc;
}

/* What can be judged by what there is now, and by which command. */
static void add_sums(struct cmd_env *env, const struct store_group_tally *tally,
		     int64_t enough_count, bool is_dry)
{
	cmd_summary_add(env,
			"%" PRId64 " group%s of like steps, %" PRId64 " of them with the %" PRId64
			" that it takes to judge; next: %s",
			tally->count, words_plural(tally->count), tally->filled_count, enough_count,
			is_dry ? "the same without --dry-run" : "sjoboutliers check");
}

/* What is for programs has nothing but the rows. */
static void tell_aside(struct cmd_env *env)
{
	for (char *at = env->summary, *line; (line = strsep(&at, "\n")) != NULL;)
		log_line("%s", line);
	env->summary[0] = '\0';
}

static int import_from(struct cmd_env *env, const struct import_args *args, struct jo_err *err)
{
	struct source_otlp otlp;
	int64_t retained_us = env->conf->retain_days * JO_US_PER_DAY;
	struct source_request request = {
		.sources = sources,
		.otlp = &otlp,
		.since_unix_us = args->since_unix_us != JO_MISSING ? args->since_unix_us
								   : env->now_unix_us - retained_us,
		.until_unix_us =
			args->until_unix_us != JO_MISSING ? args->until_unix_us : env->now_unix_us,
	};
	struct store_group_tally tally = {0};
	struct model_params params;
	struct intake_run run;
	const char **files = xcalloc(1 + args->more_count, sizeof(*files));
	bool is_refused;
	char *title;
	int rc;

	model_params_init(&params);
	intake_run_otlp(env, &otlp);
	request.files = files;
	for (int s = 0; s < SOURCE_COUNT; s++)
		if (sources[s] == args->source)
			(void)memcpy(request.values, args->values[s], sizeof(request.values));
	(void)memcpy(request.shared, args->shared, sizeof(request.shared));
	files[request.file_count++] = request.values[0];
	for (size_t i = 0; i < args->more_count; i++)
		files[request.file_count++] = args->more_files[i];
	title = xasprintf("importing %ss", args->source->noun);
	rc = args->is_dry ? intake_run_try(&run, env, title, err)
			  : intake_run_open(&run, env, title, err);
	if (rc == CMD_DONE) {
		rc = intake_run_take(&run, env, args->source, &request, err);
		if (rc == 0)
			rc = intake_run_settle(&run, env, err);
		if (rc == 0 && args->is_dry)
			rc = show_rows(run.store, &args->output, err);
		if (rc == 0)
			rc = store_group_tally(run.store, params.own_min, &tally, err);
		is_refused = rc == CMD_USAGE; /* a column that is none, whatever else was bad */
		rc = intake_run_close(&run, env, rc, args->source->noun);
		if (is_refused)
			rc = CMD_USAGE;
		if (rc >= 0)
			add_sums(env, &tally, params.own_min, args->is_dry);
		if (args->output.format != OUT_TABLE)
			tell_aside(env);
	}
	free(title);
	free(files);
	return rc;
}

int cmd_import(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {
		{&cmd_output_argp, 0, "Output of --dry-run:", 2}, {0}};
	static const struct argp argp = {
		import_options,
		import_option,
		"[FILE...]",
		"Take history from elsewhere into the database.  It may be imported again: what is "
		"known already is not taken twice.\v",
		children,
		help,
		NULL};
	struct import_args args = {.now_unix_us = env->now_unix_us,
				   .since_unix_us = JO_MISSING,
				   .until_unix_us = JO_MISSING};
	int rc;

	make_options();
	rc = cmd_start(env, &argp, argc, argv, &args, err);
	return rc == CMD_DONE ? import_from(env, &args, err) : rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import: history that was not recorded by the plugin. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/intake_run.h"
#include "intake/row_columns.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#include <stdlib.h>
#include <string.h>

struct import_args {
	const struct source *source;                          /* the one that was asked for */
	const char *values[SOURCE_COUNT][SOURCE_OPTIONS_MAX]; /* as in struct source_request */
	const char *shared[SOURCE_SHARED_COUNT];              /* the same */
	int64_t now_unix_us, since_unix_us, until_unix_us;    /* those two JO_MISSING: not given */
};

/* Of the first source's first option; SOURCE_OPTIONS_MAX for each source.  Above all letters,
 * as these are short options. */
enum { OPTION_SOURCE = 0x100, OPTION_SHARED = 0x1000 };
#define OPTIONS_MAX (SOURCE_COUNT * SOURCE_OPTIONS_MAX)

/* Of all sources, those they share, and one that stays all zero. */
static struct argp_option import_options[OPTIONS_MAX + SOURCE_SHARED_COUNT + 1];

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
	check_company(args, state);
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

	if (key == ARGP_KEY_END) {
		check(args, state);
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

static int import_from(struct cmd_env *env, const struct import_args *args, struct jo_err *err)
{
	int64_t retained_us = env->conf->retain_days * JO_US_PER_DAY;
	struct source_request request = {
		.sources = sources,
		.since_unix_us = args->since_unix_us != JO_MISSING ? args->since_unix_us
								   : env->now_unix_us - retained_us,
		.until_unix_us =
			args->until_unix_us != JO_MISSING ? args->until_unix_us : env->now_unix_us,
	};
	struct intake_run run;
	char *title;
	int rc;

	for (int s = 0; s < SOURCE_COUNT; s++)
		if (sources[s] == args->source)
			(void)memcpy(request.values, args->values[s], sizeof(request.values));
	(void)memcpy(request.shared, args->shared, sizeof(request.shared));
	title = xasprintf("importing %ss", args->source->noun);
	rc = intake_run_open(&run, env, title, err);
	if (rc == CMD_DONE) {
		rc = intake_run_take(&run, env, args->source, &request, err);
		rc = intake_run_close(&run, env, rc, args->source->noun);
	}
	free(title);
	return rc;
}

int cmd_import(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		import_options,
		import_option,
		NULL,
		"Take history from elsewhere into the database.  It may be imported again: what is "
		"known already is not taken twice.\v",
		NULL,
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

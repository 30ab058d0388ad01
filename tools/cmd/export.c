/* SPDX-License-Identifier: GPL-2.0-or-later */
/* export: steps and numbers for other programs. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/selection.h"
#include "cmd/spools.h"
#include "export/sink.h"
#include "util/strbuf.h"

#include <errno.h>
#include <stdlib.h>

struct export_args {
	struct cmd_selection select;
	bool is_asked[SINK_COUNT]; /* by the index of sinks */
	const struct sink *sink;   /* the one that was asked for */
	const char *path;          /* its argument; NULL: it has none */
};

/* Of the first sink; the others follow.  Above all letters, as these are short options. */
enum { OPTION_SINK = 0x100 };

static struct argp_option options[SINK_COUNT + 1]; /* the last one stays all zero */

static void make_options(void)
{
	for (int i = 0; i < SINK_COUNT; i++)
		options[i] = (struct argp_option){
			sinks[i]->word, OPTION_SINK + i, sinks[i]->argument, 0, sinks[i]->help, 0};
}

/* "--csv, --json and --openmetrics=FILE"; the caller frees it. */
static char *option_names(void)
{
	struct strbuf names;

	strbuf_init(&names);
	for (int i = 0; i < SINK_COUNT; i++)
		strbuf_addf(&names, "%s--%s%s%s",
			    i == 0                ? ""
			    : i + 1 == SINK_COUNT ? " and "
						  : ", ",
			    sinks[i]->word, sinks[i]->argument != NULL ? "=" : "",
			    sinks[i]->argument != NULL ? sinks[i]->argument : "");
	return strbuf_detach(&names);
}

static void check(const struct export_args *args, struct argp_state *state)
{
	const struct cmd_selection *select = &args->select;
	int count = 0;

	for (int i = 0; i < SINK_COUNT; i++)
		count += args->is_asked[i];
	if (count != 1) {
		char *names = option_names();

		argp_error(state, "expected one of %s", names);
		free(names);
		return;
	}
	if (args->sink->subject == SINK_STEPS)
		return;
	if (select->users.count + select->partitions.count + select->clusters.count +
			    select->accounts.count + select->classes.count + select->job_count >
		    0 ||
	    select->state_mask != 0)
		argp_error(state, "of the selection, --%s takes --starttime and --endtime alone",
			   args->sink->word);
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct export_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->select;
		return 0;
	case ARGP_KEY_END:
		check(args, state);
		return 0;
	default:
		if (key < OPTION_SINK || key >= OPTION_SINK + SINK_COUNT)
			return ARGP_ERR_UNKNOWN;
		args->is_asked[key - OPTION_SINK] = true;
		args->sink = sinks[key - OPTION_SINK];
		args->path = text;
		return 0;
	}
}

/* The selection's times, or the last day; its list of spools is the caller's to free. */
static struct health_spool *look_at_site(struct cmd_env *env, const struct cmd_selection *select,
					 struct sink_site *ret_site)
{
	int64_t until_unix_us = select->has_until ? select->until_unix_us : env->now_unix_us;
	int64_t from_unix_us =
		select->has_since ? select->since_unix_us : until_unix_us - JO_US_PER_DAY;
	struct health_spool *spools = spools_look(env->conf, from_unix_us);
	struct sink_site site = {
		.health = {from_unix_us, until_unix_us, spools, env->conf->spool.count},
		.class_max = env->conf->metrics_class_max,
		.night_begin_unix_us = JO_MISSING,
		.night_end_unix_us = JO_MISSING,
		.night_status = JO_MISSING,
	};
	struct store_night_report night;

	if (store_night_get(env->conf->database, &night, NULL) == 0) {
		site.night_begin_unix_us = night.begin_unix_us;
		site.night_end_unix_us = night.status < 0 ? JO_MISSING : night.end_unix_us;
		site.night_status = night.status;
	}
	*ret_site = site;
	return spools;
}

static int run(struct cmd_env *env, const struct export_args *args, struct store *store,
	       struct jo_err *err)
{
	struct store_selection selection;
	struct sink_site site;
	const struct sink_request request = {store, &selection, &site, stdout, args->path};
	struct health_spool *spools = NULL;
	int rc;

	if (args->sink->subject == SINK_SITE && store_is_own_only(store))
		return jo_err_set(err, -EACCES,
				  "--%s is of all jobs, of which this role sees its own alone: who is "
				  "to write it is one of ReadersAll",
				  args->sink->word);
	cmd_selection_apply(&args->select, &selection);
	if (args->sink->subject == SINK_SITE)
		spools = look_at_site(env, &args->select, &site);
	rc = sink_run(args->sink, &request, err);
	free(spools);
	return rc;
}

int cmd_export(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {{&cmd_selection_argp, 0, "Which steps:", 2}, {0}};
	static const struct argp argp = {
		options,
		option,
		NULL,
		"Hand steps with their verdicts, or the numbers of a night, to other programs.",
		children,
		NULL,
		NULL,
	};
	struct export_args args = {.select.now_unix_us = env->now_unix_us};
	struct store *store = NULL;
	int rc;

	make_options();
	rc = cmd_start(env, &argp, argc, argv, &args, err);
	if (rc == CMD_DONE)
		rc = cmd_store_read(env, false, &store, err);
	if (rc == CMD_DONE)
		rc = run(env, &args, store, err);
	store_close(store);
	cmd_selection_release(&args.select);
	return rc;
}

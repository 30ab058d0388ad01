/* SPDX-License-Identifier: GPL-2.0-or-later */
/* export: steps and numbers for other programs. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/selection.h"
#include "cmd/spools.h"
#include "export/sink.h"
#include "export/to_openmetrics.h"
#include "util/replace.h"
#include "util/when.h"

#include <stdlib.h>

struct export_args {
	struct cmd_selection select;
	bool want_csv, want_json;
	const char *openmetrics_path;
};

enum { OPTION_CSV = 0x100, OPTION_JSON, OPTION_OPENMETRICS };

static const struct argp_option options[] = {
	{"csv", OPTION_CSV, NULL, 0, "print steps as a CSV table that import takes", 0},
	{"json", OPTION_JSON, NULL, 0, "print steps as JSON, one object a line", 0},
	{"openmetrics", OPTION_OPENMETRICS, "FILE", 0,
	 "write the numbers of the last day for Prometheus to FILE", 0},
	{0},
};

static void check(const struct export_args *args, struct argp_state *state)
{
	const struct cmd_selection *select = &args->select;
	int form_count = args->want_csv + args->want_json + (args->openmetrics_path != NULL);

	if (form_count != 1)
		argp_error(state, "expected one of --csv, --json and --openmetrics=FILE");
	if (args->openmetrics_path == NULL)
		return;
	if (select->users.count + select->partitions.count + select->clusters.count +
			    select->accounts.count + select->classes.count + select->job_count >
		    0 ||
	    select->state_mask != 0)
		argp_error(state, "of the selection, --openmetrics takes --starttime and --endtime "
				  "alone");
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct export_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->select;
		return 0;
	case OPTION_CSV:
		args->want_csv = true;
		return 0;
	case OPTION_JSON:
		args->want_json = true;
		return 0;
	case OPTION_OPENMETRICS:
		args->openmetrics_path = text;
		return 0;
	case ARGP_KEY_END:
		check(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int print_steps(const struct export_args *args, struct store *store, struct jo_err *err)
{
	struct store_selection selection;

	cmd_selection_apply(&args->select, &selection);
	return (args->want_csv ? export_csv : export_json)(store, &selection, stdout, err);
}

static int write_metrics(struct cmd_env *env, const struct export_args *args, struct store *store,
			 struct jo_err *err)
{
	const struct cmd_selection *select = &args->select;
	int64_t until_unix_us = select->has_until ? select->until_unix_us : env->now_unix_us;
	int64_t from_unix_us =
		select->has_since ? select->since_unix_us : until_unix_us - JO_US_PER_DAY;
	struct health_spool *spools = spools_look(env->conf, from_unix_us);
	struct metrics_site site = {
		.health = {from_unix_us, until_unix_us, spools, env->conf->spool.count},
		.night_begin_unix_us = JO_MISSING,
		.night_end_unix_us = JO_MISSING,
		.night_status = JO_MISSING,
	};
	struct store_night_report night;
	struct strbuf text;
	int rc;

	if (store_night_get(env->conf->database, &night, NULL) == 0) {
		site.night_begin_unix_us = night.begin_unix_us;
		site.night_end_unix_us = night.status < 0 ? JO_MISSING : night.end_unix_us;
		site.night_status = night.status;
	}
	strbuf_init(&text);
	rc = metrics_write(store, &site, &text, err);
	/* node_exporter is another user, and there is nothing in it to hide */
	if (rc == 0)
		rc = replace_file(args->openmetrics_path, text.text, text.len, 0644, err);
	strbuf_release(&text);
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
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc == CMD_DONE)
		rc = cmd_store_open(env, STORE_READ, &store, err);
	if (rc == CMD_DONE)
		rc = args.openmetrics_path != NULL ? write_metrics(env, &args, store, err)
						   : print_steps(&args, store, err);
	store_close(store);
	cmd_selection_release(&args.select);
	return rc;
}

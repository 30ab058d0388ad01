/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import: history that was not recorded by the plugin. */
#include "cmd/cmd.h"
#include "cmd/take.h"

struct import_args {
	const char *csv;
	const char *rejects;
};

enum { OPTION_CSV = 0x100, OPTION_REJECTS };

static const struct argp_option import_options[] = {
	{"csv", OPTION_CSV, "FILE", 0,
	 "import a CSV file with a header line; '-' is standard input", 0},
	{"rejects", OPTION_REJECTS, "FILE", 0,
	 "write the rows that are not right to FILE, each with its reason", 0},
	{0},
};

static error_t import_option(int key, char *text, struct argp_state *state)
{
	struct import_args *args = state->input;

	switch (key) {
	case OPTION_CSV:
		args->csv = text;
		return 0;
	case OPTION_REJECTS:
		args->rejects = text;
		return 0;
	case ARGP_KEY_END:
		if (args->csv == NULL)
			argp_error(state, "expected --csv=FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_import(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		import_options,
		import_option,
		NULL,
		"Take history from elsewhere into the database.  It may be imported again: what is "
		"known already is not taken twice.\v"
		"Columns of a CSV file, in any order: job, start and wall_s are needed; step, "
		"cluster, "
		"partition, user, class, node, input_bytes, mem_peak_bytes, max_rss_bytes, "
		"mem_limit_bytes, ncpus, state, exit_code and any attr.NAME are optional.  An "
		"empty "
		"field is missing.",
		NULL,
		NULL,
		NULL};
	struct import_args args = {0};
	struct intake_stats stats = {0};
	struct take take;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc == CMD_DONE)
		rc = take_open(&take, env, "importing rows", err);
	if (rc != CMD_DONE)
		return rc;
	rc = intake_csv(take.store, args.csv, args.rejects, &take.calls, env->now_unix_us, &stats,
			err);
	return take_close(&take, env, rc, &stats, "rows");
}

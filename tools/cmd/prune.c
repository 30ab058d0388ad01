/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prune: remove the steps that are older than the site wants to keep them. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "util/when.h"
#include "util/words.h"

#include <inttypes.h>
#include <stdlib.h>

struct prune_args {
	int64_t now_unix_us;
	int64_t before_unix_us; /* JO_MISSING: as RetainDays says */
	bool is_dry_run;
};

enum { OPTION_BEFORE = 0x100 };

static const struct argp_option options[] = {
	{"before", OPTION_BEFORE, "TIME", 0,
	 "remove what ended before TIME, not what RetainDays says", 0},
	{"dry-run", 'n', NULL, 0, "only tell how many steps would be removed", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct prune_args *args = state->input;

	switch (key) {
	case OPTION_BEFORE:
		cmd_read_time(text, args->now_unix_us, &args->before_unix_us, state);
		return 0;
	case 'n':
		args->is_dry_run = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int prune(struct store *store, const struct prune_args *args, int64_t *ret_count,
		 struct jo_err *err)
{
	struct store_selection selection;

	if (!args->is_dry_run)
		return store_prune(store, args->before_unix_us, ret_count, err);
	store_selection_init(&selection);
	selection.end_to_unix_us = args->before_unix_us;
	return store_steps_count(store, &selection, ret_count, err);
}

int cmd_prune(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options, option,
		NULL,    "Remove steps that are older than RetainDays, with their verdicts.",
		NULL,    NULL,
		NULL,
	};
	struct prune_args args = {env->now_unix_us, JO_MISSING, false};
	struct store *store = NULL;
	char before[WHEN_TEXT_SIZE];
	int64_t count;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	if (args.before_unix_us == JO_MISSING)
		args.before_unix_us = env->now_unix_us - env->conf->retain_days * JO_US_PER_DAY;
	rc = cmd_store_open(env, args.is_dry_run ? STORE_READ : STORE_WRITE, &store, err);
	if (rc < 0)
		return rc;
	rc = prune(store, &args, &count, err);
	store_close(store);
	if (rc < 0)
		return rc;
	cmd_summary(env, "%" PRId64 " step%s that ended before %s %s", count, words_plural(count),
		    when_format(args.before_unix_us, before),
		    args.is_dry_run ? "would be removed" : "removed");
	return CMD_DONE;
}

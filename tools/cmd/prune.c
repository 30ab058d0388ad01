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

/* What does not go yet, where months go at once. */
static void tell_rest(struct cmd_env *env, const struct store_pruned *pruned)
{
	if (pruned->busy_month_count > 0)
		cmd_summary_add(env,
				"%" PRId64
				" month%s %s being read, and not dropped: the next prune "
				"tries again",
				pruned->busy_month_count, words_plural(pruned->busy_month_count),
				pruned->busy_month_count == 1 ? "is" : "are");
	if (pruned->kept_count > 0)
		cmd_summary_add(env, "%" PRId64 " step%s as old go%s with the rest of %s month",
				pruned->kept_count, words_plural(pruned->kept_count),
				pruned->kept_count == 1 ? "es" : "",
				pruned->kept_count == 1 ? "its" : "their");
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
	struct store_prune prune;
	struct store_pruned pruned;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	prune = (struct store_prune){args.before_unix_us, true};
	if (args.before_unix_us == JO_MISSING)
		prune = (struct store_prune){
			env->now_unix_us - env->conf->retain_days * JO_US_PER_DAY, false};
	rc = cmd_store_open(env, args.is_dry_run ? STORE_READ : STORE_WRITE, &store, err);
	if (rc < 0)
		return rc;
	rc = args.is_dry_run ? store_prune_count(store, &prune, &pruned, err)
			     : store_prune(store, &prune, &pruned, err);
	store_close(store);
	if (rc < 0)
		return rc;
	cmd_summary(env, "%" PRId64 " step%s that ended before %s %s", pruned.step_count,
		    words_plural(pruned.step_count), when_format(prune.end_before_unix_us, before),
		    args.is_dry_run ? "would be removed" : "removed");
	tell_rest(env, &pruned);
	return CMD_DONE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suspended: what the records of steps could not tell, and Slurm's accounting can. */
#include "cmd/cmd.h"
#include "cmd/intake_run.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>

/* Of the steps that are to be judged, from the first on that does not know it. */
static int ask(struct intake_run *run, struct cmd_env *env, struct jo_err *err)
{
	struct source_request request = {.until_unix_us = env->now_unix_us};
	int rc = store_unsuspended_oldest(run->store, &request.since_unix_us, err);

	if (rc > 0)
		rc = intake_run_take(run, env, &source_suspended, &request, err);
	return rc;
}

int cmd_suspended(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL,
		NULL,
		NULL,
		"Ask sacct how long the steps were suspended that are to be judged, where their "
		"records could not tell: that time is taken off their run time.  Where Slurm keeps "
		"no accounting, or AskSacct is 'no', nothing is done.",
		NULL,
		NULL,
		NULL,
	};
	struct intake_run run;
	int64_t count;
	int rc = cmd_start(env, &argp, argc, argv, NULL, err);

	if (rc != CMD_DONE)
		return rc;
	if (!env->conf->ask_sacct) {
		cmd_summary(env, "sacct is not asked: AskSacct is 'no'");
		return CMD_DONE;
	}
	rc = intake_run_open(&run, env, "asking sacct", err);
	if (rc != CMD_DONE)
		return rc;
	rc = ask(&run, env, err);
	count = run.stats.added.changed_count;
	if (rc == -EOPNOTSUPP) {
		rc = intake_run_close(&run, env, CMD_DONE, source_suspended.noun);
		cmd_summary(env, "nobody to ask: %s", err->text);
	} else {
		rc = intake_run_close(&run, env, rc, source_suspended.noun);
		cmd_summary(env, "of %" PRId64 " step%s sacct told for how long %s suspended",
			    count, words_plural(count), count == 1 ? "it was" : "they were");
	}
	return rc;
}

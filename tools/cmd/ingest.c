/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ingest: what the plugin recorded and what programs logged, into the database. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/intake_run.h"
#include "util/when.h"

/*
 * Records may lie on a node that is down for the weekend, and come after all:
 * until then nothing is lost by calling a step so.
 */
#define LOST_GRACE_US JO_US_PER_DAY                /* beyond the time limit */
#define LOST_WITHOUT_LIMIT_US (30 * JO_US_PER_DAY) /* longer than nearly all jobs are allowed */

/* What was logged is read whatever came of the records. */
static int take_logs(struct intake_run *run, struct cmd_env *env, int rc, struct jo_err *err)
{
	struct source_request request = {.logs = env->conf->logs};
	int logs_rc;

	intake_run_sum_up(run, source_spool.noun);
	logs_rc = intake_run_take(run, env, &source_logs, &request, rc == 0 ? err : NULL);
	return rc == 0 ? logs_rc : rc;
}

/* What programs told of themselves, whatever came of the others, and whose it is. */
static int take_spans(struct intake_run *run, struct cmd_env *env, const char *noun, int rc,
		      struct jo_err *err)
{
	struct source_otlp otlp;
	struct source_request request = {.otlp = &otlp};
	int spans_rc;

	intake_run_otlp(env, &otlp);
	intake_run_sum_up(run, noun);
	spans_rc = intake_run_take(run, env, &source_received, &request, rc == 0 ? err : NULL);
	return rc == 0 ? spans_rc : rc;
}

int cmd_ingest(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL,
		NULL,
		NULL,
		"Take the records in the spool folders into the database, and remove them from "
		"there.  "
		"What cannot be read goes to the spool's folder 'bad', with the reason.  A step "
		"that never ended becomes LOST a day after its time limit, or after 30 days.  With "
		"Logs in the configuration, the lines of programs' logs are taken, too; with "
		"OtlpSpool, the spans that were received.",
		NULL,
		NULL,
		NULL};
	const struct source *source = &source_spool;
	struct source_request request = {0};
	struct intake_run run;
	int rc = cmd_start(env, &argp, argc, argv, NULL, err);

	if (rc == CMD_DONE)
		rc = intake_run_open(&run, env, "reading records", err);
	if (rc != CMD_DONE)
		return rc;
	request.spools = (const char *const *)env->conf->spool.list;
	request.spool_count = env->conf->spool.count;
	rc = intake_run_take(&run, env, source, &request, err);
	if (rc == 0) {
		int lost = store_settle_lost(run.store, env->now_unix_us, LOST_GRACE_US,
					     LOST_WITHOUT_LIMIT_US, err);

		rc = lost < 0 ? lost : 0;
	}
	if (env->conf->logs[0] != '\0') {
		source = &source_logs;
		rc = take_logs(&run, env, rc, err);
	}
	if (env->conf->otlp_spool[0] != '\0') {
		rc = take_spans(&run, env, source->noun, rc, err);
		source = &source_received;
	}
	if (rc == 0)
		rc = intake_run_settle(&run, env, err);
	return intake_run_close(&run, env, rc, source->noun);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ingest: what the plugin recorded, into the database. */
#include "cmd/cmd.h"
#include "cmd/take.h"

int cmd_ingest(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL,
		NULL,
		NULL,
		"Take the records in the spool folders into the database, and remove them from "
		"there.  "
		"What cannot be read goes to the spool's folder 'bad', with the reason.",
		NULL,
		NULL,
		NULL};
	struct intake_stats stats = {0};
	struct take take;
	int rc = cmd_start(env, &argp, argc, argv, NULL, err);

	if (rc == CMD_DONE)
		rc = take_open(&take, env, "reading records", err);
	if (rc != CMD_DONE)
		return rc;
	rc = intake_spool(take.store, (const char *const *)env->conf->spool.list,
			  env->conf->spool.count, &take.calls, env->now_unix_us, &stats, err);
	return take_close(&take, env, rc, &stats, "records");
}

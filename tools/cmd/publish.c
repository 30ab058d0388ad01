/* SPDX-License-Identifier: GPL-2.0-or-later */
/* publish: the copy of the database for those who may not open it. */
#include "cmd/cmd.h"
#include "joboutliers/units.h"
#include "util/progress.h"

#include <sys/stat.h>

static void show_progress(void *context, int64_t done, int64_t total)
{
	struct progress *progress = context;

	progress->total = total;
	progress_update(progress, done);
}

static int publish(struct cmd_env *env, struct jo_err *err)
{
	struct store *store = NULL;
	struct progress progress;
	int rc = cmd_store_open(env, STORE_WRITE, &store, err);

	if (rc < 0)
		return rc;
	progress_start(&progress, "copying the database", 0);
	rc = store_readers_copy(store, env->conf->readers_database, env->now_unix_us,
				progress.is_watched ? show_progress : NULL, &progress, err);
	progress_stop(&progress);
	store_close(store);
	return rc;
}

int cmd_publish(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL,
		NULL,
		NULL,
		"Make the copy of the database for those who may not open it, of what it is now.",
		NULL,
		NULL,
		NULL,
	};
	const char *path;
	struct stat st;
	char size[16];
	int rc = cmd_start(env, &argp, argc, argv, NULL, err);

	if (rc != CMD_DONE)
		return rc;
	path = env->conf->readers_database;
	if (path[0] == '\0') {
		cmd_summary(env, "readers have no copy: ReadersDatabase is not set");
		return CMD_DONE;
	}
	rc = publish(env, err);
	if (rc < 0)
		return rc;
	if (stat(path, &st) == 0)
		cmd_summary(env, "%s: %s", path,
			    jo_bytes_format((int64_t)st.st_size, size, sizeof(size)));
	return CMD_DONE;
}

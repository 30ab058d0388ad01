/* SPDX-License-Identifier: GPL-2.0-or-later */
/* requests: take what users asked for by mute and expect. */
#include "cmd/cmd.h"
#include "intake/request_folder.h"
#include "util/log.h"
#include "util/user_cache.h"

#include <inttypes.h>
#include <stdio.h>

/* A folder that is flooded is told of, but not line by line. */
#define REFUSED_SHOWN_MAX 50

struct taken {
	int shown_count;
	struct user_cache users;
};

static int user_of(void *context, int64_t uid, char name[USER_NAME_SIZE], struct jo_err *err)
{
	struct taken *taken = context;

	return user_cache_name(&taken->users, uid, name, err);
}

static void show_refused(void *context, const char *text)
{
	struct taken *taken = context;

	if (taken->shown_count < REFUSED_SHOWN_MAX)
		log_line("%s", text);
	else if (taken->shown_count == REFUSED_SHOWN_MAX)
		log_line("more of these are counted, but not shown");
	taken->shown_count++;
}

int cmd_requests(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL,
		NULL,
		NULL,
		"Take what users asked for by mute and expect.  What they may not ask for is set "
		"aside, with a line that says why.",
		NULL,
		NULL,
		NULL,
	};
	struct taken taken = {0};
	char stuck[64];
	const struct intake_calls calls = {
		.context = &taken, .user_of = user_of, .bad = show_refused};
	struct request_folder_stats stats = {0};
	struct store *store = NULL;
	int rc = cmd_start(env, &argp, argc, argv, NULL, err);

	if (rc != CMD_DONE)
		return rc;
	if (env->conf->requests[0] == '\0') {
		cmd_summary(env, "none are taken: Requests is not set");
		return CMD_DONE;
	}
	rc = cmd_store_open(env, STORE_CREATE, &store, err);
	if (rc < 0)
		return rc;
	rc = request_folder_take(store, env->conf->requests, &calls, env->now_unix_us, &stats, err);
	store_close(store);
	user_cache_release(&taken.users);
	if (rc < 0)
		return rc;
	(void)snprintf(stuck, sizeof(stuck), ", %" PRId64 " in the way", stats.stuck_count);
	cmd_summary(env, "%" PRId64 " taken, %" PRId64 " refused%s", stats.taken_count,
		    stats.refused_count, stats.stuck_count > 0 ? stuck : "");
	return stats.refused_count > 0 ? CMD_BAD_INPUT : CMD_DONE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Around an intake: open, show, sum up. */
#include "cmd/take.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>

#include "util/log.h"

/* More of the same says nothing new; all of them are in the spool's bad/ or in --rejects. */
#define BAD_SHOWN_MAX 20

static const char *user_of(void *context, int64_t uid)
{
	const struct passwd *entry;

	(void)context;
	if (uid < 0 || uid > UINT32_MAX)
		return NULL;
	entry = getpwuid((uid_t)uid);
	return entry != NULL ? entry->pw_name : NULL;
}

static void show_bad(void *context, const char *text)
{
	struct take *take = context;

	if (take->bad_shown++ > BAD_SHOWN_MAX)
		return;
	if (take->bad_shown <= BAD_SHOWN_MAX)
		log_line("%s", text);
	else
		log_line("more of these are counted, but not shown");
}

static void show_progress(void *context, int64_t done, int64_t total)
{
	struct take *take = context;

	take->progress.total = total;
	progress_update(&take->progress, done);
}

int take_open(struct take *take, struct cmd_env *env, const char *title, struct jo_err *err)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	int rc;

	*take = (struct take){.calls = {take, user_of, show_bad, show_progress}};
	rc = store_open(env->conf->database, &options, &take->store, err);
	if (rc == 0)
		rc = store_group_by(take->store, (unsigned)env->conf->group_by, err);
	if (rc < 0) {
		store_close(take->store);
		return rc == -EBUSY ? CMD_BUSY : rc;
	}
	progress_start(&take->progress, title, 0);
	return CMD_DONE;
}

int take_close(struct take *take, struct cmd_env *env, int rc, const struct intake_stats *stats,
	       const char *what)
{
	progress_stop(&take->progress);
	store_close(take->store);
	cmd_summary(env,
		    "%" PRId64 " %s: %" PRId64 " new, %" PRId64 " changed, %" PRId64
		    " known, %" PRId64 " skipped, %" PRId64 " bad",
		    stats->read_count, what, stats->added.new_count, stats->added.changed_count,
		    stats->added.duplicate_count, stats->skipped_count, stats->bad_count);
	if (rc < 0)
		return rc == -EBUSY ? CMD_BUSY : rc;
	return stats->bad_count > 0 ? CMD_BAD_INPUT : CMD_DONE;
}

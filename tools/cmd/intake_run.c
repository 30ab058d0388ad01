/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Around an intake: open, show, sum up. */
#include "cmd/intake_run.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/utf8.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/words.h"

/* More of the same says nothing new; all of them are in the spool's bad/ or in --rejects. */
#define BAD_SHOWN_MAX 10

/* Three lines of a terminal: who wants all of a line has the file. */
#define BAD_TEXT_SIZE 240

static int user_of(void *context, int64_t uid, char name[USER_NAME_SIZE], struct jo_err *err)
{
	struct intake_run *run = context;

	return user_cache_name(&run->users, uid, name, err);
}

static int uid_of(void *context, const char *name, int64_t *ret_uid, struct jo_err *err)
{
	struct intake_run *run = context;

	return user_cache_uid(&run->users, name, ret_uid, err);
}

void intake_run_show_bad(int64_t *shown, const char *text)
{
	char cut[BAD_TEXT_SIZE];

	if ((*shown)++ >= BAD_SHOWN_MAX)
		return;
	jo_utf8_clean(cut, sizeof(cut), text);
	log_line("%s%s", cut, strlen(text) >= sizeof(cut) ? "..." : "");
}

void intake_run_end_bad(int64_t shown)
{
	if (shown > BAD_SHOWN_MAX)
		log_line("and %" PRId64 " more like it", shown - BAD_SHOWN_MAX);
}

static void show_bad(void *context, const char *text)
{
	intake_run_show_bad(&((struct intake_run *)context)->bad_shown, text);
}

static void show_note(void *context, const char *text)
{
	(void)context;
	log_line("%s", text);
}

static void show_progress(void *context, int64_t done, int64_t total)
{
	struct intake_run *run = context;

	run->progress.total = total;
	progress_update(&run->progress, done);
}

static void begin(struct intake_run *run)
{
	*run = (struct intake_run){
		.calls = {run, user_of, uid_of, show_bad, show_note, show_progress}};
	strbuf_init(&run->summary);
}

int intake_run_open(struct intake_run *run, struct cmd_env *env, const char *title,
		    struct jo_err *err)
{
	int rc;

	begin(run);
	rc = cmd_store_open(env, STORE_CREATE, &run->store, err);
	if (rc < 0)
		return rc;
	progress_start(&run->progress, title, 0);
	return CMD_DONE;
}

/* The folder with all that is in it, if there is one. */
static void drop_folder(struct intake_run *run)
{
	struct dirent *entry;
	DIR *dir = run->dry_folder != NULL ? opendir(run->dry_folder) : NULL;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
	if (run->dry_folder != NULL)
		(void)rmdir(run->dry_folder);
	free(run->dry_folder);
	run->dry_folder = NULL;
}

int intake_run_try(struct intake_run *run, struct cmd_env *env, const char *title,
		   struct jo_err *err)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	const char *tmp = getenv("TMPDIR");
	char *path;
	int rc;

	begin(run);
	run->dry_folder =
		xasprintf("%s/sjoboutliers-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(run->dry_folder) == NULL) {
		rc = jo_err_sys(err, -errno, "make %s", run->dry_folder);
		free(run->dry_folder);
		return rc;
	}
	path = xasprintf("%s/database", run->dry_folder);
	rc = store_open(path, &options, &run->store, err);
	free(path);
	if (rc == 0)
		rc = cmd_store_rules(env, run->store, err);
	if (rc < 0) {
		store_close(run->store);
		drop_folder(run);
		return rc;
	}
	progress_start(&run->progress, title, 0);
	return CMD_DONE;
}

int intake_run_take(struct intake_run *run, const struct cmd_env *env, const struct source *source,
		    struct source_request *request, struct jo_err *err)
{
	request->store = run->store;
	request->wants_total = true;
	request->now_unix_us = env->now_unix_us;
	return intake_take(source, request, &run->calls, env->now_unix_us, &run->stats, err);
}

void intake_run_sum_up(struct intake_run *run, const char *noun)
{
	const struct intake_stats *stats = &run->stats;

	strbuf_addf(&run->summary,
		    "%s%" PRId64 " %s%s: %" PRId64 " new, %" PRId64 " changed, %" PRId64
		    " known, %" PRId64 " skipped, %" PRId64 " bad",
		    run->summary.len > 0 ? "; " : "", stats->read_count, noun,
		    words_plural(stats->read_count), stats->added.new_count,
		    stats->added.changed_count, stats->added.duplicate_count, stats->skipped_count,
		    stats->bad_count);
	run->has_bad |= stats->bad_count > 0;
}

void intake_run_otlp(const struct cmd_env *env, struct source_otlp *ret_otlp)
{
	const struct conf *conf = env->conf;

	*ret_otlp = (struct source_otlp){conf->otlp_spool, &conf->otlp_size, conf->otlp_owner,
					 &conf->otlp_services};
}

int intake_run_settle(struct intake_run *run, const struct cmd_env *env, struct jo_err *err)
{
	struct store_spans_settled settled;
	int rc = store_spans_settle(run->store, env->now_unix_us, &settled, err);

	if (rc < 0)
		return rc;
	if (settled.refused_count > 0)
		log_line("%" PRId64 " span%s of another time than the step above: not taken",
			 settled.refused_count, words_plural(settled.refused_count));
	if (settled.dropped_count > 0)
		log_line("%" PRId64 " span%s without a step were dropped%s%s",
			 settled.dropped_count, words_plural(settled.dropped_count),
			 settled.dropped_of[0] != '\0' ? ", most of " : "", settled.dropped_of);
	return 0;
}

int intake_run_close(struct intake_run *run, struct cmd_env *env, int rc, const char *noun)
{
	const bool is_dry = run->dry_folder != NULL;

	progress_stop(&run->progress);
	store_close(run->store);
	drop_folder(run);
	intake_run_end_bad(run->bad_shown);
	user_cache_release(&run->users);
	intake_run_sum_up(run, noun);
	cmd_summary(env, "%s%s", is_dry ? "nothing was taken, but would be: " : "",
		    run->summary.text);
	strbuf_release(&run->summary);
	if (rc < 0)
		return rc;
	return run->has_bad ? CMD_BAD_INPUT : CMD_DONE;
}

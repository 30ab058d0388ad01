/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ingest and import have in common: the database, the bad lines on standard error, the
 * summary. */
#ifndef CMD_INTAKE_RUN_H
#define CMD_INTAKE_RUN_H

#include "cmd/cmd.h"
#include "intake/intake.h"
#include "util/progress.h"
#include "util/strbuf.h"
#include "util/user_cache.h"

struct intake_run {
	struct store *store;
	struct intake_calls calls; /* its context is the struct intake_run */
	struct progress progress;
	struct user_cache users;
	int64_t bad_shown; /* lines for standard error so far */
	char *dry_folder;  /* where the database is that nobody keeps; NULL: none */
	struct intake_stats stats;
	struct strbuf summary; /* of earlier sources, see intake_run_sum_up */
	bool has_bad;          /* of any source */
};

/*
 * Open the configured database, making it if there is none, with its groups as
 * configured, and begin the progress bar of this title.  Returns CMD_DONE or a
 * negative errno, after which there is nothing to close.
 */
int intake_run_open(struct intake_run *run, struct cmd_env *env, const char *title,
		    struct jo_err *err);

/* As intake_run_open(), for a look at what would be taken: into a database that is gone in the
 * end. */
int intake_run_try(struct intake_run *run, struct cmd_env *env, const char *title,
		   struct jo_err *err);

/* As intake_take(), for a request whose store and wants_total are filled in here. */
int intake_run_take(struct intake_run *run, const struct cmd_env *env, const struct source *source,
		    struct source_request *request, struct jo_err *err);

/* Put the sums of the source that was taken last into the summary; noun: one of what was read. */
void intake_run_sum_up(struct intake_run *run, const char *noun);

/*
 * Close it, leave the summary (noun: one of what was read), and turn rc, 0 or
 * what failed, into the exit status.
 */
int intake_run_close(struct intake_run *run, struct cmd_env *env, int rc, const char *noun);

/* A line of input that was refused, on standard error, cut where it is long; after the first ten
 * they are only counted, in *shown. */
void intake_run_show_bad(int64_t *shown, const char *text);

/* There were no more: say how many were not shown. */
void intake_run_end_bad(int64_t shown);

/* How the configuration has spans of OpenTelemetry understood; it keeps what *ret_otlp lends. */
void intake_run_otlp(const struct cmd_env *env, struct source_otlp *ret_otlp);

/* When all was taken: find the steps that spans are details of. */
int intake_run_settle(struct intake_run *run, const struct cmd_env *env, struct jo_err *err);

#endif

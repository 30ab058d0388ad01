/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ingest and import have in common: the database, the bad lines on standard error, the
 * summary. */
#ifndef CMD_INTAKE_RUN_H
#define CMD_INTAKE_RUN_H

#include "cmd/cmd.h"
#include "intake/intake.h"
#include "util/progress.h"

#define INTAKE_RUN_USERS 1021 /* a prime: uids come in round numbers */

struct intake_run_user {
	int64_t uid;
	char *name; /* NULL: it has none */
	bool is_known;
};

struct intake_run {
	struct store *store;
	struct intake_calls calls; /* its context is the struct intake_run */
	struct progress progress;
	struct intake_run_user users[INTAKE_RUN_USERS];
	int64_t bad_shown; /* lines on standard error so far */
};

/* Open the configured database, making it if there is none, with its groups as configured. */
int intake_run_open(struct intake_run *run, struct cmd_env *env, const char *title,
		    struct jo_err *err);

/* A line of input that was refused, on standard error; after the first twenty they are only
 * counted.
 */
void intake_run_show_bad(int64_t *shown, const char *text);

/*
 * Close it, leave the summary (what: the word for one of what was read), and
 * turn what intake returned into the exit status.
 */
int intake_run_close(struct intake_run *run, struct cmd_env *env, int rc,
		     const struct intake_stats *stats, const char *what);

#endif

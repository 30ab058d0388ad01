/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ingest and import have in common: the database, the bad lines on standard error, the
 * summary. */
#ifndef CMD_INTAKE_RUN_H
#define CMD_INTAKE_RUN_H

#include "cmd/cmd.h"
#include "intake/intake.h"
#include "util/progress.h"

#define TAKE_USERS 1021 /* a prime: uids come in round numbers */

struct take_user {
	int64_t uid;
	char *name; /* NULL: it has none */
	bool is_known;
};

struct take {
	struct store *store;
	struct intake_calls calls; /* its context is the struct take */
	struct progress progress;
	struct take_user users[TAKE_USERS];
	int64_t bad_shown; /* lines on standard error so far */
};

/* Open the configured database, making it if there is none, with its groups as configured. */
int take_open(struct take *take, struct cmd_env *env, const char *title, struct jo_err *err);

/* A line of input that was refused, on standard error; after the first twenty they are only
 * counted.
 */
void take_show_bad(int64_t *shown, const char *text);

/*
 * Close it, leave the summary (what: the word for one of what was read), and
 * turn what intake returned into the exit status.
 */
int take_close(struct take *take, struct cmd_env *env, int rc, const struct intake_stats *stats,
	       const char *what);

#endif

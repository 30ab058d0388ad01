/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options by which a command's user chooses steps, as sacct has them: -S,
 * -E, -u, -p, -j, -M, -A, -C, -s, and --profiled.  A command takes cmd_selection_argp as a child.
 */
#ifndef CMD_SELECTION_H
#define CMD_SELECTION_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "store/store.h"
#include "util/strlist.h"

/* Zeroed memory with now_unix_us set chooses everything. */
struct cmd_selection {
	int64_t now_unix_us; /* what "now-1day" counts from */
	bool has_since, has_until;
	int64_t since_unix_us, until_unix_us; /* ran at or after, before */
	struct strlist users, partitions, clusters, accounts, classes;
	struct store_job *jobs;
	size_t job_count;
	unsigned state_mask;
	bool want_profiled; /* only steps with samples of where their time went */
};

extern const struct argp cmd_selection_argp;

/* Free what the options filled. */
void cmd_selection_release(struct cmd_selection *select);

/* What the store understands; good for as long as *select is. */
void cmd_selection_apply(const struct cmd_selection *select, struct store_selection *ret_selection);

/*
 * Tell, on standard error, the names in the selection that no record has, a line
 * for each: where nothing was chosen, this may be why.  Returns 0 or the store's error.
 */
int cmd_selection_tell_unknown(const struct cmd_selection *select, struct store *store,
			       struct jo_err *err);

/*
 * Read a job or a step as Slurm writes it: "123", "123_4", "123+1", each
 * with ".0", ".batch" or ".interactive".  Returns 0 or -EINVAL.
 */
int cmd_job_parse(const char *text, struct store_job *ret_job, struct jo_err *err);

/* Read a state's name in any case, or sacct's short form of it.  Returns 0 or -EINVAL. */
int cmd_state_parse(const char *text, enum step_state *ret_state, struct jo_err *err);

#endif

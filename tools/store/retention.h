/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forgetting what is older than the site wants to keep. */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct store;

/* What is to go. */
struct store_prune {
	int64_t end_before_unix_us;
	bool is_exact; /* where months go at once: each step that is that old, and not only them */
};

struct store_pruned {
	int64_t step_count; /* that went */
	int64_t kept_count; /* as old, and waiting for the rest of their month; not where is_exact
			     */
	int64_t busy_month_count; /* that were to go at once, and did not as somebody read them */
};

/*
 * Remove the steps that ended before the time, and with them their nodes'
 * rows, verdicts and step findings that are in no unsent message; then groups
 * that have no step left, and messages that came to an end before the time.
 * Where the database keeps steps by months, one of which all steps are that old
 * goes at once, and steps of the last two months before the time go so alone.
 * Works in transactions of its own, of bounded length, so call it outside of
 * begin; a broken-off prune is continued by the next one.
 */
int store_prune(struct store *store, const struct store_prune *prune,
		struct store_pruned *ret_pruned, struct jo_err *err);

/* What store_prune would say if nobody read, and do nothing. */
int store_prune_count(struct store *store, const struct store_prune *prune,
		      struct store_pruned *ret_pruned, struct jo_err *err);

#endif

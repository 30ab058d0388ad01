/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drifts as there is something to say about them: whose jobs are at the new
 * level, what that costs, and what began with it.  The mail, show, list, the page
 * and the metrics have them from here.
 */
#ifndef DRIFT_ACCOUNT_H
#define DRIFT_ACCOUNT_H

#include <glib.h>

#include "explain/differ.h"
#include "explain/peers.h"
#include "step/cause.h"
#include "store/store.h"
#include "util/strbuf.h"

#define DRIFT_DIFFERENCES_MAX 3 /* ranked: a fourth helps nobody */

/* One user's completed steps since the drift began.  Of several, the sum. */
struct drift_share {
	const char *user;
	int64_t step_count;
	int64_t measured_count; /* of these, with a value of the metric */
	double excess;     /* beyond what the level before would have been: micro-seconds; bytes of
			      memory     of a step in the mean */
	double core_hours; /* likewise; 0 for memory */
	bool is_expected;  /* one of the steps was said to be normal by its owner */
	struct step newest;
};

struct drift_finding {
	struct store_drift drift;
	struct drift_share all; /* without user and newest */
	GArray *shares;         /* struct drift_share, by user */
	struct explain_difference differences[DRIFT_DIFFERENCES_MAX]; /* what began with it */
	size_t difference_count;
	/* The jobs since as the outliers, the first first, and those before as the peers; good as
	 * long as the account. */
	const struct explain_peers *peers;
	bool is_of_nodes; /* these are of the nodes alone */
	/*
	 * Of a drift of the run time, that of the CPU time at the same date, and of that the
	 * other: one thing happened, and is told once.  NULL: none.  Good as long as the account.
	 */
	const struct drift_finding *cpu, *wall;
	/*
	 * Of a drift of the run time to more: whether the jobs do more work since, as a cpu
	 * says, or wait, as their CPU time did not grow with it.
	 */
	enum cause cause;
};

/* Strings are its own. */
struct drift_account {
	GArray *list;            /* struct drift_finding */
	GPtrArray *explanations; /* struct explain_peers, which differences point into */
	GStringChunk *strings;
};

/* Read what the selection has, by group, metric and begin.  Release *ret_drifts. */
int drift_account_read(struct store *store, const struct store_drift_selection *selection,
		       struct drift_account *ret_drifts, struct jo_err *err);

/* Free what was read.  Zeroed memory is fine. */
void drift_account_release(struct drift_account *drifts);

/* Drift number i of the list. */
const struct drift_finding *drift_account_get(const struct drift_account *drifts, guint i);

/* The share of one user; NULL: none. */
const struct drift_share *drift_account_share(const struct drift_finding *finding,
					      const char *user);

/* What a drift is: of the run time or of the memory, up, down, or as it had been before. */
enum drift_direction { DRIFT_MORE, DRIFT_LESS, DRIFT_BACK };

/* Which way the drift went. */
enum drift_direction drift_direction(const struct store_drift *drift);

/* "slower", "faster" and "back to normal"; "more memory" and so on. */
const char *drift_direction_words(const struct store_drift *drift);

/* What the CPU time says of a drift of the run time, after that: ", with 1.6 times the CPU time:
 * more work", ", with the same CPU time: they wait"; of one back to normal ", as is the CPU time";
 * nothing where it says nothing. */
void drift_add_cause(const struct drift_finding *finding, struct strbuf *text);

/*
 * "1.6 times slower since 2026-03-12 (23 jobs since, 120 before), with the same
 * CPU time: they wait", as an end of a sentence about the group.
 */
void drift_add_sentence(const struct drift_finding *finding, struct strbuf *text);

/* "version was 2.1 in 23 of the 23; in none of the 120 jobs before" */
void drift_add_difference(const struct explain_contrast *contrast, struct strbuf *text);

#endif

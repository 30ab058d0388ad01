/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the site's joboutliers is: whether records arrive and can be judged, and
 * mails go out.  The admin's mail, the page and the metrics have it from here.
 */
#ifndef FINDING_HEALTH_H
#define FINDING_HEALTH_H

#include "finding/survey.h"

/* One folder of records; counts are JO_MISSING when it cannot be read. */
struct health_spool {
	const char *path;
	int64_t waiting_count;
	int64_t oldest_unix_us; /* of what waits; JO_MISSING: nothing does */
	int64_t bad_count;      /* files that were set aside */
	int64_t new_bad_count;  /* of these, in the window */
};

/* What is known beside the database. */
struct health_site {
	int64_t from_unix_us, to_unix_us; /* the window: what happened in it is new */
	const struct health_spool *spools;
	size_t spool_count;
};

/*
 * A node is silent when nothing came of it for a day, although by its share of
 * the cluster's steps in the weeks before it would have had HEALTH_MISSED_MIN
 * since: where so many are expected, none at all is no chance.  What went silent
 * more than four weeks ago is gone, not silent.
 */
#define HEALTH_MISSED_MIN 20

struct health_node {
	const char *cluster, *name;
	int64_t last_record_unix_us;
	int64_t dropped_count;           /* since its spool began */
	double missed_count;             /* steps that it would have had since its last record */
	bool is_silent, is_newly_silent; /* newly: since the window began */
	bool is_dropping;                /* lost records in the window */
};

struct health_share {
	int64_t step_count, sized_count;
};

/* Owns its strings. */
struct health {
	struct health_site site; /* as it was handed over; its spools are the caller's */

	GArray *nodes; /* struct health_node, by cluster and name: all that ever sent a record */
	int64_t newest_record_unix_us;
	int64_t dropped_count, bad_count; /* of all nodes: since their spools began, since ever */

	/* the run times of the survey's steps */
	int64_t step_count, judged_count;
	int64_t history_count; /* further steps of its stretch, which are not judged */
	int64_t reason_counts[REASON_MODEL_COUNT + 1];

	struct health_share this_week, weeks_before; /* the last 7 days, and the 28 before them */
	struct store_message_tally user_mails;       /* done: in the window */
	struct store_outlet outlets[STORE_OUTLET_COUNT];
	struct store_counts counts;
	GStringChunk *strings;
};

/*
 * Read the health by the site's figures and a survey, which may be that of another stretch than
 * the window.  Release *ret_health.  Returns 0, or a negative errno when the store fails.
 */
int health_read(struct store *store, const struct survey *survey, const struct health_site *site,
		struct health *ret_health, struct jo_err *err);

/* Free what was read; what the site points to stays the caller's. */
void health_release(struct health *health);

/* ---- in words ---- */

enum health_state {
	HEALTH_FINE,
	HEALTH_COULD_BE_MORE, /* nothing is wrong, but what could be known is not */
	HEALTH_TROUBLE,       /* somebody should do something */
	HEALTH_STATE_COUNT,
};

/* "fine", "could be more", "look at it" */
extern const char *const health_state_words[HEALTH_STATE_COUNT];

/* One line: what it is about, and what there is to say. */
struct health_fact {
	const char *label;
	char *text;
	enum health_state state;
};

#define HEALTH_FACTS_MAX 10 /* rows of the table in health_words.c */

/* Fill in the facts, the same ones every time but for those about nothing, and return how many;
 * release them. */
size_t health_facts(const struct health *health, struct health_fact facts[HEALTH_FACTS_MAX]);

/* Free the texts. */
void health_facts_release(struct health_fact *facts, size_t count);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drifts: groups whose level moved, since when and by how much. */
#ifndef STORE_DRIFT_H
#define STORE_DRIFT_H

#include "joboutliers/err.h"
#include "step/metric.h"
#include "step_selection.h"

struct store;
struct store_cursor;

struct store_drift {
	int64_t group_id;
	enum metric metric;
	enum measure measure; /* of the metric, that moved */
	/*
	 * When it was first thought to have begun.  With group and metric it names
	 * the drift for good, also when its beginning is estimated anew.
	 */
	int64_t begin_unix_us;
	int64_t since_unix_us;     /* start of the first step at the new level */
	int64_t since_end_unix_us; /* end of that step: those that end later are at it, too */
	int64_t until_unix_us;     /* JO_MISSING: it holds */
	bool is_gradual;           /* the level moved little by little; there is no such step */
	bool is_back;              /* as it had been before the last drift */
	double log_ratio;          /* of the new level to the one before */
	double statistic;          /* see drift/detect.h */
	int64_t before_count, since_count; /* steps at either level */
	int64_t night_count;               /* nights since */
	int32_t found_night, seen_night;   /* in which it was found first, and last */

	/* Coming out: what the steps have in common; each may be "", as in struct store_group. */
	const char *cluster, *partition, *user, *class_name;
};

/* Add the drift, or replace the one of the same name, of which an earlier found_night stays. */
int store_drift_put(struct store *store, const struct store_drift *drift, struct jo_err *err);

struct store_drift_selection {
	int64_t group_id; /* or JO_MISSING */
	bool want_open;   /* only those that hold */
	int32_t seen_from_night;
	int64_t begin_from_unix_us, begin_to_unix_us;
	struct store_words clusters, partitions, classes;
};

/* Selects all. */
void store_drift_selection_init(struct store_drift_selection *selection);

/* By group, metric and begin. */
int store_drifts_open(struct store *store, const struct store_drift_selection *selection,
		      struct store_cursor **ret_cursor, struct jo_err *err);

/* The next drift; see cursor.h. */
int store_drifts_next(struct store_cursor *cursor, struct store_drift *ret_drift,
		      struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drifts of a night and those the store knows: which is a new one, which is over. */
#ifndef DRIFT_TRACK_H
#define DRIFT_TRACK_H

#include "series.h"
#include "store/store.h"

/* The drifts of one group and metric that are known; they need no strings. */
struct drift_track {
	struct store_drift *list;
	size_t count;
};

/*
 * Bring what is known up to date with what was found tonight.  Entries of
 * *known that changed, and one that is new, are marked in changed[], which has
 * room for one more than there are; known->list likewise.
 *
 * A drift found where one of the same direction is known is that one, whose
 * beginning is now known better: it keeps its name.  A known one is over when
 * the level has moved again, or when it was not there for a week.  A night that
 * is looked at after later ones changes nothing that these know, but since when
 * the drift is known.
 */
void drift_track_update(struct drift_track *known, bool *changed,
			const struct drift_series_result *found, int64_t group_id,
			enum metric metric, int32_t night);

/* Read what is known, update it, and store what changed.  Returns 1 when there is a new one, else
 * 0. */
int drift_track_keep(struct store *store, const struct drift_series_result *found, int64_t group_id,
		     enum metric metric, int32_t night, struct jo_err *err);

#endif

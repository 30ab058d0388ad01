/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A drift's beginning is estimated anew each night; its name is not. */
#include "track.h"

#include <stdlib.h>

#include "step/night.h"
#include "util/alloc.h"

/* How long a drift may be out of sight: one that is barely certain is so in some nights only. */
#define PATIENCE_US (7 * 86400 * INT64_C(1000000))

static bool is_same(const struct store_drift *known, const struct drift *found)
{
	if ((known->log_ratio > 0) != (found->log_ratio > 0) ||
	    known->is_gradual != found->is_gradual)
		return false;
	/* What has no date is known by its being there. */
	if (known->is_gradual)
		return known->until_unix_us == JO_MISSING;
	return known->since_end_unix_us >= found->near_from_unix_us &&
	       known->since_end_unix_us <= found->near_to_unix_us;
}

/* What is now known of a drift whose name and first night stay. */
static void set_drift(struct store_drift *known, const struct drift *found, int32_t night)
{
	known->since_unix_us = found->start_unix_us;
	known->since_end_unix_us = found->end_unix_us;
	known->until_unix_us = JO_MISSING;
	known->is_gradual = found->is_gradual;
	known->is_back = found->is_back;
	known->log_ratio = found->log_ratio;
	known->statistic = found->statistic;
	known->before_count = (int64_t)found->before_n;
	known->since_count = (int64_t)found->since_n;
	known->night_count = (int64_t)found->night_n;
	known->seen_night = night;
}

/* Whether one that is not what was found can hold no more. */
static bool is_over(const struct store_drift *known, const struct drift_series_result *found)
{
	if (known->until_unix_us != JO_MISSING)
		return false;
	if (found->is_found && found->drift.end_unix_us > known->since_end_unix_us)
		return true;
	/* What began before all that was looked at is how the group is, until it moves again. */
	return known->since_end_unix_us > found->from_unix_us &&
	       known->seen_night < night_of(found->to_unix_us - PATIENCE_US).number;
}

static int64_t end_of(const struct store_drift *known, const struct drift_series_result *found)
{
	if (found->is_found && found->drift.end_unix_us > known->since_end_unix_us)
		return found->drift.start_unix_us;
	return found->to_unix_us;
}

void drift_track_update(struct drift_track *known, bool *changed,
			const struct drift_series_result *found, int64_t group_id,
			enum metric metric, int32_t night)
{
	size_t same = found->is_found ? 0 : SIZE_MAX;

	for (size_t i = 0; i <= known->count; i++)
		changed[i] = false;
	if (!found->is_looked_at)
		return;
	while (same < known->count && !is_same(&known->list[same], &found->drift))
		same++;
	for (size_t i = 0; i < known->count; i++)
		if (i != same && is_over(&known->list[i], found)) {
			known->list[i].until_unix_us = end_of(&known->list[i], found);
			changed[i] = true;
		}
	if (!found->is_found)
		return;
	if (same == known->count) {
		known->count++;
		known->list[same] = (struct store_drift){
			.group_id = group_id,
			.metric = metric,
			.begin_unix_us = found->drift.start_unix_us,
			.found_night = night,
		};
	}
	changed[same] = true;
	if (known->list[same].seen_night > night) {
		if (night < known->list[same].found_night)
			known->list[same].found_night = night;
		return;
	}
	known->list[same].measure = found->measure;
	set_drift(&known->list[same], &found->drift, night);
}

static int read_known(struct store *store, int64_t group_id, enum metric metric,
		      struct drift_track *known, struct jo_err *err)
{
	struct store_drift_selection selection;
	struct store_cursor *cursor;
	struct store_drift drift;
	int rc;

	store_drift_selection_init(&selection);
	selection.group_id = group_id;
	rc = store_drifts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	known->list = xcalloc(1, sizeof(*known->list));
	while ((rc = store_drifts_next(cursor, &drift, err)) > 0) {
		if (drift.metric != metric)
			continue;
		known->list = xreallocarray(known->list, known->count + 2, sizeof(*known->list));
		known->list[known->count++] = drift;
	}
	store_cursor_close(cursor);
	return rc;
}

int drift_track_keep(struct store *store, const struct drift_series_result *found, int64_t group_id,
		     enum metric metric, int32_t night, struct jo_err *err)
{
	struct drift_track known = {0};
	bool *changed = NULL;
	size_t before_n;
	int rc;

	if (!found->is_looked_at)
		return 0;
	rc = read_known(store, group_id, metric, &known, err);
	before_n = known.count;
	if (rc == 0) {
		changed = xcalloc(known.count + 1, sizeof(*changed));
		drift_track_update(&known, changed, found, group_id, metric, night);
	}
	for (size_t i = 0; i < known.count && rc == 0; i++)
		if (changed[i])
			rc = store_drift_put(store, &known.list[i], err);
	if (rc == 0)
		rc = known.count > before_n;
	free(known.list);
	free(changed);
	return rc;
}

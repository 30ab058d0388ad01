/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group's steps as residuals in time, and whether its level has moved: what
 * drift.h decides about, made of a history, a night and their models.
 */
#ifndef DRIFT_SERIES_H
#define DRIFT_SERIES_H

#include "detect.h"
#include "fit/fits.h"
#include "step/night.h"

struct drift_series_result {
	bool is_looked_at; /* there were enough steps to say anything */
	bool is_found;
	enum measure measure; /* of the metric, that was looked at */
	struct drift drift;
	int64_t from_unix_us, to_unix_us; /* ends of the first and last step that were looked at */
};

/*
 * Look for the last shift of one metric in the baseline's steps, older ones
 * among them, and the night's, measured by the models of the baseline alone.
 * Of a night with many steps some are looked at.  Of a group whose steps declare
 * an input size in part, the larger part is looked at.
 *
 * Attributes that the model takes into account are no excuse for a shift that
 * began with them: of a version that came with it, the model knows what it does
 * from the shift alone.  So the residuals are looked at with all attributes
 * taken into account, with all but one, and with none; a shift that is there
 * without an attribute counts, unless a model of the steps before it expects
 * it, by values that were there before it.  Of several shifts the latest is found.
 */
void drift_series_find(const struct baseline *baseline, const struct fits *alone,
		       const struct fit_row *night, size_t night_n, enum metric metric,
		       const struct model_params *params, struct nights *nights,
		       struct model_workspace *workspace, struct drift_series_result *ret_drift);

#endif

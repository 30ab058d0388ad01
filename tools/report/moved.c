/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From drifts to rows of the page. */
#include "report/moved.h"

#include <math.h>

#include "joboutliers/units.h"
#include "step/night.h"
#include "util/when.h"

int moved_read(struct store *store, const struct report_options *options,
	       struct drift_account *ret_drifts, struct jo_err *err)
{
	struct store_drift_selection selection;

	store_drift_selection_init(&selection);
	selection.seen_from_night = night_of(options->from_unix_us).number;
	selection.begin_to_unix_us = options->to_unix_us;
	return drift_account_read(store, &selection, ret_drifts, err);
}

void moved_add(struct report_page *page, const struct drift_finding *finding, size_t group)
{
	const struct store_drift *drift = &finding->drift;
	struct report_moved row = {
		.group = group,
		.metric = drift->metric,
		.user = drift->user,
		.partition = drift->partition,
		.class_name = drift->class_name,
		.direction = drift_direction_words(drift),
		.mark = {(double)drift->since_unix_us / JO_US_PER_S, exp(drift->log_ratio),
			 drift->is_gradual},
		.until_unix_s = drift->until_unix_us == JO_MISSING
					? NAN
					: (double)drift->until_unix_us / JO_US_PER_S,
		.step_count = finding->all.step_count,
		.core_hours = metric_infos[drift->metric].kind == METRIC_OF_TIME
				      ? finding->all.core_hours
				      : NAN,
	};
	struct strbuf differs, direction;

	strbuf_init(&direction);
	strbuf_adds(&direction, row.direction);
	drift_add_cause(finding, &direction);
	row.direction = direction.text;
	strbuf_init(&differs);
	for (size_t i = 0; i < finding->difference_count; i++) {
		if (i > 0)
			strbuf_adds(&differs, ". ");
		drift_add_difference(&finding->differences[i].contrast, &differs);
	}
	row.differs = differs.text;
	report_page_add_moved(page, &row);
	strbuf_release(&direction);
	strbuf_release(&differs);
}

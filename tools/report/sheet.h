/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One group as it is pictured: its newest steps with their verdicts, and the
 * band that is normal at each size.
 */
#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include <glib.h>

#include "judge/predictor.h"
#include "report/html.h"
#include "report/step_rows.h"
#include "store/store.h"

struct sheet {
	struct report_group group; /* all it points to is the sheet's */
	struct step_rows rows;
	GArray *marks[METRIC_COUNT]; /* struct report_mark */
	struct group_band bands[METRIC_COUNT];	/* over the sizes of the steps */
	struct heat heat[METRIC_COUNT]; /* multiples of what is expected */
};

/*
 * Read the group's newest steps (at most max) that ended before the time.
 * predictor gives the band.  The caller frees *ret_sheet.  Returns 0; -ENOENT when there
 * is no such group, or another negative errno when the store fails.
 */
int sheet_read(struct store *store, struct predictor *predictor, int64_t group_id,
	       int64_t end_before_unix_us, int64_t max, struct sheet **ret_sheet,
	       struct jo_err *err);

/* Whether the job, as in struct report_step, has an input size; of NULL, or one that is not among
 * the sheet's steps, whether any of these has. */
bool sheet_has_size(const struct sheet *sheet, const char *job);

/* Free the sheet and all that its group points to; NULL is fine. */
void sheet_free(struct sheet *sheet);

#endif

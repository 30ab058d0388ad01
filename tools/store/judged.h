/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps together with their verdicts.  Include store.h. */
#ifndef STORE_JUDGED_H
#define STORE_JUDGED_H

struct judged_step {
	struct step step;
	bool has_verdict[METRIC_COUNT];
	struct step_verdict verdicts[METRIC_COUNT];
};

/*
 * Read the selected steps in its order, each with its verdicts.
 *
 * next returns 1 and fills *ret_row, whose strings are good until the next
 * call; 0 at the end; or a negative errno.  close accepts NULL.
 */
struct store_judged;
int store_judged_open(struct store *store, const struct store_selection *selection,
		      struct store_judged **ret_judged, struct jo_err *err);
int store_judged_next(struct store_judged *judged, struct judged_step *ret_row, struct jo_err *err);
void store_judged_close(struct store_judged *judged);

#endif

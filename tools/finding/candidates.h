/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What decides whether a high verdict goes out, and on which night: asked by
 * the mail of a night and by the replay of many.
 */
#ifndef FINDING_CANDIDATES_H
#define FINDING_CANDIDATES_H

#include "finding/wishes.h"
#include "notify/notify.h"

/*
 * Whether the high verdict is worth a mail on some night: above the floors,
 * and neither excluded by the site, nor muted or expected by the owner.
 */
bool candidates_admit(const struct notify_settings *settings, const struct wishes *wishes,
			 const struct step *step, const struct step_verdict *verdict);

/* Add the verdict to the items, which then own copies. */
void finding_items_add(struct finding_items *items, const struct step *step,
		      const struct step_verdict *verdict);

/* Add the candidates among the stored verdicts on steps that ended in the stretch. */
int candidates_read(struct store *store, const struct notify_settings *settings,
			   const struct wishes *wishes, int64_t from_unix_us,
			   int64_t to_unix_us, struct finding_items *items, struct jo_err *err);

/* By user, and then as the mail has them. */
void finding_items_sort(struct finding_items *items);

/* Add a copy of an item. */
void finding_items_copy(struct finding_items *items, const struct finding_item *item);

/* The index of the sorted item that tells the same; it must be there. */
size_t finding_items_index(const struct finding_items *items, const struct finding_item *item);

/*
 * Whether a candidate that was not told yet is for tonight's mail: it is a mail
 * day, and the step is young enough, or the owner gets one mail a week and this
 * is its day.
 */
bool notify_is_for_tonight(const struct mail_day *tonight, const struct wishes *wishes,
			   const struct finding_item *item);

#endif

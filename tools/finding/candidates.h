/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The high verdicts that are worth a mail on some night, whichever that will be. */
#ifndef FINDING_CANDIDATES_H
#define FINDING_CANDIDATES_H

#include "finding/items.h"
#include "finding/rules.h"
#include "finding/wishes.h"

/*
 * Whether the verdict is high, certain and worth a mail: above the floors, and neither
 * excluded by the site, nor muted or expected by the owner.
 */
bool candidates_admit(const struct finding_rules *rules, const struct wishes *wishes,
		      const struct step *step, const struct step_verdict *verdict);

/* High verdicts that would be candidates, were they certain. */
struct candidates_held {
	size_t alike;  /* the group has done the like at this size before */
	size_t unsure; /* by chance too many normal steps are as far out */
};

/*
 * Add the candidates among the stored verdicts on steps that ended in the stretch (JO_MISSING: open
 * at that end), in no order; add those that are not certain to *held, which may be NULL.  Returns 0
 * or a negative errno.
 */
int candidates_read(struct store *store, const struct finding_rules *rules,
		    const struct wishes *wishes, int64_t from_unix_us, int64_t to_unix_us,
		    struct finding_items *items, struct candidates_held *held, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The site's rules on what is worth a mail, and on which day it may be told.
 * Zeroed memory holds nothing back but what is older than the mail.
 */
#ifndef FINDING_RULES_H
#define FINDING_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "finding/excluded.h"
#include "finding/mail_days.h"
#include "step/verdict.h"

struct finding_rules {
	double alpha; /* the largest chance of a normal step to be as far out at which one is
			 told; 0: any */
	/* Floors; what is told is below none of them. */
	double min_ratio;         /* of a step's value to what was expected */
	int64_t min_time_us;      /* beyond what was expected */
	double min_core_hours;    /* likewise */
	int64_t min_memory_bytes; /* likewise */
	double min_drift;         /* the least ratio of a drift */

	int64_t max_age_us;           /* since the step's end */
	struct excluded excluded;     /* its lists are lent */
	const struct mail_days *days; /* lent; NULL: users get mail on every day */
};

/*
 * Whether a high verdict is certain: no normal step in so many is as far out, and the group has not
 * done the like at this size before.
 */
bool finding_rules_is_certain(const struct finding_rules *rules,
			      const struct step_verdict *verdict);

/*
 * Whether so much beyond what was expected (in the metric's stored unit) that cost so many
 * core-hours (NaN: not known, or no matter of these) is below no floor.  A floor on what is not
 * known holds nothing back.
 */
bool finding_rules_allow(const struct finding_rules *rules, enum metric metric, double excess,
			 double core_hours);

/* What the mail at this time may tell. */
void finding_rules_look(const struct finding_rules *rules, int64_t now_unix_us,
			struct mail_day *ret_day);

#endif

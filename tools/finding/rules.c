/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares verdicts with the thresholds, and asks the calendar. */
#include "finding/rules.h"

bool finding_rules_is_certain(const struct finding_rules *rules, const struct step_verdict *verdict)
{
	return (rules->alpha == 0 || verdict->p_value <= rules->alpha) &&
	       !verdict_has_likes(verdict->near_count, verdict->like_count);
}

bool finding_rules_allow(const struct finding_rules *rules, enum metric metric, double excess,
			 double core_hours)
{
	if (metric_infos[metric].kind == METRIC_OF_BYTES)
		return excess >= (double)rules->min_memory_bytes;
	return excess >= (double)rules->min_time_us && !(core_hours < rules->min_core_hours);
}

void finding_rules_look(const struct finding_rules *rules, int64_t now_unix_us,
			struct mail_day *ret_day)
{
	static const struct mail_days every_day = {0};

	mail_days_look(rules->days != NULL ? rules->days : &every_day, rules->max_age_us,
		       now_unix_us, ret_day);
}

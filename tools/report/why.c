/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of each metric. */
#include "report/why.h"

const char *why_words(enum cause cause, enum metric metric)
{
	static const char *const words[METRIC_COUNT] = {[METRIC_WALL] = "took longer",
							[METRIC_MEMORY] = "took more memory",
							[METRIC_CPU] = "used more CPU time"};

	return cause == CAUSE_UNKNOWN ? words[metric] : cause_clause(cause);
}

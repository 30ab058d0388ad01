/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of metrics. */
#include "metric.h"

#include <math.h>
#include <stdio.h>

#include "joboutliers/record.h"
#include "joboutliers/units.h"

const struct metric_info metric_infos[METRIC_COUNT] = {
	[METRIC_WALL] = {"wall", METRIC_OF_TIME, 1e6, true, false, "wall", "run time", "wall time",
			 "slower", "faster", "slower", "faster"},
	[METRIC_MEMORY] = {"memory", METRIC_OF_BYTES, 1, false, false, "mem", "memory", "memory",
			   "more memory", "less memory", "more-memory", "less-memory"},
	[METRIC_CPU] = {"cpu", METRIC_OF_TIME, 1e6, false, true, "cpu", "CPU time", "CPU time",
			"more CPU time", "less CPU time", "more-cpu", "less-cpu"},
};

const char *metric_word(enum metric metric)
{
	return metric_infos[metric].word;
}

const char *metric_unit(enum metric metric)
{
	return metric_infos[metric].kind == METRIC_OF_TIME ? "s" : "bytes";
}

double metric_shown(enum metric metric, double stored)
{
	return stored / metric_infos[metric].stored_per_shown;
}

double metric_stored(enum metric metric, double shown)
{
	return shown * metric_infos[metric].stored_per_shown;
}

/* The largest double that is also an int64_t. */
#define INT64_DOUBLE_MAX 9.2e18

char *metric_format(enum metric metric, double stored, char *buf, size_t size)
{
	int64_t amount;

	if (!isfinite(stored)) {
		(void)snprintf(buf, size, "unknown");
		return buf;
	}
	amount = llround(fmin(stored, INT64_DOUBLE_MAX));
	return metric_infos[metric].kind == METRIC_OF_TIME ? jo_duration_format(amount, buf, size)
							   : jo_bytes_format(amount, buf, size);
}

double metric_core_hours(enum metric metric, double excess, int64_t cpu_count)
{
	if (metric_infos[metric].kind != METRIC_OF_TIME)
		return NAN;
	if (!metric_infos[metric].is_on_all_cpus)
		return excess / JO_US_PER_HOUR;
	return cpu_count == JO_MISSING ? NAN : excess * (double)cpu_count / JO_US_PER_HOUR;
}

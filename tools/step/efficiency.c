/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shares of what a step was given. */
#include "step/efficiency.h"

#include <math.h>

#include "joboutliers/record.h"
#include "step/measure.h"

static double as_real(int64_t value)
{
	return value != JO_MISSING && value > 0 ? (double)value : NAN;
}

static double cpu_given_us(const struct step *step)
{
	return as_real(step->wall_us) * as_real(step->cpu_count);
}

static double memory_given_bytes(const struct step *step)
{
	double request_bytes = as_real(step->mem_request_bytes);

	return isnan(request_bytes) ? as_real(step->mem_limit_bytes) : request_bytes;
}

double efficiency_of(const struct step *step, enum efficiency which)
{
	switch (which) {
	case EFFICIENCY_CPU:
		return figure_shown(step, METRIC_CPU, NULL).amount / cpu_given_us(step);
	case EFFICIENCY_MEMORY:
		return figure_shown(step, METRIC_MEMORY, NULL).amount / memory_given_bytes(step);
	case EFFICIENCY_TIME:
		return figure_shown(step, METRIC_WALL, NULL).amount / as_real(step->time_limit_us);
	case EFFICIENCY_COUNT:
		break;
	}
	return NAN;
}

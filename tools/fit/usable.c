/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which steps count, and for how much; the table is in usable.h. */
#include "usable.h"

#include "joboutliers/units.h"

#include <math.h>

#include "step/measure.h"

/* A cgroup at its limit is read some pages below it: reclaim works in batches. */
#define AT_LIMIT_SHARE 0.98

/* Processes that hold less than this share of a full cgroup did not fill it. */
#define CACHE_FILLED_SHARE 0.5

/*
 * Peaks are preferred until more than half of the steps that have an RSS have
 * no peak that says anything.
 */
#define PEAK_PREFERENCE 2

/* Of its steps, when a group is judged by what they say that they allocated: those that do not say
 * it are not judged then. */
#define ALLOCATED_SHARE 0.9

/* A state that is not named here says nothing, and becomes USABLE_NOT_FINISHED. */
static const enum usable_kind kind_of_state[STEP_STATE_COUNT] = {
	[STEP_STATE_COMPLETED] = USABLE_VALUE,    [STEP_STATE_FAILED] = USABLE_AT_LEAST,
	[STEP_STATE_TIMEOUT] = USABLE_AT_LEAST,   [STEP_STATE_OUT_OF_MEMORY] = USABLE_AT_LEAST,
	[STEP_STATE_CANCELLED] = USABLE_AT_LEAST, [STEP_STATE_DEADLINE] = USABLE_AT_LEAST,
};

static double number_or_nan(int64_t value)
{
	return value == JO_MISSING ? NAN : (double)value;
}

double usable_process_bytes(const struct store_obs *obs)
{
	double tasks = 1;

	if (obs->task_count > 1)
		tasks = (double)obs->task_count;
	if (obs->task_count > 1 && obs->node_count > 1)
		tasks = ceil(tasks / (double)obs->node_count);
	return number_or_nan(obs->max_rss_bytes) * tasks;
}

static enum usable_kind peak_kind(const struct store_obs *obs)
{
	double peak_bytes = number_or_nan(obs->mem_peak_bytes);
	double limit_bytes = number_or_nan(obs->mem_limit_bytes);

	if (isnan(peak_bytes))
		return USABLE_NOT_MEASURED;
	if (isnan(limit_bytes) || limit_bytes <= 0 || peak_bytes < AT_LIMIT_SHARE * limit_bytes)
		return USABLE_VALUE;
	if (obs->state != STEP_STATE_OUT_OF_MEMORY &&
	    usable_process_bytes(obs) < CACHE_FILLED_SHARE * limit_bytes)
		return USABLE_CACHE;
	return USABLE_AT_LEAST;
}

enum measure usable_measure(const struct store_obs *list, size_t count, enum metric metric)
{
	size_t peak_n = 0, rss_n = 0, allocated_n = 0, completed_n = 0;

	if (metric != METRIC_MEMORY)
		return measure_default(metric);
	for (size_t i = 0; i < count; i++) {
		if (list[i].state != STEP_STATE_COMPLETED)
			continue;
		completed_n++;
		allocated_n += list[i].mem_allocated_bytes != JO_MISSING &&
			       list[i].mem_allocated_bytes > 0;
		peak_n += peak_kind(&list[i]) == USABLE_VALUE;
		rss_n += list[i].max_rss_bytes != JO_MISSING;
	}
	if (allocated_n > 0 && (double)allocated_n >= ALLOCATED_SHARE * (double)completed_n)
		return MEASURE_ALLOCATED;
	return PEAK_PREFERENCE * peak_n >= rss_n ? MEASURE_PEAK : MEASURE_RSS;
}

double usable_amount(const struct store_obs *obs, enum metric metric, enum measure measure)
{
	const int64_t amounts[MEASURE_COUNT] = {
		[MEASURE_NONE] = JO_MISSING,
		[MEASURE_CLOCK] = obs->wall_us,
		[MEASURE_PEAK] = obs->mem_peak_bytes,
		[MEASURE_RSS] = obs->max_rss_bytes,
		[MEASURE_CPU] = obs->cpu_us,
		[MEASURE_ALLOCATED] = obs->mem_allocated_bytes,
	};

	return metric_shown(metric, number_or_nan(amounts[measure]));
}

enum usable_kind usable_value(const struct store_obs *obs, enum metric metric, enum measure measure,
			      double *ret_value)
{
	enum usable_kind of_state = kind_of_state[obs->state], of_peak = USABLE_VALUE;

	*ret_value = usable_amount(obs, metric, measure);
	if (!(*ret_value > 0))
		return USABLE_NOT_MEASURED;
	if (of_state == USABLE_NOT_MEASURED)
		return USABLE_NOT_FINISHED;
	if (measure == MEASURE_PEAK)
		of_peak = peak_kind(obs);
	return of_peak < of_state ? of_peak : of_state;
}

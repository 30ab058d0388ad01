/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of measures. */
#include "measure.h"

#include <math.h>
#include <stdio.h>

#include "joboutliers/record.h"

static const struct {
	const char *word, *label;
	enum metric metric;
	size_t offset; /* of the int64_t in struct step */
} measures[MEASURE_COUNT] = {
	[MEASURE_NONE] = {"", "", METRIC_COUNT, 0},
	[MEASURE_CLOCK] = {"clock", "run time", METRIC_WALL, offsetof(struct step, wall_us)},
	[MEASURE_PEAK] = {"peak", "memory peak", METRIC_MEMORY,
			  offsetof(struct step, mem_peak_bytes)},
	[MEASURE_RSS] = {"rss", "largest process", METRIC_MEMORY,
			 offsetof(struct step, max_rss_bytes)},
	[MEASURE_CPU] = {"cpu", "CPU time", METRIC_CPU, offsetof(struct step, cpu_us)},
	[MEASURE_ALLOCATED] = {"allocated", "allocations", METRIC_MEMORY,
			       offsetof(struct step, mem_allocated_bytes)},
};

const char *measure_word(enum measure measure)
{
	return measures[measure].word;
}

const char *measure_label(enum measure measure)
{
	return measures[measure].label;
}

enum measure measure_default(enum metric metric)
{
	int measure = MEASURE_NONE + 1;

	while (measures[measure].metric != metric)
		measure++;
	return (enum measure)measure;
}

bool measure_is_choice(enum metric metric)
{
	int count = 0;

	for (int measure = MEASURE_NONE + 1; measure < MEASURE_COUNT; measure++)
		count += measures[measure].metric == metric;
	return count > 1;
}

int64_t measure_amount(const struct step *step, enum measure measure)
{
	if (measure == MEASURE_NONE)
		return JO_MISSING;
	return *(const int64_t *)(const void *)((const char *)step + measures[measure].offset);
}

struct figure figure_of(const struct step *step, enum measure measure)
{
	int64_t amount = measure_amount(step, measure);

	return (struct figure){amount == JO_MISSING ? NAN : (double)amount, measure};
}

struct figure figure_shown(const struct step *step, enum metric metric,
			   const struct step_verdict *verdict)
{
	if (verdict != NULL && verdict->measure != MEASURE_NONE && !isnan(verdict->value))
		return (struct figure){verdict->value, verdict->measure};
	for (int measure = MEASURE_NONE + 1; measure < MEASURE_COUNT; measure++)
		if (measures[measure].metric == metric &&
		    measure_amount(step, (enum measure)measure) != JO_MISSING)
			return figure_of(step, (enum measure)measure);
	return (struct figure){NAN, MEASURE_NONE};
}

static bool is_usual(enum metric metric, enum measure measure)
{
	return measure == MEASURE_NONE || measure == measure_default(metric);
}

/* Append what the measure is to text, unless nobody would think otherwise. */
static char *add_label(enum metric metric, enum measure measure, const char *text, char *buf,
		       size_t size)
{
	if (is_usual(metric, measure))
		(void)snprintf(buf, size, "%s", text);
	else
		(void)snprintf(buf, size, "%s (%s)", text, measures[measure].label);
	return buf;
}

char *measure_name(enum metric metric, enum measure measure, char *buf, size_t size)
{
	return add_label(metric, measure, metric_infos[metric].label, buf, size);
}

char *figure_format(enum metric metric, const struct figure *figure, char *buf, size_t size)
{
	char amount[32];

	return add_label(metric, figure->measure,
			 metric_format(metric, figure->amount, amount, sizeof(amount)), buf, size);
}

char *figure_format_brief(enum metric metric, const struct figure *figure, char *buf, size_t size)
{
	char amount[32];
	bool is_named = !is_usual(metric, figure->measure);

	(void)snprintf(buf, size, "%s%s%s",
		       metric_format(metric, figure->amount, amount, sizeof(amount)),
		       is_named ? " " : "", is_named ? measures[figure->measure].word : "");
	return buf;
}

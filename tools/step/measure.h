/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which measurement an amount is.  Memory can be told by three, which differ by
 * page cache and by the processes that are counted, so whoever shows an amount
 * that was judged shows the one that was judged, and says which it is.
 */
#ifndef STEP_MEASURE_H
#define STEP_MEASURE_H

#include "step/metric.h"
#include "step/step.h"
#include "step/verdict.h"

/* The words of a measure: "peak" in parsable output, "largest process" for people. */
const char *measure_word(enum measure measure);
const char *measure_label(enum measure measure);

/* The measure that a metric has where nothing else is said: the clock, the cgroup's peak. */
enum measure measure_default(enum metric metric);

/* Whether the metric has more than one measure, so that it needs to be told which it was. */
bool measure_is_choice(enum metric metric);

/* The columns that measures are of. */
#define MEASURE_COLUMNS                                                                            \
	COL_wall_us, COL_cpu_us, COL_mem_peak_bytes, COL_max_rss_bytes, COL_mem_allocated_bytes

/* What the step has of the measure, in the metric's stored unit; JO_MISSING: nothing. */
int64_t measure_amount(const struct step *step, enum measure measure);

/* An amount together with what it is. */
struct figure {
	double amount; /* in the metric's stored unit; NaN: not measured */
	enum measure measure;
};

/* What the step has of the measure. */
struct figure figure_of(const struct step *step, enum measure measure);

/*
 * The one figure of a step that is shown for the metric: the one that was
 * judged; of a step without a judged value (or verdict NULL) the first of the
 * metric's measures that was taken.
 */
struct figure figure_shown(const struct step *step, enum metric metric,
			   const struct step_verdict *verdict);

#define FIGURE_TEXT_SIZE 64 /* an amount or a label, and the longest name of a measure */

/* "memory", and where the measure is not the metric's default also what it is: "memory (largest
 * process)"; returns buf.  FIGURE_TEXT_SIZE bytes are enough. */
char *measure_name(enum metric metric, enum measure measure, char *buf, size_t size);

/* As figure_format, for a narrow column: "1.5 GiB rss". */
char *figure_format_brief(enum metric metric, const struct figure *figure, char *buf, size_t size);

/* "1.5 GiB", and where it is not the metric's default measure what it is: "1.5 GiB (largest
 * process)"; returns buf.  FIGURE_TEXT_SIZE bytes are enough. */
char *figure_format(enum metric metric, const struct figure *figure, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is measured of a step and judged.  A new metric is a value of the enum
 * and a row of the table in metric.c; whatever lists, stores or shows metrics
 * walks the table and asks it for words and units.
 */
#ifndef STEP_METRIC_H
#define STEP_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The database has these numbers: a new one comes last. */
enum metric {
	METRIC_WALL,   /* how long the step ran by the clock */
	METRIC_MEMORY, /* the most memory that it held on one node */
	METRIC_CPU,    /* what its tasks used of processors, on all nodes together */
	METRIC_COUNT,
};

/* How amounts of a metric are written for people. */
enum metric_kind { METRIC_OF_TIME, METRIC_OF_BYTES };

/* A measurement of a step that a metric's amount can be; measure.h.  The database has these
 * numbers: a new one comes last. */
enum measure {
	MEASURE_NONE,  /* nothing was measured */
	MEASURE_CLOCK, /* wall_us */
	MEASURE_PEAK,  /* mem_peak_bytes: all that the cgroup held on one node, page cache included
			*/
	MEASURE_RSS,   /* max_rss_bytes: what the largest process held, without page cache */
	MEASURE_CPU,   /* cpu_us: CPU time of all tasks and nodes */
	MEASURE_ALLOCATED, /* mem_allocated_bytes: what its program said it had allocated at most */
	MEASURE_COUNT,
};

struct metric_info {
	const char *word; /* in options, parsable output and the database's texts: "wall" */
	enum metric_kind kind;
	/*
	 * Steps, verdicts and the database have amounts in the stored unit (micro-seconds, bytes);
	 * models, plots, CSV and parsable output in the shown one (seconds, bytes).  So many
	 * stored ones are one shown.
	 */
	double stored_per_shown;
	bool is_on_all_cpus; /* an amount was spent on each of the step's processors at once */
	bool is_optional; /* many a site does not record it: where it is missing, nothing is said */
	const char *short_label; /* in a narrow column: "wall", "mem" */
	const char *label;       /* in front of a sentence about it: "run time" */
	const char *title;       /* over a table or a sum: "wall time" */
	/* How jobs are whose level moved up, or down: for people, and as a stable word. */
	const char *more, *less, *more_word, *less_word;
};

/* By enum metric. */
extern const struct metric_info metric_infos[METRIC_COUNT];

/* "wall", "memory" */
const char *metric_word(enum metric metric);

/* "s" or "bytes": what ends the name of a column with amounts in the shown unit. */
const char *metric_unit(enum metric metric);

/* An amount in the stored unit as one in the shown unit; NaN stays NaN. */
double metric_shown(enum metric metric, double stored);

/* An amount in the shown unit as one in the stored unit; NaN stays NaN. */
double metric_stored(enum metric metric, double shown);

/* "2 h 06 min", "1.5 GiB", "unknown" for NaN: an amount in the stored unit for people, into buf;
 * returns buf.  32 bytes are enough. */
char *metric_format(enum metric metric, double stored, char *buf, size_t size);

/*
 * What an excess (in the stored unit) of a step with so many processors cost in core-hours; NaN for
 * a metric that is not about time, and where the processors are not known (JO_MISSING).
 */
double metric_core_hours(enum metric metric, double excess, int64_t cpu_count);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The site's report: one HTML file that holds its data, its style and its
 * scripts (report/page/), opens from a disk and loads nothing.  Rows are added
 * one by one; what belongs on the page is the caller's to choose.
 *
 * Strings may be foreign and are shown as text.  A NaN, a JO_MISSING and a NULL
 * are an empty cell.  Times are Unix time in seconds.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding/health.h"
#include "finding/heat.h"
#include "report/group_band.h"
#include "step/cause.h"
#include "step/metric.h"
#include "util/strbuf.h"

struct report_page;

struct report_heading {
	const char *title;
	int64_t from_unix_s, to_unix_s, made_unix_s;
};

/* An empty page with its heading, whose strings are copied; report_page_free it. */
struct report_page *report_page_new(const struct report_heading *heading);

/* NULL is fine. */
void report_page_free(struct report_page *page);

/* How many bytes the data and the table of findings have so far, without the page around them. */
size_t report_page_size(const struct report_page *page);

/* A figure at the top: "findings", "19". */
void report_page_add_tile(struct report_page *page, const char *label, const char *value);

/* A line under the heading, of what would make the page say more. */
void report_page_set_advice(struct report_page *page, const char *advice);

/* All judged steps of the stretch, by when they ended and as multiples of what was expected. */
void report_page_set_night(struct report_page *page, const struct heat *heat);

/* Append a link that each job has: its name, and an address with placeholders, of which the manual
 * has a list. */
void report_page_add_link(struct report_page *page, const char *name, const char *address);

/* How many findings and groups there are, for the page may have less. */
void report_page_set_totals(struct report_page *page, size_t finding_count, size_t group_count);

/* A level that moved: since when, and to how many times what it had been. */
struct report_mark {
	double since_unix_s, ratio;
	bool is_gradual; /* little by little; since then at the latest */
};

struct report_level {
	enum measure measure;                /* of the metric, by which the group is judged */
	const struct group_band_point *band; /* by ascending size */
	size_t band_n;
	int64_t history_count;           /* jobs judged against */
	const struct report_mark *marks; /* when the level moved, in order */
	size_t mark_n;
	const struct heat *heat; /* multiples of what is expected; NULL: none */
};

struct report_step {
	const char *job; /* "123_4.0" */
	const char *user, *account, *partition, *class_name, *node, *state;
	double end_unix_s, input_bytes;
	double value[METRIC_COUNT]; /* seconds, bytes */
	int64_t cpu_count;
	const char *verdict[METRIC_COUNT]; /* "high", ...; NULL: none */
	double ratio[METRIC_COUNT];        /* to what was expected when it was judged */
	double level_ratio[METRIC_COUNT];  /* to what is expected as the band has it */
	const char *const *attrs; /* as many as the group's attr_n, NULL where not declared */
};

struct report_group {
	const char *name;
	int64_t step_count;   /* all there are; steps may be fewer */
	double judged_unix_s; /* what is expected, is by the steps that ended before; NaN: unknown
			       */
	struct report_level level[METRIC_COUNT];
	const char *const *attr_names;
	size_t attr_n;
	const struct report_step *steps;
	size_t step_n;
};

/* The stretch's jobs, drawn from all there are: of the group its steps, their attributes and its
 * count. */
void report_page_set_jobs(struct report_page *page, const struct report_group *jobs);

/* Returns the group's index, for findings to point to. */
size_t report_page_add_group(struct report_page *page, const struct report_group *group);

#define REPORT_NO_GROUP SIZE_MAX /* the group is not on the page */

/* What was judged of one metric of a step. */
struct report_judged {
	bool is_judged;           /* else nothing below is known */
	bool is_high, is_certain; /* certain: it may be mailed */
	enum measure measure;     /* which measurement value is */
	double ratio, value, expected;
	double high; /* normal up to this */
	double core_hours, p_value, score;
	/* Earlier jobs of about its size, and those as far out, where these are so many that it may
	   be another way to run; else JO_MISSING. */
	int64_t near_count, like_count;
};

/* A step of which something is high. */
struct report_finding {
	size_t group;
	enum metric metric; /* what to tell first: it is high */
	const char *job;    /* "123_4.0" */
	int64_t job_id;     /* as Slurm counts jobs: of an array's task its own */
	const char *user, *account, *cluster, *partition, *class_name, *node, *state;
	const char *attrs; /* "KEY=VALUE,KEY=VALUE" */
	double start_unix_s, end_unix_s, input_bytes;
	int64_t cpu_count;
	struct report_judged judged[METRIC_COUNT];
	enum cause cause;
	double core_hours;   /* the largest of what is high */
	double chance;       /* of a normal job to be as far out: the smallest of what is high, */
	enum metric surest;  /* which is this one's */
	double weight;       /* cost times certainty */
	const char *differs; /* a sentence, or "" */
};
/* Append a row to the findings. */
void report_page_add_finding(struct report_page *page, const struct report_finding *finding);

/* What was found before the stretch, of one class and cause. */
struct report_earlier {
	const char *class_name;
	const char *why; /* of why_words */
	int64_t step_count;
	double first_unix_s;
};
/* Append a row to what was found before. */
void report_page_add_earlier(struct report_page *page, const struct report_earlier *earlier);

/* A group whose level moved. */
struct report_moved {
	size_t group;
	enum metric metric;
	const char *user, *partition, *class_name;
	const char *direction; /* "slower", ... */
	struct report_mark mark;
	double until_unix_s; /* NaN: it holds */
	int64_t step_count;  /* since then */
	double core_hours;   /* beyond the level before */
	const char *differs; /* what began with it, or "" */
};
/* Append a row to the groups whose level moved. */
void report_page_add_moved(struct report_page *page, const struct report_moved *moved);

struct report_node {
	const char *node, *model;
	int64_t job_count, group_count;
	double ratio, p_value;
	const char *finding; /* a sentence, or "" */
};
/* Append a row to the nodes. */
void report_page_add_node(struct report_page *page, const struct report_node *node);

struct report_reason {
	const char *word;
	int64_t count;
};

struct report_coverage {
	const char *partition;
	int64_t step_count;
	int64_t sized_count, judged_count;
	const struct report_reason *reasons; /* why the others were not judged */
	size_t reason_n;
};
/* Append a partition to what could be judged. */
void report_page_add_coverage(struct report_page *page, const struct report_coverage *coverage);

/* Append a line on the health of the site: what it is about, how that is, and what there is to
 * say. */
void report_page_add_health(struct report_page *page, const char *what, enum health_state state,
			    const char *detail);

/* Append the finished page to *html. */
void report_page_write(const struct report_page *page, struct strbuf *html);

#endif

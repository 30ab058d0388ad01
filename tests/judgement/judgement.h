/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the judgement harness: streams of jobs, methods that judge them,
 * and the protocol that plants slow-downs and counts.  Knows nothing of the
 * store or of the command line tool; the model is one method among others.
 */
#ifndef JUDGEMENT_H
#define JUDGEMENT_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "joboutliers/err.h"
#include "step/metric.h"

/* One declared attribute of one job: text is NULL when missing, number is NaN when text is none. */
struct attr_value {
	const char *text;
	double number;
};

/* One finished job, as far as one metric of it goes. */
struct point {
	double end_s;
	size_t row;        /* where it stood in the file: decides between equal times */
	double size_bytes; /* NaN when none was declared */
	double value;      /* seconds or bytes, more than 0 */
	bool is_censored;  /* "at least value" */
	const struct attr_value *attrs;
};

/* The jobs of one group in order of their end. */
struct stream {
	char *partition;
	char *user;
	char *class;
	struct point *points;
	size_t count;
	size_t room;
};

/* All groups of a site, for one metric.  Owns everything it points to except the attribute names.
 */
struct site {
	const char *kind;
	enum metric metric;
	struct stream *streams;
	size_t count;
	size_t room;
	char **attr_names;
	size_t attr_count;
	struct attr_value *attrs; /* all points' attributes, attr_count for each job */
	char **texts;             /* what attrs point into */
	size_t text_count;
};

struct stream *site_stream(struct site *site, const char *partition, const char *user,
			   const char *class);
void stream_add(struct stream *stream, const struct point *point);
void site_release(struct site *site);

/* A site without streams that shares all else with another, which it must not outlive; its streams
 * are freed by site_view_release(). */
struct site site_view(const struct site *site);
void site_view_release(struct site *view);

/*
 * Read the finished jobs of a CSV file in the import format into one site per
 * metric.  A row without a usable value of a metric is not in that site.
 * Returns 0 or a negative errno with the file and line in *err.
 */
int jobs_read(const char *path, struct site ret_sites[METRIC_COUNT], struct jo_err *err);

/* What a method says about one job. */
struct opinion {
	double log_ratio; /* of the value to what was expected; NaN when unjudged */
	double score;     /* grows with the surprise and compares between groups */
	double p;         /* probability of so much by chance, NaN if the method gives none */
	bool is_watched;  /* the softest level: all that is high, and more */
	bool is_high;
	bool is_mailed; /* the hardest */
	bool is_low;
};

/*
 * A way to judge.  learn() sees what a site knew at the beginning of the night,
 * judge() a night of one group, judge_night of which may use all of it.
 */
struct method {
	const char *name;
	void *(*learn)(const struct site *known);
	void (*judge)(void *learnt, size_t group, const struct point *night, size_t count,
		      struct opinion *ret_opinions);
	void (*forget)(void *learnt);
};

extern const struct method method_ratio; /* the article's: mean ratio to the size, times 1.5 */
extern const struct method method_ols;   /* least squares in logarithms, 3 sigma */
extern const struct method method_theil; /* Theil-Sen in logarithms, 3.5 MAD and at least 1.5 */
extern const struct method method_alone; /* the same, each step judged by its history alone */
extern const struct method method_model; /* tools/model */

/* What is varied; a factor of 1 stands for the jobs that were left alone. */
enum {
	FACTOR_COUNT = 6,
	LENGTH_COUNT = 4,
	SHIFT_COUNT = 2,
	NIGHT_JOBS_MAX = 30,
	TOGETHER_COUNT = 9,
};
extern const double shift_factors[SHIFT_COUNT];
extern const double factors[FACTOR_COUNT];
extern const size_t lengths[LENGTH_COUNT];
extern const size_t together_counts[TOGETHER_COUNT];

struct tally;

struct plan {
	const struct method *const *methods;
	size_t method_count;
	unsigned rounds;
	size_t night_jobs;  /* of one group in a night, at most NIGHT_JOBS_MAX */
	size_t slowed_jobs; /* of them */
	unsigned long seed;
	FILE *dump;     /* every single judgement, NULL for none */
	FILE *progress; /* a terminal, or NULL */
};

/* A tenth of a history is so many times too much, where it is spoilt. */
#define SPOILT_SHARE 0.1
#define SPOILT_LOW 1.5
#define SPOILT_HIGH 5.0

/* Normal steps above it are slow ones that nobody labelled, as a rule. */
#define FAR_FACTOR 3.0

/* One hold-out of one stream: which jobs are its history, which its night. */
struct window {
	size_t stream;
	size_t first;
	size_t night_count;
	size_t slowed[FACTOR_COUNT]; /* first of them in the night, for each factor */
};

/*
 * What the site knows at the beginning of the nights: of each stream that is
 * long enough, the history of its window, in the same order.  What is drawn
 * hangs on how long the streams are alone, where nothing is spoilt.  A view of
 * the site, and windows to free().
 */
void hold_out(const struct plan *plan, const struct site *site, size_t length, bool is_spoilt,
	      gsl_rng *rng, struct site *ret_known, struct window **ret_windows);

/* Hold out nights of every stream of the site and count into the tallies, one per method. */
void protocol_run(const struct plan *plan, const struct site *site, struct tally *const *tallies);

/* Let streams move to another level and count how soon each method follows. */
void shift_run(const struct plan *plan, struct tally *const *tallies);

/*
 * Slow several jobs of each night, more and more of them, and print what the
 * model finds with the night and without it, over all the sites.
 */
void together_run(const struct plan *plan, const struct site *sites, size_t site_count,
		  const char *prefix, bool is_parsable);

/*
 * Let jobs of twins (sites whose streams have the same jobs, by run time and by
 * CPU time) do more work or wait longer, and count into a tally for each length
 * of history what the plan's first method finds, and whether the two are told
 * apart.
 */
struct work_tally;
struct work_tally *work_tally_new(void); /* free() it */
void work_run(const struct plan *plan, const struct site *wall, const struct site *cpu,
	      struct work_tally *const tallies[LENGTH_COUNT]);
void work_tally_add(struct work_tally *sum, const struct work_tally *tally);
void work_print_head(const char *title, const char *method);
/* Two rows of a table, or lines under the name; nothing where nothing was judged. */
void work_tally_print(const struct work_tally *tally, const char *name, const char *method,
		      bool is_parsable);

/* Make the twins of one kind of noise; work_kind_names ends with NULL.  *ret_cpu is a view of
 * *ret_wall. */
extern const char *const work_kind_names[];
void generate_twins(const char *kind, gsl_rng *rng, size_t stream_length, struct site *ret_wall,
		    struct site *ret_cpu);

/* The jobs that are in both sites, as views of these. */
void join_twins(struct site *wall, struct site *cpu, struct site *ret_wall, struct site *ret_cpu);

/*
 * Normal steps in ordinary noise: how many the plan's first method calls high,
 * in each cell of noise, history and night ("normal-0.3/40/30") whose name holds
 * only, or in all for NULL.
 */
void cells_run(const struct plan *plan, const char *only, size_t steps, bool is_parsable);

/* How often the plan's first method finds the article's outlier. */
void story_run(const struct plan *plan, bool is_parsable);

/* How many mails of the plan's first method are right on a site, beside one who knows its groups.
 */
void site_run(const struct plan *plan, unsigned nights, bool is_parsable);

/* Make the site of one generated kind; kind_names ends with NULL. */
extern const char *const kind_names[];
void generate_site(const char *kind, enum metric metric, gsl_rng *rng, size_t stream_length,
		   struct site *ret_site);

struct tally *tally_new(void);
void tally_free(struct tally *tally);
/* factor and length are indices of the tables above. */
void tally_judgement(struct tally *tally, size_t length, bool is_spoilt, size_t factor,
		     const struct opinion *opinion);
void tally_shift(struct tally *tally, size_t factor, unsigned delay_jobs, unsigned mails);
/* Lines "name value unit n" that scripts read, and the tables that people do. */
void tally_print_lines(const struct tally *tally, const char *prefix, const char *method,
		       FILE *out);
void tally_print_shift_lines(const struct tally *tally, const char *method, FILE *out);
void tally_print_shift_table(struct tally *const *tallies, const struct plan *plan, FILE *out);
/* One row of a table, or a row's lines under the name. */
void tally_print_together(const struct tally *tally, const char *name, size_t slowed_jobs,
			  const char *method, bool is_parsable, FILE *out);
void tally_print_table(struct tally *const *tallies, const struct plan *plan, const char *title,
		       FILE *out);

#endif

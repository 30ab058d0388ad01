/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules that the model is measured against: the article's ratio to the mean
 * ratio, a least-squares line in logarithms with three sigmas, and a Theil-Sen
 * line with a band of 3.5 MADs.  Each sees one group alone.
 */
#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "judgement.h"

#define RATIO_HIGH 1.5
#define OLS_SIGMAS 3.0
#define THEIL_MADS 3.5
#define MAD_TO_SIGMA 1.4826
#define SCALE_MIN 0.01           /* a band of width zero would flag every other job */
#define THEIL_POINTS_MAX 400     /* pairs grow with the square */
#define SIZE_DIFFERENCE_MIN 1e-9 /* log sizes nearer than this have no slope between them */

/* log value = level + slope * log size, and the width of what is normal around it. */
struct line {
	double level;
	double slope;
	double scale;
	double size_min; /* stands for sizes of zero or none */
};

struct lines {
	struct line *list;
};

struct sample {
	double *log_size;
	double *log_value;
	size_t count;
	double size_min;
};

static double size_or(double size_bytes, double size_min)
{
	return size_bytes > size_min ? size_bytes : size_min;
}

static void sample_make(const struct stream *stream, struct sample *ret_sample)
{
	struct sample sample = {.size_min = INFINITY};

	for (size_t i = 0; i < stream->count; i++)
		if (stream->points[i].size_bytes > 0)
			sample.size_min = fmin(sample.size_min, stream->points[i].size_bytes);
	sample.size_min = isfinite(sample.size_min) ? 0.5 * sample.size_min : 1;
	sample.log_size = calloc(stream->count + 1, sizeof(double));
	sample.log_value = calloc(stream->count + 1, sizeof(double));
	if (sample.log_size == NULL || sample.log_value == NULL)
		abort();
	for (size_t i = 0; i < stream->count; i++) {
		const struct point *point = &stream->points[i];

		if (point->is_censored)
			continue;
		sample.log_size[sample.count] = log(size_or(point->size_bytes, sample.size_min));
		sample.log_value[sample.count++] = log(point->value);
	}
	*ret_sample = sample;
}

static void sample_release(struct sample *sample)
{
	free(sample->log_size);
	free(sample->log_value);
}

/* The article's: the mean of value / size; "normal" ends at 1.5 times that. */
static void ratio_fit(const struct sample *sample, struct line *line)
{
	double sum = 0;

	for (size_t i = 0; i < sample->count; i++)
		sum += exp(sample->log_value[i] - sample->log_size[i]);
	line->level = log(sum / (double)sample->count);
	line->slope = 1;
	line->scale = log(RATIO_HIGH);
}

static void ols_fit(const struct sample *sample, struct line *line)
{
	double cov00, cov01, cov11, sumsq;
	size_t n = sample->count;

	if (gsl_stats_variance(sample->log_size, 1, n) > SIZE_DIFFERENCE_MIN) {
		gsl_fit_linear(sample->log_size, 1, sample->log_value, 1, n, &line->level,
			       &line->slope, &cov00, &cov01, &cov11, &sumsq);
		line->scale = sqrt(sumsq / (double)(n - 2));
	} else {
		line->slope = 0;
		line->level = gsl_stats_mean(sample->log_value, 1, n);
		line->scale = gsl_stats_sd(sample->log_value, 1, n);
	}
	line->scale = OLS_SIGMAS * fmax(line->scale, SCALE_MIN);
}

static void theil_fit(const struct sample *sample, struct line *line)
{
	size_t n = sample->count < THEIL_POINTS_MAX ? sample->count : THEIL_POINTS_MAX;
	const double *x = sample->log_size + (sample->count - n);
	const double *y = sample->log_value + (sample->count - n);
	double *slopes = calloc(n * n + 1, sizeof(*slopes));
	size_t pairs = 0;

	if (slopes == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (fabs(x[i] - x[j]) > SIZE_DIFFERENCE_MIN)
				slopes[pairs++] = (y[i] - y[j]) / (x[i] - x[j]);
	line->slope = pairs > 0 ? gsl_stats_median(slopes, 1, pairs) : 0;
	for (size_t i = 0; i < n; i++)
		slopes[i] = y[i] - line->slope * x[i];
	line->level = gsl_stats_median(slopes, 1, n);
	for (size_t i = 0; i < n; i++)
		slopes[i] = fabs(y[i] - line->slope * x[i] - line->level);
	line->scale = THEIL_MADS * fmax(MAD_TO_SIGMA * gsl_stats_median(slopes, 1, n), SCALE_MIN);
	free(slopes);
}

static void *lines_learn(const struct site *known,
			 void (*fit)(const struct sample *, struct line *))
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (lines == NULL)
		abort();
	lines->list = calloc(known->count + 1, sizeof(*lines->list));
	if (lines->list == NULL)
		abort();
	for (size_t i = 0; i < known->count; i++) {
		struct sample sample;

		sample_make(&known->streams[i], &sample);
		lines->list[i].size_min = sample.size_min;
		fit(&sample, &lines->list[i]);
		sample_release(&sample);
	}
	return lines;
}

static void lines_judge(const struct lines *lines, size_t group, const struct point *night,
			size_t count, double ratio_min, struct opinion *ret_opinions)
{
	const struct line *line = &lines->list[group];

	for (size_t i = 0; i < count; i++) {
		double log_size = log(size_or(night[i].size_bytes, line->size_min));
		double log_ratio = log(night[i].value) - line->level - line->slope * log_size;
		bool is_high = log_ratio > fmax(line->scale, log(ratio_min));

		ret_opinions[i] = (struct opinion){
			.log_ratio = log_ratio,
			.score = log_ratio / line->scale,
			.p = NAN,
			.is_watched = is_high, /* these rules have one level */
			.is_high = is_high,
			.is_mailed = is_high,
			.is_low = -log_ratio > fmax(line->scale, log(ratio_min)),
		};
	}
}

static void lines_forget(void *learnt)
{
	struct lines *lines = learnt;

	free(lines->list);
	free(lines);
}

static void *ratio_learn(const struct site *known)
{
	return lines_learn(known, ratio_fit);
}

static void *ols_learn(const struct site *known)
{
	return lines_learn(known, ols_fit);
}

static void *theil_learn(const struct site *known)
{
	return lines_learn(known, theil_fit);
}

static void judge_any(void *learnt, size_t group, const struct point *night, size_t count,
		      struct opinion *ret_opinions)
{
	lines_judge(learnt, group, night, count, 1, ret_opinions);
}

static void judge_large(void *learnt, size_t group, const struct point *night, size_t count,
			struct opinion *ret_opinions)
{
	lines_judge(learnt, group, night, count, RATIO_HIGH, ret_opinions);
}

const struct method method_ratio = {"ratio", ratio_learn, judge_any, lines_forget};
const struct method method_ols = {"ols", ols_learn, judge_any, lines_forget};
const struct method method_theil = {"theil-sen", theil_learn, judge_large, lines_forget};

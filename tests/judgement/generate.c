/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams of jobs whose truth is known: five ways in which a job's cost may
 * depend on its size, each with every kind of noise that real streams show.
 */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judgement.h"

#define STREAMS_PER_SHAPE 6
#define HOUR_S 3600.0
#define CATEGORIES 4
#define LIMIT_QUANTILE 1.3 /* log units of noise above the level at which a job is cut short */

enum shape {
	SHAPE_CONSTANT,
	SHAPE_PROPORTIONAL,
	SHAPE_AFFINE,
	SHAPE_POWER,
	SHAPE_TWO_MODES,
	SHAPE_COUNT
};

static const char *const shape_names[SHAPE_COUNT] = {
	"constant", "proportional", "affine", "power", "two-modes",
};

/* What one kind does to the logarithm of a job's cost, beside its size. */
struct kind {
	const char *name;
	double (*noise)(gsl_rng *rng, double log_size);
	double typical_s;       /* cost of the middle size */
	double rounded_to_s;    /* 0: not rounded */
	size_t distinct_sizes;  /* 0: any */
	double numeric_power;   /* of attribute "threads"; 0: it does not matter */
	double category_spread; /* of the effects of attribute "method"; 0: it does not matter */
	double censored_share;  /* jobs with a limit near their usual cost */
};

static double noise_lognormal(gsl_rng *rng, double log_size)
{
	(void)log_size;
	return gsl_ran_gaussian(rng, 0.12);
}

static double noise_heavy(gsl_rng *rng, double log_size)
{
	(void)log_size;
	return 0.08 * gsl_ran_tdist(rng, 3);
}

static double noise_asymmetric(gsl_rng *rng, double log_size)
{
	(void)log_size;
	return gsl_ran_gaussian(rng, 0.04) + gsl_ran_gamma(rng, 2, 0.08);
}

/* Small jobs scatter most, as start-up and shared machines do to them. */
static double noise_by_size(gsl_rng *rng, double log_size)
{
	return gsl_ran_gaussian(rng, 0.05 + 0.25 / (1 + exp(2 * log_size)));
}

static double noise_wild(gsl_rng *rng, double log_size)
{
	(void)log_size;
	return gsl_ran_gaussian(rng, 0.5) + (gsl_rng_uniform(rng) < 0.2 ? 0.8 : 0);
}

static const struct kind kinds[] = {
	{.name = "lognormal", .noise = noise_lognormal, .typical_s = 900},
	{.name = "heavy", .noise = noise_heavy, .typical_s = 900},
	{.name = "asymmetric", .noise = noise_asymmetric, .typical_s = 900},
	{.name = "by-size", .noise = noise_by_size, .typical_s = 900},
	{.name = "seconds", .noise = noise_lognormal, .typical_s = 8, .rounded_to_s = 1},
	{.name = "few-sizes", .noise = noise_heavy, .typical_s = 900, .distinct_sizes = 3},
	{.name = "wild", .noise = noise_wild, .typical_s = 900},
	{.name = "limits", .noise = noise_lognormal, .typical_s = 900, .censored_share = 0.1},
	{.name = "number", .noise = noise_lognormal, .typical_s = 900, .numeric_power = -0.8},
	{.name = "category", .noise = noise_lognormal, .typical_s = 900, .category_spread = 0.7},
	{.name = "both",
	 .noise = noise_heavy,
	 .typical_s = 900,
	 .numeric_power = 0.6,
	 .category_spread = 0.7},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(*kinds))

const char *const kind_names[] = {
	"lognormal", "heavy",  "asymmetric", "by-size",  "seconds", "few-sizes",
	"wild",      "limits", "number",     "category", "both",    NULL,
};

/* Two attributes that may matter and three that never do. */
enum attr { ATTR_THREADS, ATTR_METHOD, ATTR_SEED, ATTR_SITE, ATTR_TICKET, ATTR_COUNT };
static const char *const attr_names[ATTR_COUNT] = {"threads", "method", "seed", "site", "ticket"};

/* One stream's own constants. */
struct truth {
	enum shape shape;
	double typical;
	double power;
	double fixed; /* share of the middle job's cost that does not depend on size */
	double mode_share, mode_factor;
	double category_effect[CATEGORIES];
	double size_middle;
	double sizes[8];
};

static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static void truth_make(const struct kind *kind, enum shape shape, enum metric metric, gsl_rng *rng,
		       struct truth *ret_truth)
{
	struct truth truth = {.shape = shape, .power = 1};

	truth.typical = kind->typical_s * exp(gsl_ran_flat(rng, -1, 1));
	if (metric == METRIC_MEMORY)
		truth.typical *= 4e6;
	if (shape == SHAPE_POWER)
		truth.power = gsl_rng_uniform(rng) < 0.5 ? 0.6 : 1.4;
	truth.fixed = shape == SHAPE_AFFINE ? gsl_ran_flat(rng, 0.1, 0.6) : 0;
	truth.mode_share = shape == SHAPE_TWO_MODES ? gsl_ran_flat(rng, 0.2, 0.4) : 0;
	truth.mode_factor = log(gsl_ran_flat(rng, 1.8, 3));
	for (size_t i = 0; i < CATEGORIES; i++)
		truth.category_effect[i] = kind->category_spread * gsl_ran_flat(rng, -1, 1);
	truth.size_middle = 1e9 * exp(gsl_ran_flat(rng, -3, 3));
	for (size_t i = 0; i < kind->distinct_sizes; i++)
		truth.sizes[i] = gsl_ran_gaussian(rng, 1.2);
	*ret_truth = truth;
}

static const char *text_new(struct site *site, const char *prefix, unsigned long number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%s%lu", prefix, number);
	site->texts[site->text_count] = strdup(text);
	if (site->texts[site->text_count] == NULL)
		abort();
	return site->texts[site->text_count++];
}

/* Draws the attributes of one job; returns what they add to the logarithm of its cost. */
static double attrs_draw(const struct kind *kind, const struct truth *truth, gsl_rng *rng,
			 struct site *site, struct attr_value *attrs)
{
	unsigned long threads = 1UL << gsl_rng_uniform_int(rng, 5);
	unsigned long method = gsl_rng_uniform_int(rng, CATEGORIES);

	attrs[ATTR_THREADS].text = text_new(site, "", threads);
	attrs[ATTR_THREADS].number = (double)threads;
	attrs[ATTR_METHOD].text = text_new(site, "method-", method);
	attrs[ATTR_METHOD].number = NAN;
	attrs[ATTR_SEED].number = (double)(1 + gsl_rng_uniform_int(rng, 1000000));
	attrs[ATTR_SEED].text = text_new(site, "", (unsigned long)attrs[ATTR_SEED].number);
	attrs[ATTR_SITE].text = text_new(site, "site-", gsl_rng_uniform_int(rng, 3));
	attrs[ATTR_SITE].number = NAN;
	attrs[ATTR_TICKET].text = text_new(site, "T", gsl_rng_get(rng));
	attrs[ATTR_TICKET].number = NAN;
	return kind->numeric_power * log((double)threads / 4) + truth->category_effect[method];
}

static double log_cost(const struct truth *truth, double log_size)
{
	double grown = truth->shape == SHAPE_CONSTANT ? 1 : exp(truth->power * log_size);

	return log(truth->typical * (truth->fixed + (1 - truth->fixed) * grown));
}

static struct point point_draw(const struct kind *kind, const struct truth *truth,
			       enum metric metric, gsl_rng *rng)
{
	double log_size = kind->distinct_sizes > 0
				  ? truth->sizes[gsl_rng_uniform_int(rng, kind->distinct_sizes)]
				  : gsl_ran_gaussian(rng, 1.2);
	struct point point = {.size_bytes = floor(truth->size_middle * exp(log_size))};
	double level = log_cost(truth, log_size), noise = kind->noise(rng, log_size);
	double limit = INFINITY;

	if (gsl_rng_uniform(rng) < truth->mode_share)
		noise += truth->mode_factor;
	if (gsl_rng_uniform(rng) < kind->censored_share) {
		limit = level + LIMIT_QUANTILE * gsl_ran_flat(rng, -0.3, 0.3);
		point.is_censored = level + noise > limit;
	}
	point.value = exp(point.is_censored ? limit : level + noise);
	if (metric == METRIC_WALL && kind->rounded_to_s > 0)
		point.value = fmax(kind->rounded_to_s,
				   kind->rounded_to_s * round(point.value / kind->rounded_to_s));
	return point;
}

void generate_site(const char *kind_name, enum metric metric, gsl_rng *rng, size_t stream_length,
		   struct site *ret_site)
{
	const struct kind *kind = kind_find(kind_name);
	size_t jobs = SHAPE_COUNT * STREAMS_PER_SHAPE * stream_length, job = 0;
	struct site site = {.kind = kind->name, .metric = metric, .attr_count = ATTR_COUNT};
	char class[32];

	site.attr_names = calloc(ATTR_COUNT, sizeof(*site.attr_names));
	site.attrs = calloc(jobs * ATTR_COUNT, sizeof(*site.attrs));
	site.texts = calloc(jobs * ATTR_COUNT, sizeof(*site.texts));
	if (site.attr_names == NULL || site.attrs == NULL || site.texts == NULL)
		abort();
	for (size_t i = 0; i < ATTR_COUNT; i++)
		site.attr_names[i] = strdup(attr_names[i]);
	for (int shape = 0; shape < SHAPE_COUNT; shape++) {
		for (size_t i = 0; i < STREAMS_PER_SHAPE; i++) {
			struct stream *stream;
			struct truth truth;

			(void)snprintf(class, sizeof(class), "%s-%zu", shape_names[shape], i);
			stream = site_stream(&site, "main", "alice", class);
			truth_make(kind, shape, metric, rng, &truth);
			for (size_t j = 0; j < stream_length; j++, job++) {
				struct attr_value *attrs = &site.attrs[job * ATTR_COUNT];
				double effect = attrs_draw(kind, &truth, rng, &site, attrs);
				struct point point = point_draw(kind, &truth, metric, rng);

				point.value *= exp(effect);
				point.attrs = attrs;
				point.row = job;
				point.end_s = HOUR_S * (double)j;
				stream_add(stream, &point);
			}
		}
	}
	*ret_site = site;
}

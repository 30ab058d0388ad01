/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shares of every place in every profile, tested, and of those that stand the clearest. */
#include "profile/gain.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/stat.h"

/* A callee that has this much of what its caller gained is where the caller's time went. */
#define NEARLY_ALL 0.8

/*
 * Lines of an edited function have other numbers.  Where that is so, peers' samples are in lines
 * that the step does not have; a line that is rare may be missing from one of two equal profiles.
 */
#define EDITED_SHARE 0.1

/* Profiles side by side: unit 0 is the step, the others are its peers. */
struct comparison {
	const struct profile_names *names;
	size_t place_count, unit_count;
	const struct profile_of_step **units;
	struct profile_place_counts *counts; /* [unit][place] */
	bool **are_left_out;                 /* [unit][stack]: met by what was told already */
	bool *is_candidate;                  /* [place] */
	size_t test_count;                   /* candidates that differ from each other */
};

static const struct profile_place_counts *counts_of(const struct comparison *comparison,
						    size_t unit, size_t place)
{
	return &comparison->counts[unit * comparison->place_count + place];
}

static double share_of(const struct comparison *comparison, size_t unit, size_t place)
{
	return (double)counts_of(comparison, unit, place)->total_count /
	       (double)comparison->units[unit]->profile->sample_count;
}

static void count_all(struct comparison *comparison)
{
	for (size_t unit = 0; unit < comparison->unit_count; unit++)
		profile_count(comparison->units[unit]->profile, comparison->are_left_out[unit],
			      &comparison->counts[unit * comparison->place_count]);
}

/* ---- which places are compared ---- */

/* Whether many of the peers' samples in lines of the function are in lines that the step has not.
 */
static void find_edited(const struct comparison *comparison, bool *ret_is_edited)
{
	const struct profile_names *names = comparison->names;
	double *all = xcalloc(names->function_count + 1, sizeof(*all));
	double *gone = xcalloc(names->function_count + 1, sizeof(*gone));

	for (size_t line = 0; line < names->frames->len; line++) {
		size_t function = profile_frame(names, line)->function_id;

		for (size_t unit = 1; unit < comparison->unit_count; unit++) {
			double share = share_of(comparison, unit, line);

			all[function] += share;
			if (counts_of(comparison, 0, line)->total_count == 0)
				gone[function] += share;
		}
	}
	for (size_t i = 0; i < names->function_count; i++)
		ret_is_edited[i] = gone[i] > EDITED_SHARE * all[i];
	free(all);
	free(gone);
}

/* Treats the step as any of its peers, so that what is looked at does not depend on whose it is. */
static bool is_heavy(const struct comparison *comparison, size_t place)
{
	for (size_t unit = 0; unit < comparison->unit_count; unit++)
		if (share_of(comparison, unit, place) >= PROFILE_GAIN_SHARE_MIN)
			return true;
	return false;
}

/* Of all its counts, by FNV-1a: places that always go together have one. */
static uint64_t fingerprint(const struct comparison *comparison, size_t place)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t unit = 0; unit < comparison->unit_count; unit++)
		hash = (hash ^ (uint64_t)counts_of(comparison, unit, place)->total_count) *
		       UINT64_C(1099511628211);
	return hash;
}

static void choose_candidates(struct comparison *comparison)
{
	const struct profile_names *names = comparison->names;
	bool *is_edited = xcalloc(names->function_count + 1, sizeof(*is_edited));
	uint64_t *fingerprints = xcalloc(comparison->place_count + 1, sizeof(*fingerprints));
	GHashTable *tests = g_hash_table_new(g_int64_hash, g_int64_equal);

	find_edited(comparison, is_edited);
	for (size_t place = 0; place < comparison->place_count; place++) {
		comparison->is_candidate[place] =
			is_heavy(comparison, place) &&
			(place >= names->frames->len ||
			 !is_edited[profile_frame(names, place)->function_id]);
		if (!comparison->is_candidate[place])
			continue;
		fingerprints[place] = fingerprint(comparison, place);
		(void)g_hash_table_add(tests, &fingerprints[place]);
	}
	comparison->test_count = g_hash_table_size(tests);
	g_hash_table_destroy(tests);
	free(fingerprints);
	free(is_edited);
}

/* ---- the test ---- */

static double stabilized(const struct comparison *comparison, size_t unit, size_t place)
{
	double k = (double)counts_of(comparison, unit, place)->total_count;
	double n = (double)comparison->units[unit]->profile->sample_count;

	return asin(sqrt((k + 0.375) / (n + 0.75)));
}

struct peers_place {
	double mean, variance;
};

static struct peers_place peers_at(const struct comparison *comparison, size_t place)
{
	double n = (double)(comparison->unit_count - 1), sum = 0, squares = 0, mean;

	for (size_t unit = 1; unit < comparison->unit_count; unit++)
		sum += stabilized(comparison, unit, place);
	mean = sum / n;
	for (size_t unit = 1; unit < comparison->unit_count; unit++) {
		double off = stabilized(comparison, unit, place) - mean;

		squares += off * off;
	}
	return (struct peers_place){mean, squares / (n - 1)};
}

/* What no line's variance is below: see gain.h. */
static double least_variance(const struct comparison *comparison)
{
	double *variances = xcalloc(comparison->place_count + 1, sizeof(*variances));
	double counting = 0, median;
	size_t count = 0;

	for (size_t place = 0; place < comparison->place_count; place++)
		if (comparison->is_candidate[place])
			variances[count++] = peers_at(comparison, place).variance;
	for (size_t unit = 1; unit < comparison->unit_count; unit++)
		counting += 0.25 / (double)comparison->units[unit]->profile->sample_count;
	median = count > 0 ? stat_median(variances, count) : 0;
	free(variances);
	return fmax(median, counting / (double)(comparison->unit_count - 1));
}

/* How many times the peers' samples the step lacks: harmonic mean over its own, at least 1. */
static double shortness(const struct comparison *comparison)
{
	double n = (double)(comparison->unit_count - 1), inverse = 0;

	for (size_t unit = 1; unit < comparison->unit_count; unit++)
		inverse += 1 / (double)comparison->units[unit]->profile->sample_count;
	return fmax(1, n / inverse / (double)comparison->units[0]->profile->sample_count);
}

static double p_value_at(const struct comparison *comparison, size_t place, double least)
{
	double n = (double)(comparison->unit_count - 1);
	struct peers_place peers = peers_at(comparison, place);
	double variance = fmax(peers.variance, least) * (shortness(comparison) + 1 / n);
	double t = (stabilized(comparison, 0, place) - peers.mean) / sqrt(variance);

	return fmin(1, (double)comparison->test_count * gsl_cdf_tdist_Q(t, n - 1));
}

/* ---- what is told ---- */

static double median_of(const struct comparison *comparison, size_t place, bool want_us)
{
	double *list = xcalloc(comparison->unit_count, sizeof(*list)), median = NAN;
	size_t count = 0;

	for (size_t unit = 1; unit < comparison->unit_count; unit++) {
		double value = share_of(comparison, unit, place) *
			       (want_us ? comparison->units[unit]->wall_us : 1);

		if (!isnan(value))
			list[count++] = value;
	}
	if (count > 0)
		median = stat_median(list, count);
	free(list);
	return median;
}

/* All but which place it is. */
static struct profile_gain gain_at(const struct comparison *comparison, size_t place, double least)
{
	double share = share_of(comparison, 0, place);

	return (struct profile_gain){
		.share = share,
		.usual_share = median_of(comparison, place, false),
		.us = share * comparison->units[0]->wall_us,
		.usual_us = median_of(comparison, place, true),
		.p_value = p_value_at(comparison, place, least),
	};
}

static void name_place(const struct comparison *comparison, size_t place, struct profile_gain *gain)
{
	const struct profile_names *names = comparison->names;
	const struct profile_frame *frame;

	gain->is_function = place >= names->frames->len;
	if (gain->is_function)
		place = profile_main_line(names, comparison->counts, place);
	frame = profile_frame(names, place);
	gain->function = frame->function;
	gain->file = frame->file;
	gain->line = frame->line;
}

/* By how much it gained: in time where run times are known, else in share; NaN where it did not
 * stand the bound. */
static double amount(const struct profile_gain *gain)
{
	double us = gain->us - gain->usual_us;

	if (gain->p_value > PROFILE_GAIN_LEVEL ||
	    gain->share - gain->usual_share < PROFILE_GAIN_SHARE_MIN || us <= 0)
		return NAN;
	return isnan(us) ? gain->share - gain->usual_share : us;
}

static double depth_of(const struct comparison *comparison, size_t place)
{
	const struct profile_place_counts *counts = counts_of(comparison, 0, place);

	return counts->depth_sum / (double)counts->total_count;
}

/* The innermost of the places that have nearly all of what was gained; place_count for none. */
static size_t find_clearest(const struct comparison *comparison, struct profile_gain *ret_gain)
{
	size_t clearest = comparison->place_count;
	struct profile_gain *gains = xcalloc(comparison->place_count + 1, sizeof(*gains));
	double least = least_variance(comparison), most = 0, deepest = -1;

	for (size_t place = 0; place < comparison->place_count; place++) {
		gains[place].p_value = 1;
		if (!comparison->is_candidate[place] ||
		    counts_of(comparison, 0, place)->total_count == 0)
			continue;
		gains[place] = gain_at(comparison, place, least);
		if (amount(&gains[place]) > most)
			most = amount(&gains[place]);
	}
	for (size_t place = 0; most > 0 && place < comparison->place_count; place++)
		if (amount(&gains[place]) >= NEARLY_ALL * most &&
		    depth_of(comparison, place) > deepest) {
			deepest = depth_of(comparison, place);
			clearest = place;
		}
	if (clearest < comparison->place_count) {
		*ret_gain = gains[clearest];
		name_place(comparison, clearest, ret_gain);
	}
	free(gains);
	return clearest;
}

static void leave_out(struct comparison *comparison, size_t place)
{
	for (size_t unit = 0; unit < comparison->unit_count; unit++) {
		const struct profile *profile = comparison->units[unit]->profile;

		for (size_t i = 0; i < profile->stacks->len; i++)
			comparison->are_left_out[unit][i] |=
				profile_meets(profile, profile_stack(profile, i), place);
	}
	count_all(comparison);
}

static void release(struct comparison *comparison)
{
	for (size_t unit = 0; unit < comparison->unit_count; unit++)
		free(comparison->are_left_out[unit]);
	free(comparison->are_left_out);
	free(comparison->units);
	free(comparison->counts);
	free(comparison->is_candidate);
}

size_t profile_gains(const struct profile_of_step *own, const struct profile_of_step *peers,
		     size_t peer_count, struct profile_gain *ret_gains, size_t max)
{
	struct comparison comparison = {
		.names = own->profile->names,
		.place_count = profile_place_count(own->profile->names),
		.unit_count = peer_count + 1,
	};
	size_t found = 0, place;

	if (peer_count < PROFILE_GAIN_PEERS_MIN)
		return 0;
	comparison.units = xcalloc(comparison.unit_count, sizeof(struct profile_of_step *));
	comparison.units[0] = own;
	for (size_t i = 0; i < peer_count; i++)
		comparison.units[i + 1] = &peers[i];
	comparison.are_left_out = xcalloc(comparison.unit_count, sizeof(bool *));
	for (size_t unit = 0; unit < comparison.unit_count; unit++)
		comparison.are_left_out[unit] =
			xcalloc(comparison.units[unit]->profile->stacks->len + 1, sizeof(bool));
	comparison.counts = xcalloc(comparison.unit_count * comparison.place_count + 1,
				    sizeof(*comparison.counts));
	comparison.is_candidate = xcalloc(comparison.place_count + 1, sizeof(bool));
	count_all(&comparison);
	choose_candidates(&comparison);
	while (found < max) {
		place = find_clearest(&comparison, &ret_gains[found]);
		if (place == comparison.place_count)
			break;
		leave_out(&comparison, place);
		found++;
	}
	release(&comparison);
	return found;
}

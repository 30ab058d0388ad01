/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a step spent more of its time than its normal peers did: profiles in,
 * the lines that gained out, and none by chance.
 *
 * What is compared are shares of samples, so that a job all of whose parts took
 * longer says nothing; what is ranked and told are times.
 *
 * Shares of a line differ between equal runs by more than counting does: samples
 * of one process follow each other, and runs differ.  So the scatter is the
 * peers' own.  On the scale asin(sqrt((k + 3/8) / (n + 3/4))) (Anscombe,
 * Biometrika 35, 1948, 246-254) that of counting does not depend on the share;
 * there each line's step is compared with its peers by the t statistic of one
 * more observation, whose variance is the largest of
 *
 *	the peers' own in this line,
 *	the median of those of all lines, lest a line whose few peers happen to
 *	agree makes much of little,
 *	and that of counting, 1 / (4 n),
 *
 * times n_peer / n_own where the step has fewer samples.  The chance that any
 * line is named when none differs is bounded by PROFILE_GAIN_LEVEL after
 * Bonferroni: over all lines and functions that have PROFILE_GAIN_SHARE_MIN of
 * any one's samples, those that always go together as one.
 */
#ifndef PROFILE_GAIN_H
#define PROFILE_GAIN_H

#include "profile/places.h"

#define PROFILE_GAIN_LEVEL 0.05

/* With two peers nothing short of a miracle would stand the bound. */
#define PROFILE_GAIN_PEERS_MIN 3

/* A step of fewer says little of anything: the share of a line that has half of 30 is known to a
 * fifth. */
#define PROFILE_GAIN_SAMPLES_MIN 30

/* A line of less of the time is not what made a job slow, and so much must be gained to matter. */
#define PROFILE_GAIN_SHARE_MIN 0.05

/* A step and its profile. */
struct profile_of_step {
	const struct profile *profile;
	double wall_us; /* NaN: not known */
};

/* A line that took more, or a function whose lines together did. */
struct profile_gain {
	const char *function, *file; /* the names' own */
	int64_t line;     /* of a function, the one that had most; JO_MISSING: none is known */
	bool is_function; /* the figures are of all its lines together */
	double share, usual_share; /* of the samples; usual: the peers' median */
	double us, usual_us;       /* of the run time, NaN where that is not known */
	double p_value;            /* bounded over all lines */
};

/*
 * The clearest of what gained, at most max, into ret_gains; returns how many.
 * All profiles have the same names, and at least PROFILE_GAIN_SAMPLES_MIN samples.
 *
 * Of lines that call each other, the innermost is told that has nearly all that
 * the outer ones gained; a second one has gained without the first.  Lines of a
 * function that was edited since its peers ran are not compared, as the numbers
 * mean other lines; the function as a whole is.
 */
size_t profile_gains(const struct profile_of_step *own, const struct profile_of_step *peers,
		     size_t peer_count, struct profile_gain *ret_gains, size_t max);

#endif

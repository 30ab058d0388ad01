/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Has the level of a group moved for good, and since when?  Residuals in time
 * order in, at most one shift out: the last one that is certain.  Whose steps
 * they are, and what became another with the shift, is not looked at here.
 */
#ifndef DRIFT_DETECT_H
#define DRIFT_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A smaller shift is no finding: nobody would act on it. */
#define DRIFT_RATIO 1.2

/*
 * Of the statistic, and of the chance that it is nothing: so that on noise a site
 * sees less than one in 1000 groups and 30 nights; see drift_detect.
 */
#define DRIFT_THRESHOLD 4.5
#define DRIFT_CHANCE 1e-6
#define DRIFT_CHANCE_BACK 1e-4 /* of a return to what was known before it takes less to be sure */

/* One night's outliers are no drift: so many steps, and of them outside of the largest night. */
#define DRIFT_STEPS_SINCE 5
#define DRIFT_STEPS_ELSEWHERE 2

/* Two nights are no habit that could change. */
#define DRIFT_STEPS_BEFORE 8
#define DRIFT_NIGHTS_BEFORE 3

/* One step: its residual is log(value) less what is expected at its input size. */
struct drift_point {
	double residual;
	int64_t start_unix_us, end_unix_us;
	int32_t night; /* in which it ended */
};

struct drift {
	size_t first;     /* the point with which the new level began */
	double log_ratio; /* of the new level to the one before */
	double statistic;
	size_t before_n, since_n; /* points at either level */
	size_t night_n;           /* nights since */
	bool is_back;             /* to the level before the last one, or beyond it */
	bool is_gradual;          /* there is no such point: the level rose or fell all along */
	int64_t start_unix_us;    /* of the first point */
	int64_t end_unix_us;      /* likewise */
	/* Where the first point may lie when more is known: ends of points. */
	int64_t near_from_unix_us, near_to_unix_us;
};

/*
 * Find the last shift of n points, which come in the order in which they
 * ended.  Returns false when there is none that is certain, and leaves
 * *ret_drift.
 *
 * Where the level may have moved is the model's own segmentation
 * (model/regime.h).  A segment of one night is not there yet, and not looked
 * at; one that is not certain may be part of the one before it, when it is
 * nearer to that than to what was before the shift.
 *
 * The statistic is the shift of the medians over its standard error.  Steps of
 * one night tend to have the same input, the same neighbours and the same
 * version, so the error of a level is that of its steps or that of its nights'
 * medians, whichever is larger; both spreads are taken from neighbours in time,
 * which differ by noise alone wherever the level is.
 *
 * The chance is that of Fisher's exact test for the steps on either side of the
 * middle between the levels, before and since: what a group has done now and
 * then all along is no shift when it does so a few times on end.  On noise both
 * together find less than 1 drift in 1000 groups and 30 nights, and up to 15 where
 * nights differ by 30 % for reasons of their own.
 *
 * When a straight line fits the last shifts of one direction better than steps
 * do, there is no date: the drift is gradual, and began with the line.
 */
bool drift_detect(const struct drift_point *points, size_t n, struct drift *ret_drift);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a group's level has moved: shifts that were planted are found and dated,
 * noise and a bad night are not, and one shift stays one drift from night to
 * night.
 */
#include "drift/detect.h"

#include <stdlib.h>

#include "drift/track.h"
#include "tap.h"
#include "util/alloc.h"

#define HOUR_US INT64_C(3600000000)
#define DAY_US (24 * HOUR_US)
#define POINTS_MAX 4000

/* Marsaglia's xorshift, and the method of Box and Muller. */
static uint64_t state;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static struct drift_point points[POINTS_MAX];
static size_t point_n;

static void begin(uint64_t seed)
{
	state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	point_n = 0;
}

static int next_night(void)
{
	return point_n == 0 ? 0 : points[point_n - 1].night + 1;
}

/* One more night of steps, ratio times as long as usual, with a spread of their own. */
static void add_night(size_t step_n, double ratio, double spread)
{
	int night = next_night();

	for (size_t i = 0; i < step_n; i++) {
		int64_t end_unix_us = night * DAY_US + (int64_t)(i + 1) * HOUR_US;

		points[point_n++] = (struct drift_point){
			.residual = log(ratio) + spread * normal(),
			.start_unix_us = end_unix_us - HOUR_US / 2,
			.end_unix_us = end_unix_us,
			.night = night,
		};
	}
}

static void add_nights(int night_n, size_t step_n, double ratio, double spread)
{
	for (int i = 0; i < night_n; i++)
		add_night(step_n, ratio, spread);
}

static void test_planted(double ratio, double spread, int night_n)
{
	struct drift drift = {.log_ratio = 0};

	begin(7);
	add_nights(30, 4, 1, spread);
	add_nights(night_n, 4, ratio, spread);
	ok(drift_detect(points, point_n, &drift), "x%g is found after %d nights", ratio, night_n);
	ok(fabs(drift.log_ratio - log(ratio)) < 0.1, "by how much: x%.2f", exp(drift.log_ratio));
	ok(llabs((long long)drift.first - 120) <= 2, "since when: step %zu of 120", drift.first);
	ok(drift.start_unix_us == points[drift.first].start_unix_us &&
		   drift.end_unix_us == points[drift.first].end_unix_us,
	   "its first step's start and end");
	ok(drift.before_n == drift.first && drift.since_n == point_n - drift.first,
	   "steps before and since");
	ok(drift.night_n >= (size_t)night_n && !drift.is_back && !drift.is_gradual,
	   "nights since; neither back nor gradual");
}

static void test_none(void)
{
	struct drift drift = {.since_n = 4711};

	begin(1);
	ok(!drift_detect(points, 0, &drift), "nothing is no drift");
	add_nights(2, 5, 1, 0.1);
	add_nights(2, 5, 3, 0.1);
	ok(!drift_detect(points, point_n, &drift), "two nights are no habit that could change");

	begin(2);
	add_nights(30, 4, 1, 0.1);
	add_night(20, 3, 0.1);
	ok(!drift_detect(points, point_n, &drift), "one night's outliers are no drift");
	add_nights(4, 4, 1, 0.1);
	ok(!drift_detect(points, point_n, &drift), "nor when they are over");

	begin(2);
	add_nights(30, 4, 1, 0.1);
	points[point_n - 2].residual = points[point_n - 1].residual = log(1.2);
	add_night(4, 3, 0.1);
	ok(!drift_detect(points, point_n, &drift), "nor with a stray neighbour or two");

	begin(3);
	add_nights(40, 4, 1, 0.1);
	for (size_t i = 0; i < point_n; i += 4)
		points[i].residual += log(3);
	for (size_t i = point_n - 7; i < point_n; i++)
		points[i].residual = log(3) + 0.1 * normal();
	ok(!drift_detect(points, point_n, &drift), "what was so every fourth time is not new");

	begin(4);
	add_nights(40, 4, 1, 0.05);
	add_nights(20, 4, 1.12, 0.05);
	ok(!drift_detect(points, point_n, &drift), "x1.12 is too little");
	is_int(drift.since_n, 4711, "nothing is written when nothing is found");
}

static void test_noise(void)
{
	static const double spreads[] = {0.05, 0.1, 0.2, 0.4};
	struct drift drift;
	int found_n = 0;

	for (int group = 0; group < 1000; group++) {
		double of_night = group % 3 == 0 ? 0.15 : 0;

		begin((uint64_t)group + 100);
		for (int night = 0; night < 60; night++) {
			double ratio = exp(of_night * normal());

			add_night(1 + (size_t)(group % 7), ratio, spreads[group % 4]);
		}
		found_n += drift_detect(points, point_n, &drift);
	}
	ok(found_n <= 3, "of 1000 groups of noise %d have a drift, 3 at most", found_n);
}

static void test_back(void)
{
	struct drift drift = {.log_ratio = 0};

	begin(5);
	add_nights(30, 4, 1, 0.1);
	add_nights(10, 4, 1.6, 0.1);
	add_night(4, 1, 0.1);
	ok(drift_detect(points, point_n, &drift) && drift.log_ratio > 0,
	   "one night after the fix the drift holds");
	add_nights(4, 4, 1, 0.1);
	ok(drift_detect(points, point_n, &drift) && drift.log_ratio < 0, "then it is over");
	ok(drift.is_back, "and all is as it was");
	is_int(drift.since_n, 20, "since the fix");
	is_int(drift.before_n, 40, "compared with the slow ones alone");

	begin(6);
	add_nights(30, 4, 1, 0.1);
	add_nights(10, 4, 0.6, 0.1);
	ok(drift_detect(points, point_n, &drift) && drift.log_ratio < 0 && !drift.is_back,
	   "what never was so is faster, not back");
}

static void test_gradual(void)
{
	struct drift drift = {.log_ratio = 0};

	begin(8);
	for (int night = 0; night < 100; night++)
		add_night(4, exp(log(2) * night / 100), 0.08);
	ok(drift_detect(points, point_n, &drift), "a slow drift is found");
	ok(drift.is_gradual, "as one without a date");
	ok(fabs(drift.log_ratio - log(2)) < 0.2, "x%.2f from its beginning to its end",
	   exp(drift.log_ratio));
}

/* ---- from night to night ---- */

static bool changed[8];

static void look(struct drift_track *known, int32_t night)
{
	struct drift_series_result found = {
		.is_looked_at = true,
		.from_unix_us = points[0].end_unix_us,
		.to_unix_us = points[point_n - 1].end_unix_us,
	};

	found.is_found = drift_detect(points, point_n, &found.drift);
	drift_track_update(known, changed, &found, 1, METRIC_WALL, night);
}

static void test_wandering(void)
{
	int new_n = 0, moved_n = 0;

	for (uint64_t group = 0; group < 50; group++) {
		struct drift_track known = {.list = xcalloc(8, sizeof(struct store_drift))};
		int64_t last_unix_us = 0;

		begin(group + 1000);
		add_nights(30, 3, 1, 0.3);
		for (int night = 1; night <= 40 && known.count < 7; night++) {
			add_night(3, 1.6, 0.3);
			look(&known, 20260000 + night);
			if (known.count > 0 && last_unix_us != 0)
				moved_n += known.list[0].since_unix_us != last_unix_us;
			if (known.count > 0)
				last_unix_us = known.list[0].since_unix_us;
		}
		new_n += known.count > 1;
		free(known.list);
	}
	ok(moved_n > 10, "the date of a noisy shift is estimated anew (%d times)", moved_n);
	ok(new_n <= 1, "and it stays one drift (%d of 50 groups have two)", new_n);
}

static void test_known(void)
{
	struct drift_track known = {.list = xcalloc(8, sizeof(struct store_drift))};
	const struct drift_series_result not_looked_at = {.is_looked_at = false};
	int64_t begin_unix_us;

	begin(9);
	add_nights(30, 4, 1, 0.1);
	look(&known, 20260301);
	is_int(known.count, 0, "no drift is none");
	add_nights(3, 4, 2, 0.1);
	look(&known, 20260304);
	is_int(known.count, 1, "a new one");
	ok(changed[0] && known.list[0].found_night == 20260304 &&
		   known.list[0].begin_unix_us == known.list[0].since_unix_us,
	   "is told to be new");
	begin_unix_us = known.list[0].begin_unix_us;
	add_night(4, 2, 0.1);
	look(&known, 20260305);
	is_int(known.count, 1, "seen again");
	ok(known.list[0].found_night == 20260304 && known.list[0].seen_night == 20260305 &&
		   known.list[0].begin_unix_us == begin_unix_us &&
		   known.list[0].until_unix_us == JO_MISSING,
	   "it keeps its name, and holds");
	look(&known, 20260303);
	ok(known.list[0].found_night == 20260303 && known.list[0].seen_night == 20260305,
	   "an earlier night that is looked at late knows no better");
	drift_track_update(&known, changed, &not_looked_at, 1, METRIC_WALL, 20260306);
	ok(!changed[0] && known.list[0].until_unix_us == JO_MISSING,
	   "and does so when nobody could look");
	add_nights(5, 4, 1, 0.1);
	look(&known, 20260310);
	is_int(known.count, 2, "the fix is another one");
	ok(known.list[1].is_back && known.list[1].until_unix_us == JO_MISSING, "which holds");
	is_int(known.list[0].until_unix_us, known.list[1].since_unix_us, "the first until then");

	/* History is not endless: what is older than all of it neither comes nor goes. */
	begin(10);
	add_nights(60, 4, 1, 0.1);
	known.count = 1;
	known.list[0].until_unix_us = JO_MISSING;
	known.list[0].since_end_unix_us = points[0].end_unix_us - DAY_US;
	look(&known, 20260401);
	ok(!changed[0] && known.list[0].until_unix_us == JO_MISSING,
	   "what began before the history is left alone");
	known.list[0].since_end_unix_us = points[100].end_unix_us;
	known.list[0].seen_night = 19700225;
	look(&known, 19700301);
	ok(!changed[0], "what was there some nights ago may come again");
	known.list[0].seen_night = 19700218;
	look(&known, 19700301);
	ok(changed[0] && known.list[0].until_unix_us == points[point_n - 1].end_unix_us,
	   "what is not there where it was is over");
	free(known.list);
}

int main(void)
{
	test_none();
	test_planted(1.5, 0.1, 5);
	test_planted(3, 0.2, 3);
	test_planted(1 / 1.6, 0.1, 5);
	test_noise();
	test_back();
	test_gradual();
	test_wandering();
	test_known();
	return tap_done();
}

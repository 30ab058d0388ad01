/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The products in vectors, against sums of logarithms as joboutliers-model(7) has them. */
#include "model/spread_likelihood.h"
#include "tap.h"

#define N_MAX 600
#define STRAYS 2
#define TOLERANCE 1e-9 /* of a log likelihood, which is in the hundreds */

static const double shares[STRAYS] = {0.02, 0.15}, chances[STRAYS] = {0.8, 0.2};

static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

/* log(normal + strays) of all distances. */
static double plain_log(const double *distance, size_t n, size_t tail, double scale, double share)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double t = distance[i] / scale, freedom = spread_forms[tail].freedom;
		double density = freedom == 0 ? exp(-t * t / 2)
					      : pow(1 + t * t / freedom, -(freedom + 1) / 2);

		sum += log((1 - share) * spread_forms[tail].factor * density / scale +
			   share * exp(-distance[i]));
	}
	return sum;
}

/* The largest difference of the logs of what is not nothing. */
static double worst_of(const double *distance, size_t n, double step, size_t stray_n,
		       const struct spread_side *side)
{
	double logs[MODEL_SPREAD_TAILS][MODEL_SPREAD_SCALES][STRAYS], largest = -INFINITY;
	double worst = 0, sum = 0, share = 0;

	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
			for (size_t s = 0; s < stray_n; s++) {
				logs[tail][i][s] = plain_log(
					distance, n, tail,
					spread_scale(step, side->first + (int32_t)i), shares[s]);
				largest = fmax(largest, logs[tail][i][s]);
			}
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
			double plain = 0;

			for (size_t s = 0; s < stray_n; s++) {
				double likely = chances[s] * exp(logs[tail][i][s] - largest);

				plain += likely;
				share += likely * shares[s];
			}
			sum += plain;
			if (plain > 1e-200)
				worst = fmax(worst, fabs(log(side->of[tail][i] / plain)));
		}
	return fmax(worst, fabs(side->stray - share / sum));
}

/* Residuals of a scatter, a share of them as far out as is said, or exactly in the middle. */
static void check(size_t n, double scatter, double far_share, double far, double zero_share)
{
	double residual[N_MAX], high[N_MAX], low[N_MAX], scratch[2 * N_MAX];
	size_t high_n = 0, low_n = 0, zero_n = 0;
	struct spread_likelihood likelihood;
	uint64_t state = n + 1;

	for (size_t i = 0; i < n; i++) {
		residual[i] =
			scatter * sqrt(-2 * log(uniform(&state))) * cos(2 * M_PI * uniform(&state));
		residual[i] += uniform(&state) < far_share ? far : 0;
		residual[i] *= uniform(&state) < zero_share ? 0 : 1;
		if (residual[i] > 0)
			high[high_n++] = residual[i];
		else if (residual[i] < 0)
			low[low_n++] = -residual[i];
		else
			zero_n++;
	}
	for (zero_n /= 2; zero_n > 0; zero_n--)
		high[high_n++] = low[low_n++] = 0;
	spread_likelihood_find(residual, n, scratch, &likelihood);
	is_int((long long)likelihood.high.n, (long long)high_n, "%zu residuals: those above", n);
	is_int((long long)likelihood.low.n, (long long)low_n, "and below");
	is_near(worst_of(high, high_n, likelihood.step, STRAYS, &likelihood.high), 0, TOLERANCE,
		"scatter %g, %g of them %g out, %g in the middle: above, as by the definition",
		scatter, far_share, far, zero_share);
	is_near(worst_of(low, low_n, likelihood.step, 1, &likelihood.low), 0, TOLERANCE,
		"and below");
}

int main(void)
{
	/* Around the lengths of rounds and blocks. */
	static const size_t lengths[] = {1,  2,  3,   7,   8,   9,   15,  16,
					 17, 31, 127, 128, 129, 255, 257, 600};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		check(lengths[i], 0.1, 0.05, 1, 0);
	check(500, 0.1, 0.1, 60, 0); /* as far as a nanosecond is from an age */
	check(500, 0.1, 0.1, -60, 0);
	check(500, 0.001, 0.1, 60, 0); /* beside the calmest scale there is */
	check(500, 5, 0, 0, 0);
	check(500, 0.1, 0, 0, 0.9);
	check(500, 0, 0, 0, 0);
	return tap_done();
}

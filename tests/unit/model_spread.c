/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chances against tests/data/stats/make-spread-reference.py, and what must hold of any. */
#include "model/spread.h"
#include "tap.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#define N_MAX 300
#define AGREEMENT 1e-4 /* weights are kept in single precision, and not below 1e-9 */

static const double distances[] = {0.2, 0.5, 1, 2};
#define DISTANCES (sizeof(distances) / sizeof(*distances))

static const struct {
	const char *name;
	size_t n;
	double chance[DISTANCES];
} cases[] = {
	{"normal", 10, {0.15581838, 0.0210737129, 0.00295921745, 0.000587336906}},
	{"normal", 40, {0.153181919, 0.0120085054, 0.000686886265, 9.12426953e-05}},
	{"normal", 300, {0.155117378, 0.00653741688, 1.87174142e-05, 8.18924846e-08}},
	{"heavy", 10, {0.0987346709, 0.00955468247, 0.00153806988, 0.000331608629}},
	{"heavy", 40, {0.0812174113, 0.00650399664, 0.00102724146, 0.000217340863}},
	{"heavy", 300, {0.0651370156, 0.00456436453, 0.000386695734, 3.57425578e-05}},
	{"lopsided", 10, {0.122666347, 0.0145855201, 0.00223742078, 0.000466608531}},
	{"lopsided", 40, {0.142753793, 0.0108512112, 0.000685861903, 9.51645226e-05}},
	{"lopsided", 300, {0.153458539, 0.00648319827, 2.0771702e-05, 9.34142635e-08}},
	{"spoilt", 10, {0.0622106569, 0.00732406488, 0.00156780359, 0.000371022395}},
	{"spoilt", 40, {0.0186805984, 0.000535300963, 8.72352991e-05, 1.89963501e-05}},
	{"spoilt", 300, {0.00357857811, 2.9232941e-07, 9.50163624e-10, 2.58405073e-11}},
	{"exact", 10, {0.0114312254, 0.00151024241, 0.000351841956, 8.61009073e-05}},
	{"exact", 40, {0.00147791608, 0.000237371465, 5.93753461e-05, 1.48458681e-05}},
	{"exact", 300, {0.00125149531, 0.000200872504, 5.02408332e-05, 1.25616284e-05}},
};

static double residual_of(const char *name, size_t i, size_t n)
{
	double middle = ((double)i + 0.5) / (double)n, normal = gsl_cdf_ugaussian_Pinv(middle);

	if (strcmp(name, "normal") == 0)
		return 0.2 * normal;
	if (strcmp(name, "heavy") == 0)
		return 0.1 * gsl_cdf_tdist_Pinv(middle, 3);
	if (strcmp(name, "lopsided") == 0)
		return 0.05 * normal * (middle > 0.5 ? 4 : 1);
	if (strcmp(name, "spoilt") == 0)
		return (double)i >= 0.9 * (double)n ? 0.5 + (double)i / (double)n : 0.1 * normal;
	return i % 4 == 0 ? 0.1 * normal : 0;
}

static void fit(const struct model_params *params, const char *name, size_t n,
		struct model_spread *ret_high, struct model_spread *ret_low)
{
	double residual[N_MAX], scratch[2 * N_MAX], alike;
	struct spread_likelihood likelihood;

	for (size_t i = 0; i < n; i++)
		residual[i] = residual_of(name, i, n);
	spread_likelihood_find(residual, n, scratch, &likelihood);
	spread_fit(&likelihood, &params->prior[METRIC_WALL], ret_high, ret_low, &alike);
}

int main(void)
{
	struct model_spread high, low, without;
	struct model_params params;

	model_params_init(&params);
	/* The reference holds one tail for as likely as the other. */
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		params.prior[METRIC_WALL].tail[tail] = 1.0 / MODEL_SPREAD_TAILS;
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		fit(&params, cases[c].name, cases[c].n, &high, &low);
		for (size_t d = 0; d < DISTANCES; d++)
			is_near(log(spread_chance(&high, distances[d])), log(cases[c].chance[d]),
				AGREEMENT, "%s, %zu: the chance of %g", cases[c].name, cases[c].n,
				distances[d]);
		for (double chance = 0.4; chance > 1e-9; chance /= 8)
			is_near(spread_chance(&high, spread_distance(&high, chance)) / chance, 1,
				1e-6, "%s, %zu: which has %g", cases[c].name, cases[c].n, chance);
	}
	is_near(spread_chance(&high, 0), 0.5, 0, "half of all are above the middle");
	ok(spread_chance(&high, 1e300) > 0, "and nothing is impossible");

	fit(&params, "lopsided", 300, &high, &low);
	ok(spread_distance(&low, 0.005) < 0.5 * spread_distance(&high, 0.005),
	   "sides that differ are told apart");
	fit(&params, "normal", 40, &high, &low);
	is_near(spread_distance(&low, 0.005), spread_distance(&high, 0.005), 1e-3,
		"and those that do not are the same");
	spread_without(&high, residual_of("normal", 39, 40), &without);
	ok(spread_distance(&without, 0.005) < spread_distance(&high, 0.005),
	   "a step is less usual without itself");
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Products over the residuals of a side, one for each tail and scale.  A fit
 * spends much of its time here, so all is done in loops that the compiler makes
 * vectors of, without a division or a logarithm for each residual.
 */
#include "spread_likelihood.h"

#include "util/clones.h"
#include "util/stat.h"
#include "tail.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/*
 * Steps that are not normal: how far out they are on average, in log units, as
 * jobs that wait in vain or do other work differ by factors, not by shares of
 * their group's scatter.  Few are, on either side; but a history may have been
 * spoilt, which makes it slow.
 */
#define STRAY_DISTANCE 1.0
#define STRAY_FEW 0.02
static const struct stray {
	double share, chance;
} strays[] = {{STRAY_FEW, 0.8}, {0.15, 0.2}};
#define STRAYS (sizeof(strays) / sizeof(*strays))

/* A grid of scales around the middle of a side; few residuals leave more of them possible. */
#define STEP_SHARE 0.67 /* of 1 / sqrt(n), which is about how well a scale is known */
#define STEP_MIN 0.02
#define STEP_MAX 0.2
#define SPAN_BELOW (MODEL_SPREAD_SCALES / 2)

#define MIDDLE_TO_SIGMA 1.4826 /* of a normal distribution */

const struct spread_form spread_forms[MODEL_SPREAD_TAILS] = {
	{2, 0.70710678118654752, 3},
	{4, 0.75, 5},
	{10, 0.77821676793206, 11}, /* 2 gamma(5.5) / (sqrt(10 pi) gamma(5)) */
	{0, 0.79788456080286536, 0},
};

double spread_form_density(const struct spread_form *form, double t)
{
	double w, power;

	if (form->freedom == 0)
		return form->factor * exp(-0.5 * t * t);
	w = 1 / (1 + t * t / form->freedom);
	power = sqrt(w);
	for (int i = form->half_power / 2; i > 0; i--)
		power *= w;
	return form->factor * power;
}

double spread_stray_density(double distance)
{
	return exp(-distance / STRAY_DISTANCE) / STRAY_DISTANCE;
}

double spread_scale(double step, int32_t place)
{
	return exp(step * (double)place);
}

/* ---- long products of positive numbers, which would leave the range of a double */

/*
 * Vectors of the compiler's, which every processor has or is given: PAIR residuals
 * at each of SCALES scales.
 */
#define PAIR 2
#define SCALES 2
#define LANES (PAIR * SCALES)
typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef uint64_t words __attribute__((vector_size(8 * LANES)));

/* Scales in whole vectors; those beyond the last are not looked at. */
#define SCALES_PADDED ((MODEL_SPREAD_SCALES + SCALES - 1) / SCALES * SCALES)

#define ROUND 4   /* factors of a lane before its exponent is put aside */
#define BLOCK 128 /* residuals at a time, whose numbers stay in the cache */
#define ROWS (BLOCK / PAIR)
#define EXPONENT_SHIFT 52 /* of the bits of a double */
#define EXPONENT_BIAS UINT64_C(1023)
#define MANTISSA ((UINT64_C(1) << EXPONENT_SHIFT) - 1)

_Static_assert(ROWS % ROUND == 0, "a block is whole rounds");

struct product {
	lanes mantissa; /* from 1 to 2 */
	words exponent; /* with its bias, each time */
	uint64_t round_n;
};

static const struct product one = {{1, 1, 1, 1}, {0}, 0};

/* Whole rounds of factors, any four of which stay within a double. */
CLONED void multiply(struct product *product, const lanes *factor, size_t row_n)
{
	lanes mantissa = product->mantissa;
	words exponent = product->exponent;

	for (size_t row = 0; row < row_n; row += ROUND) {
		lanes whole = mantissa * ((factor[row] * factor[row + 1]) *
					  (factor[row + 2] * factor[row + 3]));

		exponent += (words)whole >> EXPONENT_SHIFT;
		mantissa = (lanes)(((words)whole & MANTISSA) | EXPONENT_BIAS << EXPONENT_SHIFT);
	}
	product->mantissa = mantissa;
	product->exponent = exponent;
	product->round_n += row_n / ROUND;
}

/* Of the product at one of the scales. */
static double log_of(const struct product *product, size_t scale)
{
	double mantissa = 1;
	int64_t exponent = 0;

	for (size_t j = scale * PAIR; j < (scale + 1) * PAIR; j++) {
		mantissa *= product->mantissa[j];
		exponent += (int64_t)(product->exponent[j] - EXPONENT_BIAS * product->round_n);
	}
	return log(mantissa) + M_LN2 * (double)exponent;
}

/* ---- one block of residuals, and one tail and some scales */

struct block {
	size_t n, row_n; /* residuals, and rows of pairs in whole rounds */
	lanes square[ROWS];
	lanes stray[STRAYS][ROWS]; /* densities times shares */
};

/* The factors of likelihoods: of[s] / of_all. */
struct cells {
	struct product of_all, of[STRAYS];
};

/* The same for all scales. */
CLONED void set(lanes *rows, size_t i, double number)
{
	for (size_t scale = 0; scale < SCALES; scale++)
		rows[i / PAIR][scale * PAIR + i % PAIR] = number;
}

CLONED void by_scale(const double *of, lanes *ret_lanes)
{
	for (size_t j = 0; j < LANES; j++)
		(*ret_lanes)[j] = of[j / PAIR];
}

CLONED void load(const double *distance, size_t n, struct block *ret_block)
{
	ret_block->n = n;
	ret_block->row_n = (n + PAIR * ROUND - 1) / (PAIR * ROUND) * ROUND;
	/* What fills the last round has to be a number. */
	for (size_t i = n; i < ret_block->row_n * PAIR; i++) {
		set(ret_block->square, i, 0);
		for (size_t s = 0; s < STRAYS; s++)
			set(ret_block->stray[s], i, 0);
	}
	for (size_t i = 0; i < n; i++) {
		double stray = spread_stray_density(distance[i]);

		set(ret_block->square, i, distance[i] * distance[i]);
		for (size_t s = 0; s < STRAYS; s++)
			set(ret_block->stray[s], i, strays[s].share * stray);
	}
}

/* Multiply by the factors of the block's residuals; what fills the last round is 1. */
CLONED void multiply_block(struct product *product, const struct block *block, lanes *factor)
{
	for (size_t i = block->n; i < block->row_n * PAIR; i++)
		set(factor, i, 1);
	multiply(product, factor, block->row_n);
}

/* exp(-x) for x from 0: 2^k exp(r), with the series of exp(r) for |r| up to log(2) / 2. */
CLONED void exp_minus(const lanes *x, size_t row_n, lanes *ret_exp)
{
	const double round = 0x1.8p52; /* with it, a number's last bits are its whole part */
	const double most = 700;       /* further out there is nothing but strays */
	const double log2_high = 0x1.62e42feep-1, log2_low = 0x1.a39ef35793c76p-33;
	static const double series[] = {1.0 / 479001600,
					1.0 / 39916800,
					1.0 / 3628800,
					1.0 / 362880,
					1.0 / 40320,
					1.0 / 5040,
					1.0 / 720,
					1.0 / 120,
					1.0 / 24,
					1.0 / 6,
					1.0 / 2,
					1,
					1};

	for (size_t row = 0; row < row_n; row++) {
		words is_near = (words)(x[row] < most);
		lanes value = -(lanes)(((words)x[row] & is_near) |
				       ((words)((lanes){0} + most) & ~is_near));
		lanes shifted = value * M_LOG2E + round, whole = shifted - round;
		lanes r = value - whole * log2_high - whole * log2_low;
		lanes sum = (lanes){0} + 1.0 / 6227020800;

		for (size_t i = 0; i < sizeof(series) / sizeof(*series); i++)
			sum = sum * r + series[i];
		ret_exp[row] = sum * (lanes)(((words)shifted + EXPONENT_BIAS) << EXPONENT_SHIFT);
	}
}

CLONED void normal_block(const struct block *block, double factor, const lanes *scale,
			 size_t stray_n, struct cells *cells)
{
	lanes normal[ROWS], mixed[ROWS];

	for (size_t row = 0; row < block->row_n; row++)
		mixed[row] = block->square[row] * (0.5 / (*scale * *scale));
	exp_minus(mixed, block->row_n, normal);
	for (size_t s = 0; s < stray_n; s++) {
		lanes share = (1 - strays[s].share) * factor / *scale;

		for (size_t row = 0; row < block->row_n; row++)
			mixed[row] = share * normal[row] + block->stray[s][row];
		multiply_block(&cells->of[s], block, mixed);
	}
}

/*
 * Of Student's t a density is share / u^(half_power / 2); times that power, all
 * densities and strays are sums of products, and the powers are multiplied apart.
 */
CLONED void student_block(const struct block *block, const struct spread_form *form,
			  const lanes *scale, size_t stray_n, struct cells *cells)
{
	lanes power[ROWS], mixed[ROWS];
	lanes per_square = 1 / (form->freedom * *scale * *scale);

	for (size_t row = 0; row < block->row_n; row++) {
		lanes u = 1 + block->square[row] * per_square, root;

		for (size_t j = 0; j < LANES; j++)
			root[j] = sqrt(u[j]);
		power[row] = root;
		for (int i = form->half_power / 2; i > 0; i--)
			power[row] *= u;
	}
	multiply(&cells->of_all, power, block->row_n);
	for (size_t s = 0; s < stray_n; s++) {
		lanes share = (1 - strays[s].share) * form->factor / *scale;

		for (size_t row = 0; row < block->row_n; row++)
			mixed[row] = share + block->stray[s][row] * power[row];
		multiply_block(&cells->of[s], block, mixed);
	}
}

/* ---- one side */

/* The distances on one side; half of those in the middle, as whole seconds often are, go to either.
 */
static size_t side_of(const double *residual, size_t n, double sign, double *ret_distance)
{
	size_t count = 0, zeros = 0;

	for (size_t i = 0; i < n; i++) {
		ret_distance[count] = sign * residual[i];
		count += sign * residual[i] > 0;
		zeros += residual[i] == 0;
	}
	for (zeros /= 2; zeros > 0; zeros--)
		ret_distance[count++] = 0;
	return count;
}

int32_t spread_likelihood_first(double step, double middle)
{
	/* A calm group's scale is not below the floor. */
	return (int32_t)fmax(lrint(log(fmax(middle, DBL_MIN)) / step) - SPAN_BELOW,
			     ceil(log(TAIL_SCALE_FLOOR) / step));
}

CLONES static void find_cells(const double *distance, size_t n, double step, int32_t first,
			      size_t stray_n,
			      double ret_logs[MODEL_SPREAD_TAILS][SCALES_PADDED][STRAYS])
{
	struct cells cells[MODEL_SPREAD_TAILS][SCALES_PADDED / SCALES];
	double scale[SCALES_PADDED];
	struct block block;

	for (size_t i = 0; i < SCALES_PADDED; i++) {
		scale[i] = spread_scale(step, first + (int32_t)i);
		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
			cells[tail][i / SCALES] = (struct cells){one, {one, one}};
	}
	for (size_t from = 0; from < n; from += BLOCK) {
		load(distance + from, n - from < BLOCK ? n - from : BLOCK, &block);
		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
			for (size_t i = 0; i < SCALES_PADDED; i += SCALES) {
				const struct spread_form *form = &spread_forms[tail];
				lanes scales;

				by_scale(&scale[i], &scales);
				if (form->freedom == 0)
					normal_block(&block, form->factor, &scales, stray_n,
						     &cells[tail][i / SCALES]);
				else
					student_block(&block, form, &scales, stray_n,
						      &cells[tail][i / SCALES]);
			}
	}
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
			for (size_t s = 0; s < stray_n; s++) {
				const struct cells *of = &cells[tail][i / SCALES];

				ret_logs[tail][i][s] = log_of(&of->of[s], i % SCALES) -
						       log_of(&of->of_all, i % SCALES);
			}
}

/* Sum over the first stray_n shares of strays; *ret_side gets their mean. */
static void side_find(const double *distance, size_t n, double step, size_t stray_n,
		      double *scratch, struct spread_side *ret_side)
{
	double logs[MODEL_SPREAD_TAILS][SCALES_PADDED][STRAYS], largest = -INFINITY;
	double sum = 0, share_sum = 0;

	ret_side->n = n;
	ret_side->first = 0;
	if (n > 0) {
		memcpy(scratch, distance, n * sizeof(*scratch));
		ret_side->first =
			spread_likelihood_first(step, MIDDLE_TO_SIGMA * stat_median(scratch, n));
	}
	find_cells(distance, n, step, ret_side->first, stray_n, logs);
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
			for (size_t s = 0; s < stray_n; s++)
				largest = fmax(largest, logs[tail][i][s]);
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
			ret_side->of[tail][i] = 0;
			for (size_t s = 0; s < stray_n; s++) {
				double likely = strays[s].chance * exp(logs[tail][i][s] - largest);

				ret_side->of[tail][i] += likely;
				sum += likely;
				share_sum += likely * strays[s].share;
			}
		}
	ret_side->stray = share_sum / sum;
}

void spread_likelihood_find(const double *residual, size_t n, double *scratch,
			    struct spread_likelihood *ret_likelihood)
{
	double step = fmin(fmax(STEP_SHARE / sqrt((double)n), STEP_MIN), STEP_MAX);
	size_t count;

	ret_likelihood->step = step;
	count = side_of(residual, n, 1, scratch);
	side_find(scratch, count, step, STRAYS, scratch + n, &ret_likelihood->high);
	count = side_of(residual, n, -1, scratch);
	side_find(scratch, count, step, 1, scratch + n, &ret_likelihood->low);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which attribute columns of a history may explain anything, as candidates: a
 * number as its logarithm, a category as its most frequent values.
 */
#include "attribute.h"

#include "util/stat.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>

#define NUMBER_LEVELS 8 /* a number with no more values may be a category in truth */
#define CHOOSE_MIN 12   /* steps from which attributes are looked at */

static void load_number(struct candidate *candidate, const struct model_column *column,
			const struct sample *used, double *log_value)
{
	double low = INFINITY, positive = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < used->n; i++) {
		double value = column->value[used->row[i]];

		if (!isfinite(value))
			continue;
		low = value < low ? value : low;
		high = value > high ? value : high;
		if (value > 0 && value < positive)
			positive = value;
	}
	candidate->kind = MODEL_NUMBER;
	candidate->log_value = log_value;
	if (!(low >= 0 && high > low && positive > 1e-100 && high < 1e100))
		return;
	candidate->floor = low > 0 ? low : positive / 2;
	candidate->min = candidate->floor;
	candidate->max = high;
	for (size_t i = 0; i < used->n; i++) {
		double value = column->value[used->row[i]];

		log_value[i] = isfinite(value) ? log(fmax(value, candidate->floor)) : NAN;
	}
}

struct level_count {
	double value;
	size_t count;
};

static int compare_counts(const void *a, const void *b)
{
	const struct level_count *one = a, *other = b;

	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	return (one->value > other->value) - (one->value < other->value);
}

/* The most frequent values; returns how many different ones there are, a missing one included. */
static size_t load_category(struct candidate *candidate, const struct model_column *column,
			    const struct sample *used, double *sorted, int *code)
{
	struct level_count *counts = xreallocarray(NULL, used->n + 1, sizeof(*counts));
	size_t n = 0, count_n = 0, missing = 0;

	candidate->kind = MODEL_CATEGORY;
	candidate->code = code;
	for (size_t i = 0; i < used->n; i++) {
		sorted[n] = column->value[used->row[i]];
		n += isfinite(sorted[n]);
	}
	missing = used->n - n;
	if (n > 0)
		stat_sort(sorted, n);
	for (size_t i = 0; i < n; i++) {
		if (count_n == 0 || counts[count_n - 1].value != sorted[i])
			counts[count_n++] = (struct level_count){.value = sorted[i]};
		counts[count_n - 1].count++;
	}
	qsort(counts, count_n, sizeof(*counts), compare_counts);
	for (size_t j = 0; j < count_n && j < MODEL_LEVELS_MAX && counts[j].count >= 2; j++)
		candidate->level[candidate->level_n++] = counts[j].value;
	candidate->has_missing = missing >= 2;
	for (size_t i = 0; i < used->n; i++) {
		double value = column->value[used->row[i]];

		code[i] = isfinite(value) ? CANDIDATE_OTHER : CANDIDATE_MISSING;
		for (uint32_t j = 0; j < candidate->level_n; j++)
			if (candidate->level[j] == value)
				code[i] = (int)j;
	}
	free(counts);
	return count_n + (missing > 0);
}

/* Most columns say the same of every step, or nothing. */
static bool is_constant(const struct model_column *column, const struct sample *used)
{
	double first = column->value[used->row[0]];

	for (size_t i = 1; i < used->n; i++) {
		double value = column->value[used->row[i]];

		if (value != first && (isfinite(value) || isfinite(first)))
			return false;
	}
	return true;
}

static void reserve(struct attributes *attributes, size_t n)
{
	if (n <= attributes->allocated)
		return;
	free(attributes->numbers);
	free(attributes->codes);
	attributes->numbers = xreallocarray(
		NULL, n * (MODEL_COLUMNS_MAX + 2 * MODEL_COVARIATES_MAX), sizeof(double));
	attributes->codes = xreallocarray(NULL, n * MODEL_COLUMNS_MAX, sizeof(int));
	attributes->allocated = n;
	for (size_t i = 0; i < MODEL_COVARIATES_MAX; i++)
		attributes->effect[i] = attributes->numbers + (MODEL_COLUMNS_MAX + i) * n;
	attributes->kept = attributes->numbers + (MODEL_COLUMNS_MAX + MODEL_COVARIATES_MAX) * n;
}

void attributes_load(struct attributes *attributes, const struct model_history *history,
		     const struct sample *used)
{
	size_t columns = history->column_n;

	attributes->candidate_n = attributes->chosen_n = 0;
	if (columns == 0 || used->n < CHOOSE_MIN)
		return;
	columns = columns < MODEL_COLUMNS_MAX ? columns : MODEL_COLUMNS_MAX;
	reserve(attributes, used->n);
	for (size_t j = 0; j < columns; j++) {
		const struct model_column *column = &history->columns[j];
		struct candidate number = {.id = column->id}, category = {.id = column->id};
		double *log_value = attributes->numbers + j * attributes->allocated;
		size_t levels;

		if (is_constant(column, used))
			continue;
		/* The sorted values are done with when the logarithms are taken. */
		levels = load_category(&category, column, used, log_value,
				       attributes->codes + j * attributes->allocated);
		if (levels < 2)
			continue;
		if (column->kind == MODEL_NUMBER) {
			load_number(&number, column, used, log_value);
			if (number.max > number.min)
				attributes->candidates[attributes->candidate_n++] = number;
			if (levels > NUMBER_LEVELS && number.max > number.min)
				continue;
		}
		if (levels <= used->n / 2)
			attributes->candidates[attributes->candidate_n++] = category;
	}
}

void attributes_release(struct attributes *attributes)
{
	free(attributes->numbers);
	free(attributes->codes);
}

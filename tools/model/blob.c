/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model as bytes: a magic, the format version, then every field in the order
 * of the table below as little-endian 64-bit numbers, so that the bytes do not
 * depend on a compiler's idea of a struct.
 */
#include "model.h"

#include "util/alloc.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x6c646f6d6f6aU /* "jomodl" */

/* One direction or the other over the same walk; the first bad value stops a reader. */
struct cursor {
	unsigned char *out;      /* writing, NULL: only counting */
	const unsigned char *in; /* reading */
	size_t at, size;
	bool is_reading, is_bad;
};

static void walk_bits(struct cursor *cursor, uint64_t *bits, size_t width)
{
	if (cursor->is_reading) {
		if (cursor->size - cursor->at < width) {
			cursor->is_bad = true;
			cursor->at = cursor->size;
			*bits = 0;
			return;
		}
		*bits = 0;
		for (size_t i = 0; i < width; i++)
			*bits |= (uint64_t)cursor->in[cursor->at + i] << (8 * i);
	} else if (cursor->out != NULL) {
		for (size_t i = 0; i < width; i++)
			cursor->out[cursor->at + i] = (unsigned char)(*bits >> (8 * i));
	}
	cursor->at += width;
}

static void walk_number(struct cursor *cursor, double *value, double low, double high)
{
	uint64_t bits;

	memcpy(&bits, value, sizeof(bits));
	walk_bits(cursor, &bits, 8);
	if (!cursor->is_reading)
		return;
	memcpy(value, &bits, sizeof(bits));
	/* Written so that NaN is refused too. */
	if (!(*value >= low && *value <= high))
		cursor->is_bad = true;
}

static void walk_count(struct cursor *cursor, uint32_t *count, uint32_t max)
{
	uint64_t bits = *count;

	walk_bits(cursor, &bits, 4);
	if (!cursor->is_reading)
		return;
	*count = (uint32_t)bits;
	if (*count > max) {
		*count = 0;
		cursor->is_bad = true;
	}
}

static void walk_float_array(struct cursor *cursor, float *values, uint32_t n, float low,
			     float high)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t word;
		uint64_t bits;

		memcpy(&word, &values[i], sizeof(word));
		bits = word;
		walk_bits(cursor, &bits, 4);
		word = (uint32_t)bits;
		if (!cursor->is_reading)
			continue;
		memcpy(&values[i], &word, sizeof(word));
		/* Written so that NaN is refused too. */
		if (!(values[i] >= low && values[i] <= high))
			cursor->is_bad = true;
	}
}

static void walk_spread(struct cursor *cursor, struct model_spread *spread)
{
	float *weights = &spread->weight[0][0];
	double first = spread->first;

	walk_number(cursor, &spread->step, 1e-3, 1);
	walk_number(cursor, &spread->stray, 0, 1);
	walk_number(cursor, &first, -1e6, 1e6);
	spread->first = (int32_t)first;
	walk_float_array(cursor, weights, MODEL_SPREAD_TAILS * MODEL_SPREAD_SCALES, 0, 1);
}

static void walk_covariate(struct cursor *cursor, struct model_covariate *covariate)
{
	uint32_t kind = covariate->kind;

	walk_bits(cursor, &covariate->id, 8);
	walk_count(cursor, &kind, MODEL_CATEGORY);
	covariate->kind = (enum model_kind)kind;
	walk_number(cursor, &covariate->slope, -100, 100);
	walk_number(cursor, &covariate->floor, 0, 1e300);
	walk_number(cursor, &covariate->centre, 0, 1e300);
	walk_number(cursor, &covariate->min, -1e300, 1e300);
	walk_number(cursor, &covariate->max, -1e300, 1e300);
	walk_number(cursor, &covariate->gain, 0, 1);
	walk_number(cursor, &covariate->missing_effect, -1e3, 1e3);
	walk_count(cursor, &covariate->level_n, MODEL_LEVELS_MAX);
	for (uint32_t i = 0; i < covariate->level_n; i++) {
		walk_number(cursor, &covariate->level[i], -1e16, 1e16);
		walk_number(cursor, &covariate->effect[i], -1e3, 1e3);
	}
}

static void walk_fit(struct cursor *cursor, struct model_fit *fit)
{
	uint32_t source = fit->source;
	const struct {
		double *value, low, high;
	} numbers[] = {
		{&fit->power, 0, 100},
		{&fit->offset, 1e-9, 1e30},
		{&fit->input_min, 0, 1e19},
		{&fit->input_max, 0, 1e19},
		{&fit->input_low, 0, 1e19},
		{&fit->level, -1e6, 1e6},
		{&fit->centre, -1e4, 1e4},
		{&fit->regime_log_ratio, -1e4, 1e4},
		{&fit->scale, 1e-9, 1e4},
		{&fit->tail_weight, 1e-3, 1e6},
		{&fit->shape, 0.1, 10},
		{&fit->low_scale, 1e-9, 1e4},
		{&fit->low_tail_weight, 1e-3, 1e6},
		{&fit->low_shape, 0.1, 10},
		{&fit->peer_high, -1e4, 1e4},
		{&fit->peer_high_next, -1e4, 1e4},
		{&fit->peer_low, -1e4, 1e4},
		{&fit->peer_low_next, -1e4, 1e4},
		{&fit->level_sd, 0, 1e4},
		{&fit->alike, 0, 1},
	};

	walk_count(cursor, &source, MODEL_POOLED);
	fit->source = (enum model_source)source;
	walk_count(cursor, &fit->n, UINT32_MAX);
	walk_count(cursor, &fit->own_n, UINT32_MAX);
	if (fit->source == MODEL_NOTHING)
		return;
	walk_count(cursor, &fit->lender_n, MODEL_LENDERS_MAX);
	walk_count(cursor, &fit->regime_start, UINT32_MAX);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		walk_number(cursor, numbers[i].value, numbers[i].low, numbers[i].high);
	walk_spread(cursor, &fit->high);
	walk_spread(cursor, &fit->low);
	walk_count(cursor, &fit->covariate_n, MODEL_COVARIATES_MAX);
	for (uint32_t i = 0; i < fit->covariate_n; i++)
		walk_covariate(cursor, &fit->covariates[i]);
	walk_count(cursor, &fit->knot_n, MODEL_KNOTS_MAX);
	for (uint32_t i = 0; i < fit->knot_n; i++) {
		walk_number(cursor, &fit->knot_log_input[i], -1e3, 1e3);
		walk_number(cursor, &fit->knot_log_stretch[i], -1e2, 1e2);
	}
}

static void walk_model(struct cursor *cursor, struct model *model)
{
	uint32_t metric = model->metric;

	walk_count(cursor, &metric, METRIC_COUNT - 1);
	model->metric = (enum metric)metric;
	model->sized.has_input = true;
	walk_fit(cursor, &model->sized);
	walk_fit(cursor, &model->unsized);
}

void model_write(const struct model *model, void **ret_blob, size_t *ret_size)
{
	struct cursor counting = {0}, writing = {0};
	struct model copy = *model; /* the walk takes pointers it could write through */
	uint64_t magic = MAGIC, version = MODEL_FORMAT_VERSION;

	walk_model(&counting, &copy);
	writing.out = xmalloc(counting.at + 8);
	walk_bits(&writing, &magic, 6);
	walk_bits(&writing, &version, 2);
	walk_model(&writing, &copy);
	*ret_blob = writing.out;
	*ret_size = writing.at;
}

int model_read(const void *blob, size_t size, struct model *ret_model, struct jo_err *err)
{
	struct cursor cursor = {.in = blob, .size = size, .is_reading = true};
	struct model model;
	uint64_t magic = 0, version = 0;

	walk_bits(&cursor, &magic, 6);
	walk_bits(&cursor, &version, 2);
	if (cursor.is_bad || magic != MAGIC)
		return jo_err_set(err, -EBADMSG, "stored model: not one (%zu bytes)", size);
	if (version != MODEL_FORMAT_VERSION)
		return jo_err_set(err, -EPROTO, "stored model: format %u, expected %u",
				  (unsigned)version, MODEL_FORMAT_VERSION);
	memset(&model, 0, sizeof(model));
	walk_model(&cursor, &model);
	if (cursor.is_bad || cursor.at != size) {
		model_release(&model);
		return jo_err_set(err, -EBADMSG, "stored model: damaged near byte %zu of %zu",
				  cursor.at, size);
	}
	*ret_model = model;
	return 0;
}

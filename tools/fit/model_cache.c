/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints of what is fitted, and models to and from the store's bytes. */
#include "model_cache.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/scramble.h"
#include "util/strbuf.h"

void model_cache_release(struct model_cache *cache)
{
	for (size_t m = 0; m < METRIC_COUNT; m++)
		free(cache->models[m].bytes);
}

/* ---- prints ---- */

/*
 * 64 bits do: each is compared with the one kept for the same group alone, not
 * with all others.
 */
static void add_word(uint64_t *print, uint64_t word)
{
	*print = scramble(*print ^ word);
}

static void add_number(uint64_t *print, double number)
{
	uint64_t word;

	memcpy(&word, &number, sizeof(word));
	add_word(print, word);
}

/*
 * Four streams at once, as each word waits for the one before it: a multiplication
 * and a rotation that lose nothing of a word, and at the end the whole mixing.
 */
#define STREAMS 4

static void add_numbers(uint64_t *print, const double *numbers, size_t n)
{
	uint64_t streams[STREAMS] = {1, 2, 3, 4};

	for (size_t i = 0; i < n; i++) {
		uint64_t word, x;

		memcpy(&word, &numbers[i], sizeof(word));
		x = (streams[i % STREAMS] ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		streams[i % STREAMS] = x << 31 | x >> 33;
	}
	for (size_t j = 0; j < STREAMS; j++)
		add_word(print, streams[j]);
}

static void add_prior(uint64_t *print, const struct model_prior *prior)
{
	add_number(print, prior->scale);
	add_number(print, prior->scale_weight);
	add_number(print, prior->shape);
	add_number(print, prior->shape_weight);
	for (size_t i = 0; i < MODEL_SPREAD_TAILS; i++)
		add_number(print, prior->tail[i]);
	add_number(print, prior->alike);
	add_word(print, prior->group_n);
}

static void add_params(uint64_t *print, const struct model_params *params)
{
	add_number(print, params->alpha);
	add_number(print, params->alpha_certain);
	add_number(print, params->margin_low);
	add_number(print, params->min_ratio);
	add_number(print, params->extrapolation);
	add_numbers(print, params->resolution, METRIC_COUNT);
	add_word(print, params->history_max);
	add_word(print, params->own_min);
	add_word(print, params->borrow_min);
	add_word(print, params->own_enough);
}

/* The rows from the given one on. */
static void add_history(uint64_t *print, const struct model_history *history, size_t from)
{
	size_t n = history->n - from;

	add_word(print, n);
	add_numbers(print, history->input_bytes + from, n);
	add_numbers(print, history->value + from, n);
	add_word(print, history->column_n);
	for (size_t i = from; i < history->n; i++)
		if (history->is_censored[i])
			add_word(print, i - from);
	add_word(print, n); /* no row: these are all that were cut short */
	for (size_t c = 0; c < history->column_n; c++) {
		add_word(print, history->columns[c].id);
		add_word(print, history->columns[c].kind);
		add_numbers(print, history->columns[c].value + from, n);
	}
}

/* Rows before the newest history_max count for nothing. */
uint64_t model_cache_print(const struct model_params *params, enum metric metric,
			   const struct model_history *own)
{
	uint64_t print = MODEL_FORMAT_VERSION;

	add_word(&print, metric);
	add_params(&print, params);
	add_history(&print, own, own->n > params->history_max ? own->n - params->history_max : 0);
	return print;
}

/* With the priors, and what is borrowed. */
static uint64_t whole_print(uint64_t print, const struct model_params *params,
			    const struct model_history *lenders, size_t lender_n)
{
	for (size_t m = 0; m < METRIC_COUNT; m++)
		add_prior(&print, &params->prior[m]);
	add_word(&print, lender_n);
	for (size_t i = 0; i < lender_n; i++)
		add_history(&print, &lenders[i], 0);
	return print;
}

void model_cache_fit(struct model_cache_slot *slot, const struct carryover_model *carryover,
		     const struct model_params *params, enum metric metric,
		     const struct model_history *own, const struct model_history *lenders,
		     size_t lender_n, struct model_workspace *workspace, struct model *ret_model)
{
	uint64_t of_rows = model_cache_print(params, metric, own);
	uint64_t print = whole_print(of_rows, params, lenders, lender_n);

	/* What cannot be read is fitted again: the store's bytes are nobody's only copy. */
	if (slot->size > 0 && slot->print == print &&
	    model_read(slot->bytes, slot->size, ret_model, NULL) == 0)
		return;
	if (carryover == NULL || !carryover->is_known || carryover->print != of_rows ||
	    lender_n > 0 ||
	    !model_refit(params, &carryover->model, carryover->rows_n, own, ret_model))
		model_fit(params, metric, own, lenders, lender_n, workspace, ret_model);
	free(slot->bytes);
	model_write(ret_model, &slot->bytes, &slot->size);
	slot->print = print;
	slot->is_new = true;
}

/* ---- in the store: the print, little end first, then the model's own bytes ---- */

#define WORD_SIZE 8 /* bytes of a uint64_t, on every machine */

static void put_word(struct strbuf *bytes, uint64_t word)
{
	char text[WORD_SIZE];

	for (size_t i = 0; i < WORD_SIZE; i++)
		text[i] = (char)(word >> (8 * i));
	strbuf_add(bytes, text, WORD_SIZE);
}

static uint64_t get_word(const unsigned char *bytes)
{
	uint64_t word = 0;

	for (size_t i = 0; i < WORD_SIZE; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

static void set_model(struct model_cache_slot *model, uint64_t print, const void *bytes,
		      size_t size)
{
	model->print = print;
	model->size = size;
	model->bytes = xmalloc(size + 1);
	memcpy(model->bytes, bytes, size);
}

int model_cache_load(struct store *store, int64_t group_id, struct model_cache *ret_cache,
		     struct jo_err *err)
{
	struct model_cache cache = {.models = {{0}}};

	for (size_t m = 0; m < METRIC_COUNT; m++) {
		struct store_model stored;
		int rc = store_model_get(store, group_id, (enum metric)m, &stored, err);

		if (rc < 0) {
			model_cache_release(&cache);
			return rc;
		}
		if (rc > 0 && stored.format_version == MODEL_FORMAT_VERSION &&
		    stored.size > WORD_SIZE)
			set_model(&cache.models[m], get_word(stored.data),
				  (const char *)stored.data + WORD_SIZE, stored.size - WORD_SIZE);
	}
	*ret_cache = cache;
	return 0;
}

int model_cache_store(struct store *store, const struct model_cache_origin *origin,
		      const struct model_cache *cache, struct jo_err *err)
{
	int rc = 0;

	for (size_t m = 0; m < METRIC_COUNT && rc == 0; m++) {
		const struct model_cache_slot *model = &cache->models[m];
		struct strbuf bytes;

		if (!model->is_new)
			continue;
		strbuf_init(&bytes);
		put_word(&bytes, model->print);
		strbuf_add(&bytes, model->bytes, model->size);
		rc = store_model_put(store,
				     &(struct store_model){
					     .group_id = origin->group->id,
					     .metric = (enum metric)m,
					     .format_version = MODEL_FORMAT_VERSION,
					     .change_count = origin->group->change_count,
					     .end_before_unix_us = origin->before_unix_us,
					     .obs_count = origin->obs_count,
					     .fitted_unix_us = origin->fitted_unix_us,
					     .data = bytes.text,
					     .size = bytes.len,
				     },
				     err);
		strbuf_release(&bytes);
	}
	return rc;
}

/* ---- several groups: for each its id, and for each metric print, size and bytes ---- */

/* The next model of [*at, end); false when it is cut short. */
static bool take_model(const unsigned char **at, const unsigned char *end,
		       struct model_cache_slot *model)
{
	uint64_t print, size;

	if (end - *at < 2 * WORD_SIZE)
		return false;
	print = get_word(*at);
	size = get_word(*at + WORD_SIZE);
	*at += 2 * WORD_SIZE;
	if ((uint64_t)(end - *at) < size)
		return false;
	set_model(model, print, *at, (size_t)size);
	*at += size;
	return true;
}

static bool take_entry(const unsigned char **at, const unsigned char *end,
		       struct model_cache_entry *entry)
{
	if (end - *at < WORD_SIZE)
		return false;
	*entry = (struct model_cache_entry){.group_id = (int64_t)get_word(*at)};
	*at += WORD_SIZE;
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		if (!take_model(at, end, &entry->cache.models[m])) {
			model_cache_release(&entry->cache);
			return false;
		}
	}
	return true;
}

int model_cache_list_load(struct store *store, const char *name,
			  struct model_cache_entry **ret_list, size_t *ret_count,
			  struct jo_err *err)
{
	struct model_cache_entry *list = NULL, entry;
	const unsigned char *at, *end;
	size_t count = 0, capacity = 0, size;
	int64_t version;
	const void *data;
	int rc = store_blob_get(store, name, &version, &data, &size, err);

	if (rc < 0)
		return rc;
	if (rc > 0 && version == MODEL_FORMAT_VERSION) {
		at = data;
		end = at + size;
		while (take_entry(&at, end, &entry)) {
			list = xgrow(list, count, &capacity, sizeof(list[0]));
			list[count++] = entry;
		}
	}
	*ret_list = list;
	*ret_count = count;
	return 0;
}

int model_cache_list_store(struct store *store, const char *name,
			   const struct model_cache_entry *list, size_t count, struct jo_err *err)
{
	struct strbuf bytes;
	int rc;

	strbuf_init(&bytes);
	for (size_t i = 0; i < count; i++) {
		put_word(&bytes, (uint64_t)list[i].group_id);
		for (size_t m = 0; m < METRIC_COUNT; m++) {
			put_word(&bytes, list[i].cache.models[m].print);
			put_word(&bytes, list[i].cache.models[m].size);
			strbuf_add(&bytes, list[i].cache.models[m].bytes,
				   list[i].cache.models[m].size);
		}
	}
	rc = store_blob_put(store, name, MODEL_FORMAT_VERSION, bytes.text, bytes.len, err);
	strbuf_release(&bytes);
	return rc;
}

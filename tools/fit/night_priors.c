/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One blob for all nights: of each its time, a print of the parameters, and the priors' numbers. */
#include "night_priors.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model_cache.h"
#include "util/alloc.h"

#define KEPT_NAME "night-priors"

/* A report of two months; 18 KB. */
#define NIGHTS_MAX 64

/* A prior's numbers, and how many groups it was learnt from. */
#define PRIOR_WORDS (sizeof(struct model_prior) / sizeof(uint64_t))

/* As it is stored, each word little end first. */
struct kept {
	uint64_t before_unix_us, print;
	uint64_t priors[METRIC_COUNT][PRIOR_WORDS];
};

/* Of all that is learnt with, but for the histories. */
static uint64_t print_of(const struct model_params *params)
{
	const double none[1] = {0};

	return model_cache_print(params, METRIC_WALL,
				 &(struct model_history){.input_bytes = none, .value = none});
}

static uint64_t word_of(double number)
{
	uint64_t word;

	memcpy(&word, &number, sizeof(word));
	return htole64(word);
}

static double number_of(uint64_t word)
{
	double number;

	word = le64toh(word);
	memcpy(&number, &word, sizeof(number));
	return number;
}

static void write_prior(const struct model_prior *prior, uint64_t words[PRIOR_WORDS])
{
	size_t n = 0;

	words[n++] = word_of(prior->scale);
	words[n++] = word_of(prior->scale_weight);
	words[n++] = word_of(prior->shape);
	words[n++] = word_of(prior->shape_weight);
	for (size_t i = 0; i < MODEL_SPREAD_TAILS; i++)
		words[n++] = word_of(prior->tail[i]);
	words[n++] = word_of(prior->alike);
	words[n++] = word_of(prior->group_n);
	_Static_assert(4 + MODEL_SPREAD_TAILS + 2 == PRIOR_WORDS, "all numbers of a prior");
}

/* False where one of them is no number. */
static bool read_prior(const uint64_t words[PRIOR_WORDS], struct model_prior *ret_prior)
{
	size_t n = 0;

	for (size_t i = 0; i < PRIOR_WORDS; i++)
		if (!isfinite(number_of(words[i])))
			return false;
	ret_prior->scale = number_of(words[n++]);
	ret_prior->scale_weight = number_of(words[n++]);
	ret_prior->shape = number_of(words[n++]);
	ret_prior->shape_weight = number_of(words[n++]);
	for (size_t i = 0; i < MODEL_SPREAD_TAILS; i++)
		ret_prior->tail[i] = number_of(words[n++]);
	ret_prior->alike = number_of(words[n++]);
	ret_prior->group_n = (uint32_t)fmin(fmax(number_of(words[n]), 0), UINT32_MAX);
	return true;
}

/* What is kept, with room for one more; the caller frees it.  What is of another format is none. */
static int load(struct store *store, struct kept **ret_list, size_t *ret_count, struct jo_err *err)
{
	size_t size, count = 0;
	int64_t version;
	const void *data;
	int rc = store_blob_get(store, KEPT_NAME, &version, &data, &size, err);

	if (rc < 0)
		return rc;
	if (rc > 0 && version == MODEL_FORMAT_VERSION)
		count = size / sizeof(struct kept);
	if (count > NIGHTS_MAX)
		count = NIGHTS_MAX;
	*ret_list = xreallocarray(NULL, count + 1, sizeof(**ret_list));
	if (count > 0)
		memcpy(*ret_list, data, count * sizeof(**ret_list));
	*ret_count = count;
	return 0;
}

static size_t find(const struct kept *list, size_t count, const struct kept *key)
{
	size_t i = 0;

	while (i < count &&
	       (list[i].before_unix_us != key->before_unix_us || list[i].print != key->print))
		i++;
	return i;
}

static size_t oldest(const struct kept *list, size_t count)
{
	size_t at = 0;

	for (size_t i = 1; i < count; i++)
		if ((int64_t)le64toh(list[i].before_unix_us) <
		    (int64_t)le64toh(list[at].before_unix_us))
			at = i;
	return at;
}

static struct kept key_of(int64_t before_unix_us, const struct model_params *params)
{
	return (struct kept){.before_unix_us = htole64((uint64_t)before_unix_us),
			     .print = htole64(print_of(params))};
}

int night_priors_get(struct store *store, int64_t before_unix_us, struct model_params *params,
		     struct jo_err *err)
{
	const struct kept key = key_of(before_unix_us, params);
	struct model_prior priors[METRIC_COUNT];
	struct kept *list;
	size_t count, at;
	bool is_read;
	int rc = load(store, &list, &count, err);

	if (rc < 0)
		return rc;
	at = find(list, count, &key);
	is_read = at < count;
	for (size_t m = 0; m < METRIC_COUNT && is_read; m++)
		is_read = read_prior(list[at].priors[m], &priors[m]);
	free(list);
	if (!is_read)
		return 0;
	memcpy(params->prior, priors, sizeof(priors));
	return 1;
}

int night_priors_put(struct store *store, int64_t before_unix_us, const struct model_params *params,
		     struct jo_err *err)
{
	struct kept added = key_of(before_unix_us, params);
	struct kept *list;
	size_t count, at;
	int rc = load(store, &list, &count, err);

	if (rc < 0)
		return rc;
	for (size_t m = 0; m < METRIC_COUNT; m++)
		write_prior(&params->prior[m], added.priors[m]);
	at = find(list, count, &added);
	if (at == count)
		count++;
	list[at] = added;
	if (count > NIGHTS_MAX) {
		list[oldest(list, count)] = list[count - 1];
		count--;
	}
	rc = store_blob_put(store, KEPT_NAME, MODEL_FORMAT_VERSION, list, count * sizeof(*list),
			    err);
	free(list);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words to numbers: the model knows attributes by id and value alone. */
#include "attributes.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/arena.h"
#include "joboutliers/hash.h"

#define CATEGORY_BITS 52 /* whole numbers below 2^53 are exact in a double */

/* Different keys looked at in one history; users with more than this declare noise. */
#define CANDIDATES_MAX 64

/* What every step has, beside what its user declared. */
static const struct {
	const char *name;
	enum model_kind kind;
	size_t offset;
} own_columns[] = {
	{"cpus", MODEL_NUMBER, offsetof(struct fit_row, obs.cpu_count)},
	{"tasks", MODEL_NUMBER, offsetof(struct fit_row, obs.task_count)},
	{"nodes", MODEL_NUMBER, offsetof(struct fit_row, obs.node_count)},
	{"node_model", MODEL_CATEGORY, offsetof(struct fit_row, node_model)},
	{"user", MODEL_CATEGORY, offsetof(struct fit_row, user)},
};
#define PREFIX_SIZE (sizeof("attr.") - 1) /* before a declared key, in its name */
#define OWN_COLUMNS (sizeof(own_columns) / sizeof(own_columns[0]))

double fit_attributes_category(const char *word)
{
	return word[0] == '\0' ? NAN : (double)(jo_hash_text64(word) >> (64 - CATEGORY_BITS));
}

static uint64_t column_id(const char *name, enum model_kind kind)
{
	return jo_hash_text64(name) << 1 | (kind == MODEL_CATEGORY);
}

static double number_of_word(const char *word)
{
	char *end;
	double value = strtod(word, &end);

	return end != word && *end == '\0' && isfinite(value) ? value : NAN;
}

static double own_value(const struct fit_row *row, size_t i)
{
	const char *at = (const char *)row + own_columns[i].offset;
	int64_t count;

	if (own_columns[i].kind == MODEL_CATEGORY) {
		double category;

		memcpy(&category, at, sizeof(category));
		return category;
	}
	memcpy(&count, at, sizeof(count));
	return count == JO_MISSING ? NAN : (double)count;
}

/* Attributes were checked when they were recorded; what is no list all the same counts as none. */
void fit_attributes_read(struct fit_row *row, struct arena_block **texts)
{
	struct fit_word *words;
	struct jo_attrs attrs;

	row->words = NULL;
	row->word_n = 0;
	if (row->obs.attrs == NULL || row->obs.attrs[0] == '\0' ||
	    jo_attrs_parse(row->obs.attrs, &attrs, NULL) < 0)
		return;
	words = (void *)arena_alloc(texts, attrs.count * sizeof(*words));
	for (size_t i = 0; i < attrs.count; i++)
		words[i] = (struct fit_word){
			.key = arena_strdup(texts, attrs.list[i].key),
			.number = number_of_word(attrs.list[i].value),
			.category = fit_attributes_category(attrs.list[i].value),
		};
	row->words = words;
	row->word_n = attrs.count;
}

struct candidate {
	const char *key;
	size_t count;
	bool is_number;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void count_word(struct candidate *candidates, size_t *count, const struct fit_word *word)
{
	size_t i = 0;

	while (i < *count && strcmp(candidates[i].key, word->key) != 0)
		i++;
	if (i == CANDIDATES_MAX)
		return;
	if (i == *count)
		candidates[(*count)++] = (struct candidate){.key = word->key, .is_number = true};
	candidates[i].count++;
	if (isnan(word->number))
		candidates[i].is_number = false;
}

static void add_column(struct fit_attributes *columns, enum model_kind kind, const char *prefix,
		       const char *name)
{
	struct fit_attribute *column = &columns->list[columns->count++];

	column->kind = kind;
	(void)snprintf(column->name, sizeof(column->name), "%s%.*s", prefix, JO_ATTR_KEY_SIZE - 1,
		       name);
	column->id = column_id(column->name, kind);
}

void fit_attributes_choose(const struct fit_part *parts, size_t part_count,
			   struct fit_attributes *ret_columns)
{
	struct candidate candidates[CANDIDATES_MAX];
	size_t own_count[OWN_COLUMNS] = {0};
	size_t candidate_n = 0;

	for (size_t p = 0; p < part_count; p++) {
		for (size_t i = 0; i < parts[p].count; i++) {
			const struct fit_row *row = &parts[p].rows[i];

			for (size_t c = 0; c < OWN_COLUMNS; c++)
				own_count[c] += !isnan(own_value(row, c));
			for (size_t w = 0; w < row->word_n; w++)
				count_word(candidates, &candidate_n, &row->words[w]);
		}
	}
	qsort(candidates, candidate_n, sizeof(candidates[0]), compare_candidates);
	ret_columns->count = 0;
	for (size_t c = 0; c < OWN_COLUMNS; c++) {
		if (own_count[c] == 0)
			continue;
		ret_columns->list[ret_columns->count].own = c;
		add_column(ret_columns, own_columns[c].kind, "", own_columns[c].name);
	}
	ret_columns->own_count = ret_columns->count;
	for (size_t i = 0; i < candidate_n && ret_columns->count < MODEL_COLUMNS_MAX; i++)
		add_column(ret_columns, candidates[i].is_number ? MODEL_NUMBER : MODEL_CATEGORY,
			   "attr.", candidates[i].key);
}

void fit_attributes_values(const struct fit_attributes *columns, const struct fit_row *row,
			   double *values)
{
	for (size_t c = 0; c < columns->own_count; c++)
		values[c] = own_value(row, columns->list[c].own);
	for (size_t c = columns->own_count; c < columns->count; c++) {
		const struct fit_attribute *column = &columns->list[c];

		values[c] = NAN;
		for (size_t w = 0; w < row->word_n; w++) {
			const struct fit_word *word = &row->words[w];

			if (strcmp(word->key, column->name + PREFIX_SIZE) == 0)
				values[c] = column->kind == MODEL_NUMBER ? word->number
									 : word->category;
		}
	}
}

size_t fit_attributes_of(const struct fit_row *row,
			 struct model_attribute attributes[FIT_ATTRIBUTES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < OWN_COLUMNS; i++)
		attributes[count++] = (struct model_attribute){
			.id = column_id(own_columns[i].name, own_columns[i].kind),
			.value = own_value(row, i),
		};
	for (size_t w = 0; w < row->word_n; w++) {
		const struct fit_word *word = &row->words[w];
		char name[FIT_ATTRIBUTE_NAME_SIZE];

		(void)snprintf(name, sizeof(name), "attr.%s", word->key);
		attributes[count++] = (struct model_attribute){
			.id = column_id(name, MODEL_NUMBER),
			.value = word->number,
		};
		attributes[count++] = (struct model_attribute){
			.id = column_id(name, MODEL_CATEGORY),
			.value = word->category,
		};
	}
	return count;
}

const struct fit_attribute *fit_attributes_find(const struct fit_attributes *columns, uint64_t id)
{
	for (size_t c = 0; c < columns->count; c++)
		if (columns->list[c].id == id)
			return &columns->list[c];
	return NULL;
}

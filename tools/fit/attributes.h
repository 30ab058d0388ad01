/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes of steps as columns of numbers for the model: what users declared
 * (attr.KEY), and what Slurm and the plugin know of a step before it runs.
 *
 * A column is numeric when every value it has is a number, else categorical; a
 * category's number is a hash of its word.  The kind is part of the column's
 * id, so that a stored model never reads a word as a number.
 */
#ifndef FIT_ATTRIBUTES_H
#define FIT_ATTRIBUTES_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/attr.h"
#include "model/model.h"
#include "store/store.h"

/* What a user declared of a step, in either kind. */
struct fit_word {
	const char *key;
	double number; /* NaN: it is none */
	double category;
};

/* One step as judge/ keeps it. */
struct fit_row {
	struct store_obs obs;
	const struct fit_word *words; /* as fit_attributes_read leaves them */
	size_t word_n;
	double node_model; /* as a category; NaN: not known */
	double user;       /* as a category, where a group has several; NaN: not known */
	/* Of steps to judge alone; JO_MISSING in a history. */
	int64_t read_bytes, write_bytes;
};

#define FIT_ATTRIBUTE_NAME_SIZE (JO_ATTR_KEY_SIZE + 5) /* "attr." before the key */

struct fit_attribute {
	uint64_t id;
	enum model_kind kind;
	size_t own; /* which of what every step has; for the columns of these */
	char name[FIT_ATTRIBUTE_NAME_SIZE]; /* as users know it: "attr.db", "cpus" */
};

/* The columns of one group's history, those with most values first; at most MODEL_COLUMNS_MAX. */
struct fit_attributes {
	struct fit_attribute
		list[MODEL_COLUMNS_MAX]; /* what every step has, then what was declared */
	size_t own_count, count;
};

struct arena_block;

/*
 * Read the attributes of row->obs into row->words, which are good as long as texts:
 * each is asked for several times.
 */
void fit_attributes_read(struct fit_row *row, struct arena_block **texts);

/* The number that stands for a word; NaN for "". */
double fit_attributes_category(const char *word);

/* The steps of one source of a history: own ones, those of a night, or a lender's. */
struct fit_part {
	const struct fit_row *rows;
	size_t count;
};

/* Choose the columns of several parts together, so that they agree on kinds. */
void fit_attributes_choose(const struct fit_part *parts, size_t part_count,
			   struct fit_attributes *ret_columns);

/* Put the row's value of columns->list[c] into values[c], NaN where it has none. */
void fit_attributes_values(const struct fit_attributes *columns, const struct fit_row *row,
			   double *values);

/* Room for every attribute of a step, in both kinds. */
#define FIT_ATTRIBUTES_MAX (2 * (JO_ATTR_MAX + 8))

/* Everything known of one step, each as number and as category; returns how many. */
size_t fit_attributes_of(const struct fit_row *row,
			 struct model_attribute attributes[FIT_ATTRIBUTES_MAX]);

/* The column with this id, or NULL. */
const struct fit_attribute *fit_attributes_find(const struct fit_attributes *columns, uint64_t id);

#endif

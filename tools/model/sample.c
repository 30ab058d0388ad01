/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows of a history a fit uses. */
#include "sample.h"

#include "attribute.h"
#include "stretch.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>

#define INPUT_MAX 9223372036854775808.0 /* 2^63: more is no size of anything */
#define VALUE_MIN 1e-9                  /* nor is less than a nanosecond a time, */
#define VALUE_MAX 1e21                  /* or more than a zettabyte a memory */

struct model_workspace *model_workspace_new(void)
{
	struct model_workspace *workspace = xcalloc(1, sizeof(*workspace));

	workspace->level = level_work_new();
	workspace->attributes = xcalloc(1, sizeof(*workspace->attributes));
	workspace->sizes = stretch_sizes_new();
	return workspace;
}

void model_workspace_free(struct model_workspace *workspace)
{
	if (workspace == NULL)
		return;
	level_work_free(workspace->level);
	attributes_release(workspace->attributes);
	free(workspace->attributes);
	stretch_sizes_free(workspace->sizes);
	free(workspace->block);
	free(workspace->index_block);
	free(workspace->flag_block);
	free(workspace);
}

static void sample_place(struct sample *sample, double *numbers, size_t *indices, bool *flags,
			 size_t n)
{
	*sample = (struct sample){.input = numbers,
				  .log_value = numbers + n,
				  .row = indices,
				  .group = indices + n,
				  .is_censored = flags};
}

void workspace_reserve(struct model_workspace *workspace, size_t n)
{
	if (n <= workspace->allocated) {
		workspace->all.n = workspace->used.n = 0;
		return;
	}
	free(workspace->block);
	free(workspace->index_block);
	free(workspace->flag_block);
	workspace->block = xreallocarray(NULL, n * 15, sizeof(double));
	workspace->index_block = xreallocarray(NULL, n * 4, sizeof(size_t));
	workspace->flag_block = xreallocarray(NULL, n * 2, sizeof(bool));
	workspace->allocated = n;
	sample_place(&workspace->all, workspace->block, workspace->index_block,
		     workspace->flag_block, n);
	sample_place(&workspace->used, workspace->block + 2 * n, workspace->index_block + 2 * n,
		     workspace->flag_block + n, n);
	workspace->residual = workspace->block + 4 * n;
	workspace->adjusted = workspace->block + 5 * n;
	workspace->shift = workspace->block + 6 * n;
	workspace->rest = workspace->block + 7 * n;
	workspace->scratch = workspace->block + 8 * n;
	workspace->attribute_scratch = workspace->block + 10 * n;
}

bool sample_is_value(double value)
{
	return value >= VALUE_MIN && value <= VALUE_MAX;
}

bool sample_is_input(double input)
{
	return input >= 0 && input <= INPUT_MAX;
}

static double input_of(const struct model_history *history, size_t row)
{
	return history->input_bytes != NULL ? history->input_bytes[row] : NAN;
}

static bool is_usable(const struct model_history *history, size_t row, bool has_input)
{
	return sample_is_value(history->value[row]) &&
	       sample_is_input(input_of(history, row)) == has_input;
}

/* The first row of the newest max usable ones. */
static size_t find_newest(const struct model_history *history, bool has_input, size_t max,
			  size_t *ret_count)
{
	size_t from = history->n, count = 0;

	while (from > 0 && count < max)
		count += is_usable(history, --from, has_input);
	*ret_count = count;
	return from;
}

size_t sample_count(const struct model_history *history, bool has_input, size_t max)
{
	size_t count;

	(void)find_newest(history, has_input, max, &count);
	return count;
}

size_t sample_take(struct sample *sample, const struct model_history *history, bool has_input,
		   size_t max, size_t group)
{
	size_t count, from = find_newest(history, has_input, max, &count);

	for (size_t i = from; i < history->n; i++) {
		if (!is_usable(history, i, has_input))
			continue;
		sample->input[sample->n] = has_input ? input_of(history, i) : 0;
		sample->log_value[sample->n] = log(history->value[i]);
		sample->row[sample->n] = i;
		sample->group[sample->n] = group;
		sample->is_censored[sample->n] =
			history->is_censored != NULL && history->is_censored[i];
		sample->n++;
	}
	return count;
}

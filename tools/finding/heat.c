/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds a value's cell. */
#include "finding/heat.h"

#include <math.h>
#include <stdlib.h>

#include "util/alloc.h"

void heat_init(struct heat *heat, double from_unix_s, double to_unix_s, double low, double high,
	       unsigned columns, unsigned rows)
{
	*heat = (struct heat){from_unix_s, to_unix_s, low, high, columns, rows, NULL};
}

void heat_add(struct heat *heat, double unix_s, double value)
{
	double across = (unix_s - heat->from_unix_s) / (heat->to_unix_s - heat->from_unix_s);
	double up = log(value / heat->low) / log(heat->high / heat->low);
	unsigned column, row;

	if (!isfinite(value) || value <= 0 || !(across >= 0 && across <= 1))
		return;
	if (heat->counts == NULL)
		heat->counts = xcalloc((size_t)heat->columns * heat->rows, sizeof(*heat->counts));
	column = (unsigned)fmin(across * heat->columns, heat->columns - 1);
	row = (unsigned)fmin(fmax(up, 0) * heat->rows, heat->rows - 1);
	heat->counts[row * heat->columns + column]++;
}

size_t heat_used(const struct heat *heat)
{
	size_t used = 0;

	for (size_t i = 0; heat->counts != NULL && i < (size_t)heat->columns * heat->rows; i++)
		used += heat->counts[i] > 0;
	return used;
}

void heat_release(struct heat *heat)
{
	free(heat->counts);
	heat->counts = NULL;
}

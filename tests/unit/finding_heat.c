/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heatmaps: each value is in its cell, what is no value in none. */
#include "finding/heat.h"
#include "tap.h"

#include <math.h>

#define FROM 1790000000.0

/* Four hours by four doublings, from 1/4 to 4. */
static const struct {
	double hour, value;
	int cell; /* -1: none */
	const char *name;
} rows[] = {
	{NAN, 1, -1, "no time"},
	{-0.01, 1, -1, "a time before"},
	{4.01, 1, -1, "a time behind"},
	{1, NAN, -1, "no value"},
	{1, INFINITY, -1, "an endless value"},
	{1, 0, -1, "a value without a logarithm"},
	{1, -2, -1, "a negative one"},
	{0, 0.25, 0, "the lowest corner"},
	{0, 0.3, 0, "inside of it"},
	{1, 0.5, 5, "a cell begins at its lower ends"},
	{3.5, 1.5, 11, "the last hour"},
	{2.5, 3.9, 14, "the highest row"},
	{2.5, 1e6, 14, "what lies beyond is in it, too"},
	{2.5, 1e-6, 2, "and below in the lowest"},
	{4, 4, 15, "the very ends are inside"},
};

int main(void)
{
	struct heat heat;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int cell = -1;

		heat_init(&heat, FROM, FROM + 4 * 3600, 0.25, 4, 4, 4);
		is_int((long long)heat_used(&heat), 0, "nothing is counted yet");
		heat_add(&heat, FROM + rows[i].hour * 3600, rows[i].value);
		for (int c = 0; heat.counts != NULL && c < 16; c++)
			if (heat.counts[c] > 0)
				cell = c;
		is_int(cell, rows[i].cell, "%s", rows[i].name);
		heat_release(&heat);
	}

	heat_init(&heat, FROM, FROM + 4 * 3600, 0.25, 4, 4, 4);
	for (int i = 0; i < 3; i++)
		heat_add(&heat, FROM, 1);
	heat_add(&heat, FROM, 2);
	is_int((long long)heat_used(&heat), 2, "cells are counted once");
	is_int(heat.counts[8], 3, "and values each");
	heat_release(&heat);
	return tap_done();
}

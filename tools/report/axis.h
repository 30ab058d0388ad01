/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the marks of an axis stand, so that a person reads "4 GiB" and not "4.295e+09". */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include <stdbool.h>

#include "util/strbuf.h"

/* What an axis counts, and so where its marks stand and how they are written. */
enum plot_unit {
	PLOT_NUMBER,
	PLOT_SECONDS, /* "10 min" */
	PLOT_BYTES,   /* "4 GiB" */
	PLOT_TIME,    /* Unix time in seconds, shown as local dates */
};

struct plot_axis {
	const char *label;
	enum plot_unit unit;
	bool is_log; /* values that are not positive are then left out */
};

/*
 * Append gnuplot commands for the axis ("x" or "y") that shows low..high,
 * 0 < low for a log axis: its label, range and marks.
 */
void axis_describe(struct strbuf *script, const char *name, const struct plot_axis *axis,
		   double low, double high);

/* Append text as gnuplot's string: nothing in it is a command or a control character. */
void axis_quote(struct strbuf *script, const char *text);

#endif

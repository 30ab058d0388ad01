/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture of numbers: one description, drawn by gnuplot for a terminal, as
 * SVG or as PNG.  What the numbers mean is the caller's.
 */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "joboutliers/err.h"
#include "report/axis.h"

enum plot_format { PLOT_TERMINAL, PLOT_SVG, PLOT_PNG };

enum plot_mark {
	PLOT_DOTS,    /* what is normal */
	PLOT_CROSSES, /* what is not */
	PLOT_RING,    /* the one that the picture is about */
	PLOT_CURVE,   /* what is expected */
	PLOT_BAND,    /* from y to y_high: what would be normal */
	PLOT_CELLS,   /* a heatmap: y_high things around x and y, as colour */
	PLOT_DATES,   /* an upright line at each x, for something that changed then */
};

/* Rows with a NaN are left out.  y is not read of PLOT_DATES, y_high of PLOT_BAND and PLOT_CELLS
 * alone. */
struct plot_series {
	enum plot_mark mark;
	const char *title; /* in the key; NULL or "" for none */
	size_t n;
	const double *x, *y, *y_high;
};

/* Texts may be foreign: they are shown as they are, and cannot command gnuplot. */
struct plot {
	const char *title;
	struct plot_axis x, y;
	const struct plot_series *series; /* drawn in this order */
	size_t series_n;
	double cell_width, cell_factor; /* of PLOT_CELLS: its x, and its highest y over its lowest */
	unsigned width, height; /* in pixels, or in characters for the terminal; 0: a good size */
};

/*
 * Draw it with the gnuplot program (a path, or a name to be found in PATH).
 * *ret_picture is the caller's to free.
 *
 * Returns 0; -ENOENT when there is no gnuplot; -ENODATA when no series has a
 * point to show; -EIO or -ETIMEDOUT when gnuplot failed.
 */
int plot_draw(const struct plot *plot, enum plot_format format, const char *gnuplot,
	      char **ret_picture, size_t *ret_size, struct jo_err *err);

#endif

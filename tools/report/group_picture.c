/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts the parts of a picture into the series of a plot. */
#include "report/group_picture.h"

#include <math.h>
#include <stdlib.h>

#include "util/alloc.h"

static const enum plot_mark part_marks[PICTURE_PARTS] = {
	[PICTURE_CELLS] = PLOT_CELLS,      [PICTURE_BAND] = PLOT_BAND,
	[PICTURE_CURVE] = PLOT_CURVE,      [PICTURE_NORMAL] = PLOT_DOTS,
	[PICTURE_OUTLIERS] = PLOT_CROSSES, [PICTURE_SUBJECT] = PLOT_RING,
	[PICTURE_CHANGES] = PLOT_DATES,
};

static const struct plot_axis x_axes[] = {
	[PICTURE_BY_SIZE] = {"input size", PLOT_BYTES, true},
	[PICTURE_OVER_TIME] = {"ended", PLOT_TIME, false},
};

static const enum plot_unit kind_units[] = {
	[METRIC_OF_TIME] = PLOT_SECONDS,
	[METRIC_OF_BYTES] = PLOT_BYTES,
};

const char *picture_x_label(enum picture_kind kind)
{
	return x_axes[kind].label;
}

void picture_points_add(struct picture_points *points, enum picture_kind kind, double input_bytes,
			double end_unix_s, double y)
{
	if (points->count == points->capacity) {
		points->capacity = grown_capacity(points->capacity);
		points->x = xreallocarray(points->x, points->capacity, sizeof(*points->x));
		points->y = xreallocarray(points->y, points->capacity, sizeof(*points->y));
	}
	points->x[points->count] = kind == PICTURE_BY_SIZE ? input_bytes : end_unix_s;
	points->y[points->count++] = y;
}

void picture_points_release(struct picture_points *points)
{
	free(points->x);
	free(points->y);
	*points = (struct picture_points){0};
}

/* The series, and what those lie in that the caller does not have as columns. */
struct fit_attributes {
	struct plot_series series[PICTURE_PARTS];
	double *numbers, *room; /* room: what is left of the numbers */
};

static double *take(struct fit_attributes *columns, size_t count)
{
	double *column = columns->room;

	columns->room += count;
	return column;
}

static void add_band(struct fit_attributes *columns, const struct group_band *band)
{
	size_t n = band->count;
	double *x = take(columns, n), *expected = take(columns, n);
	double *low = take(columns, n), *high = take(columns, n);

	for (size_t i = 0; i < n; i++) {
		x[i] = band->list[i].x;
		expected[i] = band->list[i].expected;
		/* down to nothing is still a band; a log axis has no 0 */
		low[i] = fmax(band->list[i].low, band->list[i].expected / 100);
		high[i] = band->list[i].high;
	}
	columns->series[PICTURE_BAND] =
		(struct plot_series){.n = n, .x = x, .y = low, .y_high = high};
	columns->series[PICTURE_CURVE] = (struct plot_series){.n = n, .x = x, .y = expected};
}

/* The cells that counted anything. */
static void add_heat(struct fit_attributes *columns, const struct heat *heat, double *ret_width,
		     double *ret_factor)
{
	size_t n = 0, used = heat_used(heat);
	double *x = take(columns, used), *y = take(columns, used), *count = take(columns, used);
	double width = (heat->to_unix_s - heat->from_unix_s) / heat->columns;
	double factor = pow(heat->high / heat->low, 1.0 / heat->rows);

	for (size_t i = 0; n < used; i++) {
		if (heat->counts[i] == 0)
			continue;
		x[n] = heat->from_unix_s + ((double)(i % heat->columns) + 0.5) * width;
		y[n] = heat->low * pow(factor, (double)(i / heat->columns) + 0.5);
		count[n++] = heat->counts[i];
	}
	columns->series[PICTURE_CELLS] =
		(struct plot_series){.n = n, .x = x, .y = y, .y_high = count};
	*ret_width = width;
	*ret_factor = factor;
}

static void add_marks(struct fit_attributes *columns, const struct report_mark *marks, size_t n)
{
	double *x = take(columns, n);

	for (size_t i = 0; i < n; i++)
		x[i] = marks[i].since_unix_s;
	columns->series[PICTURE_CHANGES] = (struct plot_series){.n = n, .x = x};
}

static void add_points(struct fit_attributes *columns, const struct group_picture *picture)
{
	for (int part = 0; part < PICTURE_PARTS; part++) {
		const struct picture_points *points = picture->points[part];

		if (points != NULL)
			columns->series[part] = (struct plot_series){
				.n = points->count, .x = points->x, .y = points->y};
	}
}

static void name_series(struct fit_attributes *columns, const struct group_picture *picture)
{
	for (int part = 0; part < PICTURE_PARTS; part++) {
		columns->series[part].mark = part_marks[part];
		columns->series[part].title =
			columns->series[part].n > 0 ? picture->part_titles[part] : NULL;
	}
}

/* How many numbers all that is not the caller's points takes. */
static size_t count_numbers(const struct group_picture *picture)
{
	return 4 * (picture->band == NULL ? 0 : picture->band->count) + picture->mark_n +
	       3 * (picture->heat == NULL ? 0 : heat_used(picture->heat));
}

int group_picture_draw(const struct group_picture *picture, char **ret_picture, size_t *ret_size,
		       struct jo_err *err)
{
	enum plot_unit unit =
		picture->is_relative ? PLOT_NUMBER : kind_units[metric_infos[picture->metric].kind];
	struct fit_attributes columns = {.numbers = xcalloc(count_numbers(picture) + 1, sizeof(double))};
	struct plot plot = {
		.title = picture->title,
		.x = x_axes[picture->kind],
		.y = {picture->y_label, unit, true},
		.series = columns.series,
		.series_n = PICTURE_PARTS,
		.width = picture->width,
		.height = picture->height,
	};
	int rc;

	plot.x.label = picture->x_label;
	columns.room = columns.numbers;
	if (picture->band != NULL)
		add_band(&columns, picture->band);
	if (picture->heat != NULL)
		add_heat(&columns, picture->heat, &plot.cell_width, &plot.cell_factor);
	add_marks(&columns, picture->marks, picture->mark_n);
	add_points(&columns, picture);
	name_series(&columns, picture);
	rc = plot_draw(&plot, picture->format, picture->gnuplot, ret_picture, ret_size, err);
	free(columns.numbers);
	return rc;
}

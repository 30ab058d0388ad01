/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorts a sheet's steps into the series of a plot. */
#include "report/group_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step/measure.h"
#include "util/alloc.h"

/* What belongs to which series; the order in which they are drawn. */
enum series { CELLS, BAND, CURVE, NORMAL, OUTLIERS, THIS_JOB, CHANGE, SERIES_COUNT };

struct points {
	struct plot_series series[SERIES_COUNT];
	double *numbers; /* what the series lie in */
};

/* What the amounts are, or with relative how many times what was expected; the label is buf. */
static struct plot_axis value_axis(enum metric metric, enum measure measure, bool relative,
				   char *buf, size_t size)
{
	char name[FIGURE_TEXT_SIZE];

	(void)snprintf(buf, size, "%s%s", measure_name(metric, measure, name, sizeof(name)),
		       relative ? " / expected" : "");
	return (struct plot_axis){buf,
				  relative                                      ? PLOT_NUMBER
				  : metric_infos[metric].kind == METRIC_OF_TIME ? PLOT_SECONDS
										: PLOT_BYTES,
				  true};
}

static const struct plot_axis place_axes[] = {
	[PICTURE_BY_SIZE] = {"input size", PLOT_BYTES, true},
	[PICTURE_OVER_TIME] = {"ended", PLOT_TIME, false},
};

/* Where it is known what to expect, that tells more over time than the value. */
static bool is_relative(const struct sheet *sheet, const struct picture *picture)
{
	return picture->kind == PICTURE_OVER_TIME &&
	       sheet->heat[picture->metric].counts != NULL;
}

static enum series series_of(const struct report_step *step, const struct picture *picture)
{
	const char *verdict = step->verdict[picture->metric];

	if (picture->job != NULL && strcmp(step->job, picture->job) == 0)
		return THIS_JOB;
	return verdict != NULL && strcmp(verdict, "high") == 0 ? OUTLIERS : NORMAL;
}

static void add_steps(struct points *points, const struct sheet *sheet,
		      const struct picture *picture, bool relative)
{
	size_t n = sheet->steps->len, at = 0;
	double *x = points->numbers, *y = x + n;

	for (int s = NORMAL; s <= THIS_JOB; s++) {
		size_t first = at;

		for (size_t i = 0; i < n; i++) {
			const struct report_step *step =
				&g_array_index(sheet->steps, struct report_step, i);

			if ((int)series_of(step, picture) != s)
				continue;
			x[at] = picture->kind == PICTURE_BY_SIZE ? step->input_bytes
								 : step->end_unix_s;
			y[at] = relative ? step->level_ratio[picture->metric]
					 : step->value[picture->metric];
			at++;
		}
		/* the heatmap has counted the normal ones */
		if (relative && s == NORMAL)
			at = first;
		points->series[s].x = x + first;
		points->series[s].y = y + first;
		points->series[s].n = at - first;
	}
}

static void add_band(struct points *points, const struct report_level *level, double *room)
{
	double *x = room, *expected = x + level->band_n, *low = expected + level->band_n;
	double *high = low + level->band_n;

	for (size_t i = 0; i < level->band_n; i++) {
		x[i] = level->band[i].input_bytes;
		expected[i] = level->band[i].expected;
		/* down to nothing is still a band; a log axis has no 0 */
		low[i] = fmax(level->band[i].low, level->band[i].expected / 100);
		high[i] = level->band[i].high;
	}
	points->series[BAND] = (struct plot_series){.x = x, .y = low, .y_high = high};
	points->series[CURVE] = (struct plot_series){.x = x, .y = expected};
	points->series[BAND].n = points->series[CURVE].n = level->band_n;
}

/* The cells that counted anything, and the times at which the level moved. */
static void add_heat(struct points *points, const struct heat *heat, double *room,
		     double *ret_width, double *ret_factor)
{
	size_t n = 0, used = heat_used(heat);
	double *x = room, *y = x + used, *count = y + used;
	double width = (heat->to_unix_s - heat->from_unix_s) / heat->columns;
	double factor = pow(heat->high / heat->low, 1.0 / heat->rows);

	for (size_t i = 0; n < used; i++) {
		if (heat->counts[i] == 0)
			continue;
		x[n] = heat->from_unix_s + ((double)(i % heat->columns) + 0.5) * width;
		y[n] = heat->low * pow(factor, (double)(i / heat->columns) + 0.5);
		count[n++] = heat->counts[i];
	}
	points->series[CELLS] = (struct plot_series){.n = n, .x = x, .y = y, .y_high = count};
	*ret_width = width;
	*ret_factor = factor;
}

static void add_marks(struct points *points, const struct report_level *level, double *room)
{
	for (size_t i = 0; i < level->mark_n; i++)
		room[i] = level->marks[i].since_unix_s;
	points->series[CHANGE] = (struct plot_series){.x = room, .n = level->mark_n};
}

static void name_series(struct points *points)
{
	static const struct {
		enum plot_mark mark;
		const char *title;
	} names[SERIES_COUNT] = {
		[CELLS] = {PLOT_CELLS, "jobs"},
		[BAND] = {PLOT_BAND, "normal at this size"}, [CURVE] = {PLOT_CURVE, "expected"},
		[NORMAL] = {PLOT_DOTS, "jobs"},		     [OUTLIERS] = {PLOT_CROSSES, "outliers"},
		[THIS_JOB] = {PLOT_RING, "this job"},	     [CHANGE] = {PLOT_DATES, "new level"},
	};

	for (int s = 0; s < SERIES_COUNT; s++) {
		points->series[s].mark = names[s].mark;
		points->series[s].title = points->series[s].n > 0 ? names[s].title : NULL;
	}
}

int picture_draw(const struct sheet *sheet, const struct picture *picture, char **ret_picture,
		 size_t *ret_size, struct jo_err *err)
{
	const struct report_level *level = &sheet->group.level[picture->metric];
	bool relative = is_relative(sheet, picture);
	struct points points = {0};
	char label[FIGURE_TEXT_SIZE + 16]; /* room for " / expected" */
	double *room;
	struct plot plot = {
		.title = sheet->group.name,
		.x = place_axes[picture->kind],
		.y = value_axis(picture->metric, level->measure, relative, label, sizeof(label)),
		.series = points.series,
		.series_n = SERIES_COUNT,
		.width = picture->width,
		.height = picture->height,
	};
	int rc;

	points.numbers = xcalloc(2 * sheet->steps->len + 4 * level->band_n + level->mark_n +
					 3 * heat_used(&sheet->heat[picture->metric]) + 1,
				 sizeof(double));
	room = points.numbers + 2 * sheet->steps->len;
	add_steps(&points, sheet, picture, relative);
	if (picture->kind == PICTURE_BY_SIZE) {
		add_band(&points, level, room);
	} else {
		add_marks(&points, level, room);
		if (relative)
			add_heat(&points, &sheet->heat[picture->metric], room + level->mark_n,
				 &plot.cell_width, &plot.cell_factor);
	}
	name_series(&points);
	rc = plot_draw(&plot, picture->format, picture->gnuplot, ret_picture, ret_size, err);
	free(points.numbers);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a finding's numbers into the description of a plot. */
#include "notify/picture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "notify/texts.h"
#include "report/gnuplot.h"
#include "util/alloc.h"

#define PEERS_MIN 5 /* fewer dots show no pattern */
#define WIDTH 640   /* fits the column of text in most mail readers */
#define HEIGHT 360

static const char *word(const struct mail_catalog *wording, const char *text)
{
	return mail_catalog_word(wording, "labels", text);
}

static void take_items(const struct notify_finding *finding, bool has_sizes,
		       struct notify_points *points)
{
	points->x = xcalloc(finding->item_count, sizeof(double));
	points->value = xcalloc(finding->item_count, sizeof(double));
	points->count = finding->item_count;
	for (size_t i = 0; i < finding->item_count; i++) {
		points->x[i] = notify_point_x(finding->items[i]->input_bytes,
					      finding->items[i]->end_unix_us, has_sizes);
		points->value[i] =
			metric_shown(finding->items[i]->metric, finding->items[i]->value);
	}
}

/* What it shows, for who does not see it. */
static char *describe(const struct mail_catalog *wording, const struct plot *plot,
		      const struct notify_finding *finding, size_t peer_count)
{
	struct mail_values *values = mail_values_new(notify_picture_names);
	char *text;

	mail_values_text(values, "value_axis", plot->y.label);
	mail_values_text(values, "place_axis", plot->x.label);
	mail_values_count(values, "peers", (int64_t)peer_count);
	mail_values_count(values, "jobs", (int64_t)finding->item_count);
	text = mail_catalog_line(wording, "picture", values);
	mail_values_free(values);
	return text;
}

/* From the least to the largest x of all points. */
static void find_range(const struct notify_points *points, double *x_min, double *x_max)
{
	for (size_t i = 0; i < points->count; i++)
		if (points->x[i] > 0) {
			*x_min = fmin(*x_min, points->x[i]);
			*x_max = fmax(*x_max, points->x[i]);
		}
}

static int read_band(struct notify_drawing *drawing, const struct notify_item *item,
		     const struct notify_points *peers, const struct notify_points *items,
		     struct notify_band *band, struct jo_err *err)
{
	double x_min = INFINITY, x_max = 0;

	find_range(peers, &x_min, &x_max);
	find_range(items, &x_min, &x_max);
	if (drawing->judge == NULL || x_max == 0)
		return 0;
	return notify_band_read(&drawing->predictors, drawing->store, drawing->judge, item, x_min,
				x_max, band, err);
}

static int draw(struct notify_drawing *drawing, const struct notify_finding *finding,
		const struct notify_points *peers, const struct notify_points *items,
		const struct notify_band *band, struct notify_picture *ret_picture,
		struct jo_err *err)
{
	const struct mail_catalog *wording = drawing->wording;
	bool is_wall = finding->items[0]->metric == METRIC_WALL;
	bool is_one = finding->item_count == 1;
	const struct plot_series series[] = {
		{PLOT_BAND, word(wording, "normal for such a job"), band->count, band->x, band->low,
		 band->high},
		{PLOT_CURVE, word(wording, "expected"), band->count, band->x, band->expected, NULL},
		{PLOT_DOTS, word(wording, "normal jobs"), peers->count, peers->x, peers->value,
		 NULL},
		{is_one ? PLOT_RING : PLOT_CROSSES,
		 word(wording, is_one ? "this job" : "these jobs"), items->count, items->x,
		 items->value, NULL},
	};
	/* a series of no points would still stand in the key */
	size_t skip = band->count > 0 ? 0 : 2;
	const struct plot plot = {
		.title = finding->items[0]->class_name,
		.x = {word(wording, peers->has_sizes ? "input size" : "ended"),
		      peers->has_sizes ? PLOT_BYTES : PLOT_TIME, peers->has_sizes},
		.y = {word(wording, is_wall ? "run time" : "memory"),
		      is_wall ? PLOT_SECONDS : PLOT_BYTES, true},
		.series = series + skip,
		.series_n = sizeof(series) / sizeof(series[0]) - skip,
		.width = WIDTH,
		.height = HEIGHT,
	};
	int rc = plot_draw(&plot, PLOT_PNG, drawing->gnuplot, &ret_picture->png, &ret_picture->size,
			   err);

	if (rc == 0)
		ret_picture->text = describe(wording, &plot, finding, peers->count);
	return rc == -ENODATA ? 0 : rc;
}

int notify_picture_draw(struct notify_drawing *drawing, const struct notify_finding *finding,
			const struct notify_points *peers, struct notify_picture *ret_picture,
			struct jo_err *err)
{
	struct notify_points items = {0};
	struct notify_band band = {.count = 0};
	int rc;

	if (peers->count < PEERS_MIN)
		return 0;
	take_items(finding, peers->has_sizes, &items);
	rc = read_band(drawing, finding->items[0], peers, &items, &band, err);
	if (rc == 0)
		rc = draw(drawing, finding, peers, &items, &band, ret_picture, err);
	notify_points_release(&items);
	return rc;
}

void notify_picture_release(struct notify_picture *picture)
{
	free(picture->png);
	g_free(picture->text);
	*picture = (struct notify_picture){0};
}

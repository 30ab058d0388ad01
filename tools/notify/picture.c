/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a finding's numbers into the description of a plot. */
#include "notify/picture.h"

#include <errno.h>
#include <stdlib.h>

#include "report/plot.h"
#include "util/alloc.h"

#define PEERS_MIN 5 /* fewer dots show no pattern */
#define WIDTH 640   /* fits the column of text in most mail readers */
#define HEIGHT 360

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
			notify_point_value(finding->items[i]->metric, finding->items[i]->value);
	}
}

int notify_picture_draw(const struct notify_finding *finding, const struct notify_points *peers,
			const char *gnuplot, struct notify_picture *ret_picture, struct jo_err *err)
{
	bool is_wall = finding->items[0]->metric == STORE_WALL;
	bool is_one = finding->item_count == 1;
	struct notify_points items = {0};
	struct plot_series series[2];
	struct plot plot = {
		.title = finding->items[0]->class_name,
		.x = {peers->has_sizes ? "input size" : "end",
		      peers->has_sizes ? PLOT_BYTES : PLOT_TIME, peers->has_sizes},
		.y = {is_wall ? "run time" : "memory", is_wall ? PLOT_SECONDS : PLOT_BYTES, true},
		.series = series,
		.series_n = 2,
		.width = WIDTH,
		.height = HEIGHT,
	};
	int rc;

	if (peers->count < PEERS_MIN)
		return 0;
	take_items(finding, peers->has_sizes, &items);
	series[0] = (struct plot_series){PLOT_DOTS, "normal jobs", peers->count,
					 peers->x,  peers->value,  NULL};
	series[1] = (struct plot_series){is_one ? PLOT_RING : PLOT_CROSSES,
					 is_one ? "this job" : "these jobs",
					 items.count,
					 items.x,
					 items.value,
					 NULL};
	rc = plot_draw(&plot, PLOT_PNG, gnuplot, &ret_picture->png, &ret_picture->size, err);
	if (rc == 0)
		ret_picture->text = xasprintf("%s by %s: %zu normal jobs, and %s", plot.y.label,
					      plot.x.label, peers->count, series[1].title);
	notify_points_release(&items);
	return rc == -ENODATA ? 0 : rc;
}

void notify_picture_release(struct notify_picture *picture)
{
	free(picture->png);
	free(picture->text);
	*picture = (struct notify_picture){0};
}

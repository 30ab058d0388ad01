/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a finding's numbers into the description of a plot. */
#include "notify/picture.h"

#include <errno.h>
#include <stdlib.h>

#include "notify/wording.h"
#include "report/plot.h"
#include "util/alloc.h"

#define PEERS_MIN 5 /* fewer dots show no pattern */
#define WIDTH 640   /* fits the column of text in most mail readers */
#define HEIGHT 360

static const char *word(const struct mail_wording *wording, const char *text)
{
	return mail_wording_word(wording, "labels", text);
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
			notify_point_value(finding->items[i]->metric, finding->items[i]->value);
	}
}

/* What it shows, for who does not see it. */
static char *describe(const struct mail_wording *wording, const struct plot *plot,
		      const struct notify_finding *finding, size_t peer_count)
{
	struct mail_values *values = mail_values_new(notify_picture_names);
	char *text;

	mail_values_text(values, "value_axis", plot->y.label);
	mail_values_text(values, "place_axis", plot->x.label);
	mail_values_count(values, "peers", (int64_t)peer_count);
	mail_values_count(values, "jobs", (int64_t)finding->item_count);
	text = mail_wording_line(wording, "picture", values);
	mail_values_free(values);
	return text;
}

int notify_picture_draw(const struct mail_wording *wording, const struct notify_finding *finding,
			const struct notify_points *peers, const char *gnuplot,
			struct notify_picture *ret_picture, struct jo_err *err)
{
	const char *value_name = finding->items[0]->metric == STORE_WALL ? "run time" : "memory";
	bool is_one = finding->item_count == 1;
	struct notify_points items = {0};
	struct plot_series series[2];
	struct plot plot = {
		.title = finding->items[0]->class_name,
		.x = {word(wording, peers->has_sizes ? "input size" : "ended"),
		      peers->has_sizes ? PLOT_BYTES : PLOT_TIME, peers->has_sizes},
		.y = {word(wording, value_name),
		      finding->items[0]->metric == STORE_WALL ? PLOT_SECONDS : PLOT_BYTES, true},
		.series = series,
		.series_n = 2,
		.width = WIDTH,
		.height = HEIGHT,
	};
	int rc;

	if (peers->count < PEERS_MIN)
		return 0;
	take_items(finding, peers->has_sizes, &items);
	series[0] = (struct plot_series){PLOT_DOTS,    word(wording, "normal jobs"),
					 peers->count, peers->x,
					 peers->value, NULL};
	series[1] = (struct plot_series){is_one ? PLOT_RING : PLOT_CROSSES,
					 word(wording, is_one ? "this job" : "these jobs"),
					 items.count,
					 items.x,
					 items.value,
					 NULL};
	rc = plot_draw(&plot, PLOT_PNG, gnuplot, &ret_picture->png, &ret_picture->size, err);
	if (rc == 0)
		ret_picture->text = describe(wording, &plot, finding, peers->count);
	notify_points_release(&items);
	return rc == -ENODATA ? 0 : rc;
}

void notify_picture_release(struct notify_picture *picture)
{
	free(picture->png);
	g_free(picture->text);
	*picture = (struct notify_picture){0};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a finding's numbers into the picture of its group. */
#include "notify/picture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "joboutliers/units.h"
#include "fit/groups.h"
#include "notify/texts.h"
#include "step/measure.h"

#define PEERS_MIN 5 /* fewer dots show no pattern */
#define WIDTH 640   /* fits the column of text in most mail readers */
#define HEIGHT 360  /* 16 to 9, so that the text around it stays on the screen */

static const char *word(const struct mail_catalog *wording, const char *text)
{
	return mail_catalog_word(wording, "labels", text);
}

static void take_items(const struct finding *finding, enum picture_kind kind,
		       struct picture_points *points)
{
	for (size_t i = 0; i < finding->item_count; i++) {
		const struct finding_item *item = finding->items[i];

		notify_peers_place(kind, item->input_bytes, item->end_unix_us,
				   metric_shown(item->metric, item->value), points);
	}
}

/* What the picture shows, for who does not see it. */
static char *describe(const struct mail_catalog *wording, const struct group_picture *drawn,
		      const struct finding *finding, size_t peer_count)
{
	struct mail_values *values = mail_values_new(notify_picture_names);
	char *text;

	mail_values_text(values, "value_axis", drawn->y_label);
	mail_values_text(values, "place_axis", drawn->x_label);
	mail_values_count(values, "peers", (int64_t)peer_count);
	mail_values_count(values, "jobs", (int64_t)finding->item_count);
	text = mail_catalog_line(wording, "picture", values);
	mail_values_free(values);
	return text;
}

/* From the least to the largest x of all points. */
static void find_range(const struct picture_points *points, double *x_min, double *x_max)
{
	for (size_t i = 0; i < points->count; i++)
		if (points->x[i] > 0) {
			*x_min = fmin(*x_min, points->x[i]);
			*x_max = fmax(*x_max, points->x[i]);
		}
}

/* Ask the models that the item was judged by for a job like it; they may have nothing to say. */
static int ask(struct notify_drawing *drawing, const struct finding_item *item, double x_min,
	       double x_max, struct group_band bands[METRIC_COUNT], struct jo_err *err)
{
	const struct group_band_step like = {item->user,       item->input_bytes, item->cpu_count,
					     item->task_count, item->node_count,  item->attrs};
	struct store_group_selection selection;
	struct store_group *groups = NULL;
	struct predictor *predictor;
	size_t group_count = 0;
	int rc = night_predictors_get(&drawing->predictors, drawing->store, drawing->judge,
				     item->end_unix_us, &predictor, err);

	if (rc < 0 || predictor == NULL)
		return rc;
	store_group_selection_init(&selection);
	selection.id = item->group_id;
	rc = group_list(drawing->store, &selection, &groups, &group_count, err);
	if (rc == 0 && group_count > 0)
		rc = (item->input_bytes != JO_MISSING ? group_band_read_sizes
						      : group_band_read_times)(
			predictor, &groups[0], &like, x_min, x_max, bands, err);
	group_list_free(groups, group_count);
	return rc;
}

static int read_bands(struct notify_drawing *drawing, const struct finding_item *item,
		      const struct picture_points *peers, const struct picture_points *items,
		      struct group_band bands[METRIC_COUNT], struct jo_err *err)
{
	double x_min = INFINITY, x_max = 0;

	find_range(peers, &x_min, &x_max);
	find_range(items, &x_min, &x_max);
	if (drawing->judge == NULL || x_max == 0)
		return 0;
	return ask(drawing, item, x_min, x_max, bands, err);
}

static int draw(struct notify_drawing *drawing, const struct finding *finding,
		const struct notify_peers *peers, const struct picture_points *items,
		const struct group_band *band, struct notify_picture *ret_picture,
		struct jo_err *err)
{
	const struct mail_catalog *wording = drawing->wording;
	const struct finding_item *worst = finding->items[0];
	char y_label[FIGURE_TEXT_SIZE];
	struct group_picture drawn = {
		.kind = peers->kind,
		.metric = worst->metric,
		.title = worst->class_name,
		.x_label = word(wording, picture_x_label(peers->kind)),
		.y_label = word(wording, measure_name(worst->metric, worst->measure, y_label,
						      sizeof(y_label))),
		.part_titles = {[PICTURE_BAND] = word(wording, "normal for such a job"),
				[PICTURE_CURVE] = word(wording, "expected"),
				[PICTURE_NORMAL] = word(wording, "normal jobs"),
				[PICTURE_OUTLIERS] = word(wording, "these jobs"),
				[PICTURE_SUBJECT] = word(wording, "this job")},
		.band = band,
		.points = {[PICTURE_NORMAL] = &peers->points},
		.format = PLOT_PNG,
		.width = WIDTH,
		.height = HEIGHT,
		.gnuplot = drawing->gnuplot,
	};
	int rc;

	drawn.points[finding->item_count == 1 ? PICTURE_SUBJECT : PICTURE_OUTLIERS] = items;
	rc = group_picture_draw(&drawn, &ret_picture->png, &ret_picture->size, err);
	if (rc == 0)
		ret_picture->text = describe(wording, &drawn, finding, peers->peer_count);
	return rc == -ENODATA ? 0 : rc;
}

int notify_picture_draw(struct notify_drawing *drawing, const struct finding *finding,
			const struct notify_peers *peers, struct notify_picture *ret_picture,
			struct jo_err *err)
{
	struct picture_points items = {0};
	struct group_band bands[METRIC_COUNT] = {{.count = 0}};
	int rc;

	if (peers->peer_count < PEERS_MIN)
		return 0;
	take_items(finding, peers->kind, &items);
	rc = read_bands(drawing, finding->items[0], &peers->points, &items, bands, err);
	if (rc == 0)
		rc = draw(drawing, finding, peers, &items, &bands[finding->items[0]->metric],
			  ret_picture, err);
	picture_points_release(&items);
	return rc;
}

void notify_picture_release(struct notify_picture *picture)
{
	free(picture->png);
	g_free(picture->text);
	*picture = (struct notify_picture){0};
}

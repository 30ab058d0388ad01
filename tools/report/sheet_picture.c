/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorts a sheet's steps into the parts of a picture. */
#include "report/sheet_picture.h"

#include <stdlib.h>
#include <string.h>

#include "step/measure.h"
#include "util/alloc.h"

/* Where it is known what to expect, that tells more over time than the value. */
static bool is_relative(const struct sheet *sheet, enum picture_kind kind, enum metric metric)
{
	return kind == PICTURE_OVER_TIME && sheet->heat[metric].counts != NULL;
}

static enum picture_kind kind_of(const struct sheet *sheet, const struct sheet_picture *picture)
{
	if (picture->has_kind)
		return picture->kind;
	return sheet_has_size(sheet, picture->job) ? PICTURE_BY_SIZE : PICTURE_OVER_TIME;
}

static enum picture_part part_of(const struct report_step *step,
				 const struct sheet_picture *picture)
{
	const char *verdict = step->verdict[picture->metric];

	if (picture->job != NULL && strcmp(step->job, picture->job) == 0)
		return PICTURE_SUBJECT;
	return verdict != NULL && strcmp(verdict, "high") == 0 ? PICTURE_OUTLIERS : PICTURE_NORMAL;
}

static void take_steps(const struct sheet *sheet, const struct sheet_picture *picture,
		       enum picture_kind kind, bool relative, struct picture_points points[PICTURE_PARTS])
{
	for (guint i = 0; i < sheet->rows.steps->len; i++) {
		const struct report_step *step =
			&g_array_index(sheet->rows.steps, struct report_step, i);
		enum picture_part part = part_of(step, picture);

		/* the heatmap has counted the normal ones */
		if (relative && part == PICTURE_NORMAL)
			continue;
		picture_points_add(&points[part], kind, step->input_bytes,
				   step->end_unix_s,
				   relative ? step->level_ratio[picture->metric]
					    : step->value[picture->metric]);
	}
}

int sheet_picture_draw(const struct sheet *sheet, const struct sheet_picture *picture,
		       char **ret_picture, size_t *ret_size, struct jo_err *err)
{
	const struct report_level *level = &sheet->group.level[picture->metric];
	enum picture_kind kind = kind_of(sheet, picture);
	bool relative = is_relative(sheet, kind, picture->metric);
	char name[FIGURE_TEXT_SIZE];
	char *y_label =
		xasprintf("%s%s", measure_name(picture->metric, level->measure, name, sizeof(name)),
			  relative ? " / expected" : "");
	struct picture_points points[PICTURE_PARTS] = {{0}};
	struct group_picture drawn = {
		.kind = kind,
		.metric = picture->metric,
		.is_relative = relative,
		.title = sheet->group.name,
		.x_label = picture_x_label(kind),
		.y_label = y_label,
		.part_titles = {[PICTURE_CELLS] = "jobs",
				[PICTURE_BAND] = "normal at this size",
				[PICTURE_CURVE] = "expected",
				[PICTURE_NORMAL] = "jobs",
				[PICTURE_OUTLIERS] = "outliers",
				[PICTURE_SUBJECT] = "this job",
				[PICTURE_CHANGES] = "new level"},
		.heat = relative ? &sheet->heat[picture->metric] : NULL,
		.format = picture->format,
		.width = picture->width,
		.height = picture->height,
		.gnuplot = picture->gnuplot,
	};
	int rc;

	if (kind == PICTURE_BY_SIZE) {
		drawn.band = &sheet->bands[picture->metric];
	} else {
		drawn.marks = level->marks;
		drawn.mark_n = level->mark_n;
	}
	take_steps(sheet, picture, kind, relative, points);
	for (int part = PICTURE_NORMAL; part <= PICTURE_SUBJECT; part++)
		drawn.points[part] = &points[part];
	rc = group_picture_draw(&drawn, ret_picture, ret_size, err);
	for (int part = 0; part < PICTURE_PARTS; part++)
		picture_points_release(&points[part]);
	free(y_label);
	return rc;
}

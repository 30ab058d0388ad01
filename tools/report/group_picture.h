/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group as a picture, whoever asks for it: where its steps, the band and what
 * is marked stand, on which axes, in which order.  Which steps these are, and
 * in which words, is the caller's.
 */
#ifndef REPORT_GROUP_PICTURE_H
#define REPORT_GROUP_PICTURE_H

#include "report/group_band.h"
#include "report/gnuplot.h"
#include "report/html.h"

enum picture_kind {
	PICTURE_BY_SIZE,   /* input size against the metric */
	PICTURE_OVER_TIME, /* calendar time against the metric */
};

/* What may be in a picture, in the order in which it is drawn. */
enum picture_part {
	PICTURE_CELLS,    /* how many steps lie there */
	PICTURE_BAND,     /* what would be normal */
	PICTURE_CURVE,    /* what is expected */
	PICTURE_NORMAL,   /* steps that are normal, */
	PICTURE_OUTLIERS, /* and that are not */
	PICTURE_SUBJECT,  /* the one that the picture is about */
	PICTURE_CHANGES,  /* times at which the level moved */
	PICTURE_PARTS,
};

/* Where steps lie.  Owns its arrays; zeroed memory is none. */
struct picture_points {
	double *x, *y; /* NaN: not known, and left out */
	size_t count, capacity;
};

/* Add a step of this size (bytes) and end (Unix seconds): its place on the kind's axis, and y. */
void picture_points_add(struct picture_points *points, enum picture_kind kind, double input_bytes,
			double end_unix_s, double y);

/* Free the arrays; zeroed memory is fine. */
void picture_points_release(struct picture_points *points);

/* All of it is lent. */
struct group_picture {
	enum picture_kind kind;
	enum metric metric;
	bool is_relative; /* y is a multiple of what is expected, not seconds or bytes */
	const char *title, *x_label, *y_label;
	const char *part_titles[PICTURE_PARTS]; /* in the key, of parts that have something */

	const struct group_band *band; /* NULL: none; as are the next ones */
	const struct heat *heat;
	const struct report_mark *marks;
	size_t mark_n;
	const struct picture_points *points[PICTURE_PARTS]; /* of NORMAL, OUTLIERS and SUBJECT */

	enum plot_format format;
	unsigned width, height; /* as in struct plot */
	const char *gnuplot;
};

/* What the kind's horizontal axis shows, in English. */
const char *picture_x_label(enum picture_kind kind);

/* Draw it.  Returns as plot_draw; *ret_picture is the caller's to free. */
int group_picture_draw(const struct group_picture *picture, char **ret_picture, size_t *ret_size,
		       struct jo_err *err);

#endif

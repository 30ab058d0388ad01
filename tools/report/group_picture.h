/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A group's sheet as a picture: which of its numbers go where, and what is marked. */
#ifndef REPORT_GROUP_PICTURE_H
#define REPORT_GROUP_PICTURE_H

#include "report/gnuplot.h"
#include "report/sheet.h"

enum picture_kind {
	PICTURE_BY_SIZE,   /* input size against the metric, with the band */
	PICTURE_OVER_TIME, /* calendar time against the metric, as a multiple of what is expected
			      where that is known of most */
};

struct picture {
	enum picture_kind kind;
	enum metric metric;
	const char *job; /* the one it is about, as in struct report_step; NULL: none */
	enum plot_format format;
	unsigned width, height; /* as in struct plot */
	const char *gnuplot;
};

/* Returns as plot_draw. */
int picture_draw(const struct sheet *sheet, const struct picture *picture, char **ret_picture,
		 size_t *ret_size, struct jo_err *err);

#endif

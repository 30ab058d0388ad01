/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A group's sheet as a picture: which of its numbers go where, and what is marked. */
#ifndef REPORT_SHEET_PICTURE_H
#define REPORT_SHEET_PICTURE_H

#include "report/group_picture.h"
#include "report/sheet.h"

/* What is wanted of the picture; strings are lent. */
struct sheet_picture {
	enum picture_kind kind; /* by size with the band; over time as a multiple of what is
				   expected, where that is known of most */
	bool has_kind; /* else by size where the job has one, or without a job any step; else over
			  time */
	enum metric metric;
	const char *job; /* the one it is about, as in struct report_step; NULL: none */
	enum plot_format format;
	unsigned width, height; /* as in struct plot */
	const char *gnuplot;
};

/* Draw it.  Returns as plot_draw; *ret_picture is the caller's to free. */
int sheet_picture_draw(const struct sheet *sheet, const struct sheet_picture *picture,
		       char **ret_picture, size_t *ret_size, struct jo_err *err);

#endif

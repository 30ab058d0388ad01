/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding as a picture: its jobs among their normal peers, by input size, with the band. */
#ifndef NOTIFY_PICTURE_H
#define NOTIFY_PICTURE_H

#include "finding/findings.h"
#include "judge/night_predictors.h"
#include "mail/catalog.h"
#include "notify/differences.h"

/* Zeroed memory is none. */
struct notify_picture {
	char *png; /* NULL: none */
	size_t size;
	char *text; /* what it shows */
};

/* What one picture after the other is drawn with. */
struct notify_drawing {
	struct store *store;
	const struct mail_catalog *wording;
	const struct judge_options *judge; /* NULL: without a band */
	const char *gnuplot;
	struct night_predictors predictors; /* of the findings' nights; release them */
};

/*
 * Draw it.  Returns 0, with a picture or, when there is too little to show,
 * without; or a negative errno when the models cannot be read, or gnuplot
 * cannot be run or failed.  Release *ret_picture.
 */
int notify_picture_draw(struct notify_drawing *drawing, const struct finding *finding,
			const struct notify_peers *peers, struct notify_picture *ret_picture,
			struct jo_err *err);

/* Free the bytes and the text; zeroed memory is fine. */
void notify_picture_release(struct notify_picture *picture);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step's group as a picture: for plot and show. */
#ifndef CMD_PLOT_GROUP_H
#define CMD_PLOT_GROUP_H

#include "cmd/cmd.h"
#include "report/sheet_picture.h"

/* The step whose group is drawn, and which may be marked in it. */
struct plot_group_subject {
	int64_t group_id;
	int64_t end_unix_us;
	char job[STEP_LABEL_SIZE]; /* as in struct report_step */
};

/* Make the step the subject. */
void plot_group_subject_set(struct plot_group_subject *subject, const struct step *step);

/*
 * Draw the subject's group.  want_mark: mark the subject, and draw the band
 * that it was judged by instead of today's.  *ret_bytes is the caller's to
 * free.  Returns as plot_draw.
 */
int plot_group(struct cmd_env *env, struct store *store, const struct plot_group_subject *subject,
	       bool want_mark, const struct sheet_picture *picture, char **ret_bytes,
	       size_t *ret_size, struct jo_err *err);

/* As wide as the terminal on standard output, or as gnuplot's own when it is none. */
void plot_group_fit_terminal(struct sheet_picture *picture);

#endif

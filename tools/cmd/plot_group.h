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

struct plot_group_drawn {
	char *bytes; /* the caller's to free */
	size_t size;
	bool is_unsized; /* none of the group's steps has an input size */
};

/*
 * Draw the subject's group.  want_mark: mark the subject, and draw the band
 * that it was judged by instead of today's.  Returns as plot_draw.
 */
int plot_group(struct cmd_env *env, struct store *store, const struct plot_group_subject *subject,
	       bool want_mark, const struct sheet_picture *picture,
	       struct plot_group_drawn *ret_drawn, struct jo_err *err);

/* As wide as the terminal on standard output, or as gnuplot's own when it is none. */
void plot_group_fit_terminal(struct sheet_picture *picture);

#endif

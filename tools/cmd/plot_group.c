/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a group's sheet and draws it. */
#include "cmd/plot_group.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/judge_options.h"
#include "finding/survey.h"
#include "step/night.h"

#define STEPS_MAX 2000 /* more dots cover each other, and an SVG of them loads slowly */

void plot_group_subject_set(struct plot_group_subject *subject, const struct step *step)
{
	subject->group_id = step->group_id;
	subject->end_unix_us = step->end_unix_us;
	(void)step_label_format(step, subject->job, sizeof(subject->job));
}

int plot_group(struct cmd_env *env, struct store *store, const struct plot_group_subject *subject,
	       bool want_mark, const struct sheet_picture *picture,
	       struct plot_group_drawn *ret_drawn, struct jo_err *err)
{
	struct sheet_picture own = *picture;
	int64_t before_unix_us = env->now_unix_us;
	struct predictor *predictor = NULL;
	struct judge_options judge;
	struct sheet *sheet = NULL;
	int rc;

	own.gnuplot = env->conf->gnuplot_path;
	if (want_mark) {
		own.job = subject->job;
		if (subject->end_unix_us != JO_MISSING)
			before_unix_us = night_of(subject->end_unix_us).from_unix_us;
	}
	cmd_judge_options(env->conf, &judge);
	rc = predictor_new(store, &judge, NULL, before_unix_us, &predictor, err);
	if (rc == 0)
		rc = sheet_read(store, predictor, subject->group_id, env->now_unix_us, STEPS_MAX,
				&sheet, err);
	if (rc == 0) {
		ret_drawn->is_unsized = !sheet_has_size(sheet, NULL);
		rc = sheet_picture_draw(sheet, &own, &ret_drawn->bytes, &ret_drawn->size, err);
	}
	sheet_free(sheet);
	predictor_free(predictor);
	return rc;
}

void plot_group_fit_terminal(struct sheet_picture *picture)
{
	struct winsize size;

	if (picture->format != PLOT_TERMINAL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ||
	    size.ws_col < 40 || size.ws_row < 12)
		return;
	picture->width = size.ws_col - 1u;
	picture->height = size.ws_row - 2u;
}

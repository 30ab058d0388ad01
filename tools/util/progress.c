/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws over one line with a carriage return; asks for no width and no terminal type. */
#include "util/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "util/when.h"

#define SHOW_AFTER_US INT64_C(2000000) /* what is done by then needs no line */
#define REDRAW_US INT64_C(100000)      /* as often as an eye follows */
#define BAR_WIDTH 30                   /* leaves room for title and time in 80 columns */

void progress_start(struct progress *progress, const char *title, int64_t total)
{
	*progress = (struct progress){
		.title = title,
		.total = total,
		.is_watched = isatty(STDERR_FILENO) == 1,
		.start_us = when_monotonic_us(),
	};
}

static void draw(const struct progress *progress, int64_t done, int64_t now_us)
{
	double seconds = (double)(now_us - progress->start_us) / 1e6;
	double count = (double)(done - progress->first);
	char bar[BAR_WIDTH + 1];
	double share;

	if (progress->total <= 0) {
		(void)fprintf(stderr, "\r\033[K%s: %" PRId64 " (%.0f/s)", progress->title, done,
			      (double)done / seconds);
		return;
	}
	share = done < progress->total ? (double)done / (double)progress->total : 1;
	for (int i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < share * BAR_WIDTH ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	(void)fprintf(stderr, "\r\033[K%s: [%s] %3.0f %%", progress->title, bar, 100 * share);
	if (progress->unit != NULL)
		(void)fprintf(stderr, ", %.0f %s/s", count / seconds, progress->unit);
	if (count > 0)
		(void)fprintf(stderr, ", %.0f s left",
			      seconds * fmax((double)(progress->total - done), 0) / count);
}

void progress_update(struct progress *progress, int64_t done)
{
	int64_t now_us;

	if (!progress->is_watched)
		return;
	now_us = when_monotonic_us();
	if (now_us - progress->start_us < SHOW_AFTER_US || now_us - progress->shown_us < REDRAW_US)
		return;
	draw(progress, done, now_us);
	(void)fflush(stderr);
	progress->shown_us = now_us;
	progress->is_shown = true;
}

void progress_stop(struct progress *progress)
{
	if (progress->is_shown) {
		(void)fputs("\r\033[K", stderr);
		(void)fflush(stderr);
	}
	progress->is_watched = false;
	progress->is_shown = false;
}

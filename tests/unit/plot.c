/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plots: drawn by the real gnuplot in each format; foreign texts and odd numbers do no harm. */
#include "report/gnuplot.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const double sizes[] = {1 << 20, 16 << 20, 256 << 20}, seconds[] = {2, 40, 700};
static const double high_seconds[] = {4, 80, 1400};

static struct plot plot_of(const struct plot_series *series, size_t n)
{
	return (struct plot){.title = "align on main",
			     .x = {"input size", PLOT_BYTES, true},
			     .y = {"wall time", PLOT_SECONDS, true},
			     .series = series,
			     .series_n = n};
}

static char *draw(const struct plot *plot, enum plot_format format, size_t *ret_size)
{
	struct jo_err err = {0};
	char *picture = NULL;

	*ret_size = 0;
	if (plot_draw(plot, format, "gnuplot", &picture, ret_size, &err) != 0)
		printf("# %s\n", err.text);
	return picture;
}

static size_t count_of(const char *text, size_t size, char c)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == c;
	return count;
}

static void refusals(void)
{
	static const double nowhere[] = {NAN, INFINITY, -1};
	const struct plot_series nothing = {PLOT_DOTS, "jobs", 3, sizes, nowhere, NULL};
	const struct plot_series dots = {PLOT_DOTS, "jobs", 3, sizes, seconds, NULL};
	struct plot empty = plot_of(&nothing, 1), good = plot_of(&dots, 1);
	struct jo_err err = {0};
	char *picture = NULL;
	size_t size = 0;

	is_int(plot_draw(&empty, PLOT_SVG, "gnuplot", &picture, &size, &err), -ENODATA,
	       "no number that a log axis can show");
	is_str(err.text, "align on main: there is nothing to draw", "is said with the title");
	is_int(plot_draw(&good, PLOT_SVG, "/nonexistent/gnuplot", &picture, &size, &err), -ENOENT,
	       "a missing gnuplot is named");
	is_int(plot_draw(&good, PLOT_SVG, "false", &picture, &size, &err), -EIO,
	       "a failing gnuplot is an error");
	is_int(plot_draw(&good, PLOT_SVG, "true", &picture, &size, &err), -EIO,
	       "one that draws nothing too");
	ok(picture == NULL, "and the picture stays untouched");
}

static void every_format_draws(void)
{
	static const double ends_low[] = {2, 20, 350}, ends_high[] = {8, 160, 1400};
	const struct plot_series all[] = {
		{PLOT_BAND, "normal", 3, sizes, ends_low, ends_high},
		{PLOT_CURVE, "expected", 3, sizes, seconds, NULL},
		{PLOT_DOTS, "jobs", 3, sizes, seconds, NULL},
		{PLOT_CROSSES, "outliers", 3, sizes, high_seconds, NULL},
		{PLOT_RING, "this job", 1, sizes, high_seconds, NULL},
		{PLOT_DATES, "change", 1, sizes, NULL, NULL},
	};
	struct plot plot = plot_of(all, sizeof(all) / sizeof(all[0]));
	size_t size;
	char *text;

	text = draw(&plot, PLOT_TERMINAL, &size);
	ok(text != NULL && strstr(text, "align on main") != NULL, "the terminal has the title");
	ok(text != NULL && strstr(text, "16 MiB") != NULL, "sizes in words");
	ok(text != NULL && strstr(text, "10 min") != NULL, "and durations");
	ok(text != NULL && strchr(text, 'O') != NULL && strchr(text, 'x') != NULL, "and marks");
	ok(text != NULL && count_of(text, size, '~') >= 5, "both ends of the band, and its key");
	is_int(text == NULL ? -1 : (int)count_of(text, size, '\f'), 0, "and no form feed");
	free(text);

	text = draw(&plot, PLOT_SVG, &size);
	ok(text != NULL && strstr(text, "<svg") != NULL && strstr(text, "</svg>") != NULL,
	   "an SVG is whole");
	ok(text != NULL && strstr(text, "this job") != NULL, "and has its key");
	free(text);

	text = draw(&plot, PLOT_PNG, &size);
	ok(text != NULL && size > 1000 && memcmp(text, "\x89PNG\r\n", 6) == 0, "a PNG is one");
	free(text);
}

static void cells_are_coloured(void)
{
	static const double days[] = {1790000000, 1790086400, 1790172800}, ratios[] = {1, 1, 2};
	static const double counts[] = {1, 20, 300};
	const struct plot_series series[] = {{PLOT_CELLS, "jobs", 3, days, ratios, counts},
					     {PLOT_CELLS, "nothing", 0, days, ratios, counts}};
	struct plot plot = plot_of(series, 2);
	size_t size;
	char *text;

	plot.x = (struct plot_axis){"ended", PLOT_TIME, false};
	plot.y = (struct plot_axis){"run time / expected", PLOT_NUMBER, true};
	plot.cell_width = 86400;
	plot.cell_factor = 1.2;
	text = draw(&plot, PLOT_SVG, &size);
	ok(text != NULL && strstr(text, "jobs") != NULL, "a heatmap's colours are named");
	ok(text != NULL && strstr(text, "nothing") == NULL, "a series of nothing is not");
	free(text);
	text = draw(&plot, PLOT_TERMINAL, &size);
	ok(text != NULL && strchr(text, ':') != NULL && strchr(text, '#') != NULL,
	   "in a terminal a cell is fuller the more are in it");
	free(text);
}

static void foreign_text_is_text(void)
{
	char marker[] = "/tmp/plot-test-XXXXXX", title[200];
	const struct plot_series dots = {PLOT_DOTS, "<b>'\n`id`\"", 3, sizes, seconds, NULL};
	struct plot plot = plot_of(&dots, 1);
	size_t size;
	char *text;

	(void)close(mkstemp(marker));
	(void)unlink(marker);
	(void)snprintf(title, sizeof(title), "x'\nsystem 'touch %s'\n`touch %s` \"`touch %s`\"",
		       marker, marker, marker);
	plot.title = title;
	text = draw(&plot, PLOT_SVG, &size);
	ok(access(marker, F_OK) != 0, "a title cannot run a command");
	ok(text != NULL && strstr(text, "&lt;b>") != NULL, "nor put markup into an SVG");
	free(text);
}

static void one_point_has_room(void)
{
	static const double now[] = {1790000000}, wall[] = {5};
	const struct plot_series dot = {PLOT_DOTS, NULL, 1, now, wall, NULL};
	struct plot plot = plot_of(&dot, 1);
	size_t size;
	char *text;

	plot.x = (struct plot_axis){"ended", PLOT_TIME, false};
	plot.y = (struct plot_axis){"wall time", PLOT_SECONDS, false};
	text = draw(&plot, PLOT_TERMINAL, &size);
	ok(text != NULL && strchr(text, '.') != NULL, "a single point is drawn");
	free(text);
}

int main(void)
{
	refusals();
	every_format_draws();
	cells_are_coloured();
	foreign_text_is_text();
	one_point_has_room();
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the description of a picture into a gnuplot script and runs it. */
#include "report/gnuplot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/axis.h"
#include "util/run.h"
#include "util/strbuf.h"

/* 100,000 points take gnuplot 5.4 about two seconds. */
#define GNUPLOT_TIMEOUT_S 60

/* How a mark is drawn: once, or once more of other columns. */
struct look {
	const char *style;
	const char *columns[2];
};

/* Colours that the colour-blind tell apart (Okabe and Ito, "Color Universal Design", 2008). */
static const struct {
	struct look paper; /* and screen */
	struct look
		terminal; /* in characters; a band is its ends: filled, it hides what is in it */
} marks[] = {
	[PLOT_DOTS] = {{"points pt 7 ps 0.6 lc rgb '#0072B2'", {"1:2"}},
		       {"points pt '.'", {"1:2"}}},
	[PLOT_CROSSES] = {{"points pt 2 ps 1.1 lw 2 lc rgb '#D55E00'", {"1:2"}},
			  {"points pt 'x'", {"1:2"}}},
	[PLOT_RING] = {{"points pt 6 ps 2.2 lw 2.5 lc rgb '#D55E00'", {"1:2"}},
		       {"points pt 'O'", {"1:2"}}},
	[PLOT_CURVE] = {{"lines lw 2 lc rgb '#333333'", {"1:2"}}, {"points pt '-'", {"1:2"}}},
	[PLOT_BAND] = {{"filledcurves fc rgb '#cfe3f0' fs solid noborder", {"1:2:3"}},
		       {"points pt '~'", {"1:3", "1:2"}}},
	[PLOT_CELLS] = {{"boxxyerror fs solid noborder lc palette", {"1:2:3:4:5:6:7"}},
			{"labels", {"1:2:3"}}},
	[PLOT_DATES] = {{"vectors nohead lw 2 dt 2 lc rgb '#CC79A7'", {"1:2:3:4"}},
			{"points pt '|'", {"1:2:3:4"}}},
};

static const struct {
	const char *terminal;
	unsigned width, height;
} formats[] = {
	[PLOT_TERMINAL] = {"dumb mono noenhanced", 79, 22},
	[PLOT_SVG] = {"svg noenhanced background rgb 'white' font 'sans-serif,13'", 760, 460},
	[PLOT_PNG] = {"pngcairo noenhanced font 'sans,11'", 760, 460},
};

struct range {
	double low, high;
};

static void range_add(struct range *range, double value)
{
	range->low = fmin(range->low, value);
	range->high = fmax(range->high, value);
}

static bool is_shown(const struct plot_axis *axis, double value)
{
	return isfinite(value) && (!axis->is_log || value > 0);
}

/* gnuplot shows Unix time as UTC, people read local time. */
static double place(const struct plot_axis *axis, double value)
{
	time_t seconds = (time_t)value;
	struct tm local;

	if (axis->unit != PLOT_TIME || localtime_r(&seconds, &local) == NULL)
		return value;
	return value + (double)local.tm_gmtoff;
}

static bool row_is_shown(const struct plot *plot, const struct plot_series *series, size_t i)
{
	if (!is_shown(&plot->x, series->x[i]))
		return false;
	if (series->mark == PLOT_DATES)
		return true;
	return is_shown(&plot->y, series->y[i]) &&
	       (series->mark != PLOT_BAND || is_shown(&plot->y, series->y_high[i]));
}

/* Dates neither make nor stretch a picture. */
static bool ranges_of(const struct plot *plot, struct range *x, struct range *y)
{
	*x = *y = (struct range){INFINITY, -INFINITY};
	for (size_t s = 0; s < plot->series_n; s++) {
		const struct plot_series *series = &plot->series[s];

		for (size_t i = 0; i < series->n && series->mark != PLOT_DATES; i++) {
			if (!row_is_shown(plot, series, i))
				continue;
			range_add(x, place(&plot->x, series->x[i]));
			range_add(y, place(&plot->y, series->y[i]));
			if (series->mark == PLOT_BAND)
				range_add(y, series->y_high[i]);
		}
	}
	return x->low <= x->high;
}

/* In a terminal a cell is one character, the fuller the more are in it. */
static char density(double count)
{
	static const char signs[] = ".:*#";
	size_t i = (size_t)fmax(0, log2(count) / 2);

	return signs[i < sizeof(signs) - 1 ? i : sizeof(signs) - 2];
}

static void add_cell(struct strbuf *script, const struct plot *plot, enum plot_format format,
		     const struct plot_series *series, size_t i)
{
	double half = plot->cell_width / 2, up = sqrt(plot->cell_factor);

	if (format == PLOT_TERMINAL)
		strbuf_addf(script, " %.17g %c", series->y[i], density(series->y_high[i]));
	else
		strbuf_addf(script, " %.17g %.17g %.17g %.17g %.17g %.17g", series->y[i],
			    place(&plot->x, series->x[i] - half),
			    place(&plot->x, series->x[i] + half), series->y[i] / up,
			    series->y[i] * up, series->y_high[i]);
}

static void add_data(struct strbuf *script, const struct plot *plot, enum plot_format format,
		     size_t index, const struct range *y)
{
	const struct plot_series *series = &plot->series[index];

	strbuf_addf(script, "$s%zu << END\n", index);
	for (size_t i = 0; i < series->n; i++) {
		if (!row_is_shown(plot, series, i))
			continue;
		strbuf_addf(script, "%.17g", place(&plot->x, series->x[i]));
		if (series->mark == PLOT_DATES)
			strbuf_addf(script, " %.17g 0 %.17g", y->low, y->high - y->low);
		else if (series->mark == PLOT_CELLS)
			add_cell(script, plot, format, series, i);
		else
			strbuf_addf(script, " %.17g", place(&plot->y, series->y[i]));
		if (series->mark == PLOT_BAND)
			strbuf_addf(script, " %.17g", series->y_high[i]);
		strbuf_addc(script, '\n');
	}
	strbuf_adds(script, "END\n");
}

/* The colours' scale has the title of cells. */
static bool is_titled(const struct plot_series *series)
{
	return series->title != NULL && series->title[0] != '\0' && series->mark != PLOT_CELLS;
}

static void add_title(struct strbuf *script, const struct plot_series *series)
{
	if (is_titled(series)) {
		strbuf_adds(script, "title ");
		axis_quote(script, series->title);
	} else {
		strbuf_adds(script, "notitle");
	}
}

static void add_series(struct strbuf *script, const struct plot *plot, enum plot_format format)
{
	const char *separator = "plot ";

	for (size_t s = 0; s < plot->series_n; s++) {
		const struct plot_series *series = &plot->series[s];
		const struct look *look = format == PLOT_TERMINAL ? &marks[series->mark].terminal
								  : &marks[series->mark].paper;

		if (series->n == 0)
			continue;
		strbuf_addf(script, "%s$s%zu using %s with %s ", separator, s, look->columns[0],
			    look->style);
		add_title(script, series);
		if (look->columns[1] != NULL)
			strbuf_addf(script, ", $s%zu using %s with %s notitle", s, look->columns[1],
				    look->style);
		separator = ", ";
	}
	strbuf_addc(script, '\n');
}

/* From few to many, by powers of ten: lighter to darker, so that it survives a grey printer. */
static void add_colours(struct strbuf *script, const struct plot *plot)
{
	for (size_t s = 0; s < plot->series_n; s++)
		if (plot->series[s].mark == PLOT_CELLS && plot->series[s].n > 0) {
			strbuf_adds(script,
				    "set palette defined (0 '#dcebf7', 1 '#91c1e3', "
				    "2 '#3382bd', 3 '#083c70')\n"
				    "set logscale cb\nset cbrange [1:*]\n"
				    "set cbtics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)\n"
				    "set cblabel ");
			axis_quote(script,
				   plot->series[s].title != NULL ? plot->series[s].title : "");
			strbuf_adds(script, "\n");
		}
}

static void write_script(struct strbuf *script, const struct plot *plot, enum plot_format format,
			 const struct range *x, const struct range *y)
{
	strbuf_addf(script, "set terminal %s size %u,%u\n", formats[format].terminal,
		    plot->width != 0 ? plot->width : formats[format].width,
		    plot->height != 0 ? plot->height : formats[format].height);
	strbuf_adds(script, "set encoding utf8\nset title ");
	axis_quote(script, plot->title);
	strbuf_addc(script, '\n');
	if (format == PLOT_TERMINAL) {
		/* gnuplot leaves out the y axis's label there, and has a row free above the title.
		 */
		strbuf_adds(script, "set key top left\nset label ");
		axis_quote(script, plot->y.label);
		strbuf_adds(script, " at screen 0.01, screen 0.97\n");
	} else {
		strbuf_adds(script, "set grid lt 1 lc rgb '#e4e4e4'\nset border 3\n"
				    "set tics nomirror\nset key outside top center horizontal "
				    "samplen 2 width -3\n");
	}
	add_colours(script, plot);
	axis_describe(script, "x", &plot->x, x->low, x->high);
	axis_describe(script, "y", &plot->y, y->low, y->high);
	for (size_t s = 0; s < plot->series_n; s++)
		add_data(script, plot, format, s, y);
	add_series(script, plot, format);
}

/* gnuplot begins a page of characters with a form feed, with its option nofeed, too. */
static void drop_feeds(char *text, size_t *size)
{
	size_t kept = 0;

	for (size_t i = 0; i < *size; i++)
		if (text[i] != '\f')
			text[kept++] = text[i];
	text[kept] = '\0';
	*size = kept;
}

int plot_draw(const struct plot *plot, enum plot_format format, const char *gnuplot,
	      char **ret_picture, size_t *ret_size, struct jo_err *err)
{
	/* -d: whatever the caller's ~/.gnuplot says, the picture is the same */
	const char *const argv[] = {gnuplot, "-d", NULL};
	struct run_result result = {0};
	struct strbuf script;
	struct range x, y;
	int rc;

	strbuf_init(&script);
	if (!ranges_of(plot, &x, &y)) {
		rc = jo_err_set(err, -ENODATA, "%s: there is nothing to draw", plot->title);
		goto out;
	}
	write_script(&script, plot, format, &x, &y);
	rc = run_program_ok(argv, script.text, script.len, GNUPLOT_TIMEOUT_S, &result, err);
	if (rc == 0 && result.size == 0)
		rc = jo_err_set(err, -EIO, "%s drew nothing%s%s", gnuplot,
				result.complaint[0] == '\0' ? "" : ": ", result.complaint);
	if (rc != 0)
		goto out;
	if (format == PLOT_TERMINAL)
		drop_feeds(result.output, &result.size);
	*ret_picture = result.output;
	*ret_size = result.size;
	result.output = NULL;
out:
	run_result_release(&result);
	strbuf_release(&script);
	return rc;
}

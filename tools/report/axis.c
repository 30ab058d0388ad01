/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Axis ranges and marks for durations, sizes, dates and plain numbers. */
#include "report/axis.h"

#include <math.h>

#define MARKS_MAX 7 /* more labels would touch each other in the smallest picture */
#define UNITS_MAX 7 /* from B to EiB */

/* Durations that people count in, in seconds. */
static const double seconds_ladder[] = {0.001, 0.002, 0.005, 0.01,  0.02,  0.05,  0.1,    0.2,
					0.5,   1,     2,     5,	    10,	   20,	  30,	  60,
					120,   300,   600,   1200,  1800,  3600,  7200,	  14400,
					28800, 43200, 86400, 2 * 86400.0, 5 * 86400.0, 10 * 86400.0,
					20 * 86400.0, 50 * 86400.0, 100 * 86400.0};

static const double factors[] = {1, 2, 5, 10};

#define LADDER_MAX 128 /* four steps in each decade of a double that is drawn, and some */

static size_t ladder_of(enum plot_unit unit, double low, double high, double *ladder)
{
	size_t n = 0;

	if (unit == PLOT_SECONDS) {
		for (size_t i = 0; i < sizeof(seconds_ladder) / sizeof(seconds_ladder[0]); i++)
			if (seconds_ladder[i] >= low && seconds_ladder[i] <= high)
				ladder[n++] = seconds_ladder[i];
	} else if (unit == PLOT_BYTES) {
		for (int i = 0; i < 63 && n < LADDER_MAX; i++)
			if (ldexp(1, i) >= low && ldexp(1, i) <= high)
				ladder[n++] = ldexp(1, i);
	} else {
		for (int i = -6; i < 18; i++)
			for (size_t k = 0; k < 3; k++) {
				double at = factors[k] * pow(10, i);

				if (at >= low && at <= high && n < LADDER_MAX)
					ladder[n++] = at;
			}
	}
	return n;
}

/* On a linear axis: multiples of 1, 2 or 5 times a power of the unit's own base. */
static size_t steps_of(enum plot_unit unit, double low, double high, double *marks)
{
	double rough = (high - low) / MARKS_MAX, base = 1, step = 0;
	size_t n = 0;

	if (unit == PLOT_SECONDS) {
		for (size_t i = 0; i < sizeof(seconds_ladder) / sizeof(seconds_ladder[0]); i++)
			if (step == 0 && seconds_ladder[i] >= rough)
				step = seconds_ladder[i];
	} else if (unit == PLOT_BYTES) {
		step = exp2(ceil(log2(fmax(rough, 1))));
	}
	if (step == 0) {
		base = pow(10, floor(log10(rough)));
		for (size_t i = 0; i < 4 && step == 0; i++)
			if (factors[i] * base >= rough)
				step = factors[i] * base;
	}
	for (double at = ceil(low / step) * step; at <= high && n < LADDER_MAX; at += step)
		marks[n++] = at;
	return n;
}

/* Short, in the largest unit of which it is a whole number: marks stand at round values. */
static void add_mark(struct strbuf *script, enum plot_unit unit, double at)
{
	static const struct {
		double size;
		const char *name;
	} units[][UNITS_MAX] = {
		[PLOT_SECONDS] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}, {0.001, "ms"}},
		[PLOT_BYTES] = {{0x1p60, "EiB"},
				{0x1p50, "PiB"},
				{0x1p40, "TiB"},
				{0x1p30, "GiB"},
				{0x1p20, "MiB"},
				{0x1p10, "KiB"},
				{1, "B"}},
	};
	size_t i = 0;

	if (at == 0 || unit == PLOT_NUMBER) {
		strbuf_addf(script, "'%.6g' %.17g", at, at);
		return;
	}
	while (i + 1 < UNITS_MAX && units[unit][i + 1].name != NULL && at < units[unit][i].size * (1 - 1e-9))
		i++;
	strbuf_addf(script, "'%.6g %s' %.17g", at / units[unit][i].size, units[unit][i].name, at);
}

static void add_marks(struct strbuf *script, const char *name, const struct plot_axis *axis,
		      double low, double high)
{
	double marks[LADDER_MAX];
	size_t n = axis->is_log ? ladder_of(axis->unit, low, high, marks)
				: steps_of(axis->unit, low, high, marks);
	size_t every = (n + MARKS_MAX - 1) / MARKS_MAX;

	/* Within less than a rung of the ladder the steps of a linear axis do better. */
	if (n < 3) {
		n = steps_of(axis->unit, low, high, marks);
		every = (n + MARKS_MAX - 1) / MARKS_MAX;
	}
	if (n == 0)
		return;
	strbuf_addf(script, "set %stics (", name);
	for (size_t i = 0; i < n; i += every) {
		if (i > 0)
			strbuf_adds(script, ", ");
		add_mark(script, axis->unit, marks[i]);
	}
	strbuf_adds(script, ")\n");
}

void axis_describe(struct strbuf *script, const char *name, const struct plot_axis *axis,
		   double low, double high)
{
	double room = axis->is_log ? log(high / low) * 0.06 : (high - low) * 0.06;

	/* A single value still wants a range around it. */
	if (axis->is_log) {
		room = fmax(room, log(1.2));
		low *= exp(-room);
		high *= exp(room);
		strbuf_addf(script, "set logscale %s\n", name);
	} else {
		if (room == 0)
			room = axis->unit == PLOT_TIME ? 3600 : fmax(fabs(high) * 0.05, 1e-9);
		low = axis->unit != PLOT_TIME && low >= 0 ? fmax(0, low - room) : low - room;
		high += room;
	}
	strbuf_addf(script, "set %srange [%.17g:%.17g]\nset %slabel ", name, low, high, name);
	axis_quote(script, axis->label);
	strbuf_addc(script, '\n');
	if (axis->unit == PLOT_TIME)
		strbuf_addf(script, "set %sdata time\nset timefmt '%%s'\nset format %s '%s'\n", name, name,
			    high - low > 3 * 86400 ? "%d %b" : "%d %b %H:%M");
	else
		add_marks(script, name, axis, low, high);
}

void axis_quote(struct strbuf *script, const char *text)
{
	/* In single quotes only the quote itself is special; in double quotes `...` runs a shell. */
	strbuf_addc(script, '\'');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\'')
			strbuf_adds(script, "''");
		else
			strbuf_addc(script, (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c);
	}
	strbuf_addc(script, '\'');
}

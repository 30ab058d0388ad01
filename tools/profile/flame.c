/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorted by their frames, stacks that share a call follow each other: a box begins
 * where a stack has a call that the one before has not, and ends where one has
 * it no more.
 */
#include "profile/flame.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/utf8.h"
#include "util/alloc.h"

/* Pixels. */
#define WIDTH 1200
#define MARGIN 10
#define HEAD 48     /* title and subtitle */
#define ROW 17      /* of a box, with the gap to the next */
#define BOX 16      /* of it, the box */
#define LETTER 6.7  /* of the font below, as wide as browsers make it */
#define BOX_MIN 0.2 /* narrower boxes are not seen, and all are written */
#define LABEL_MIN 3 /* letters; fewer say nothing */

/* Deeper calls are left out: their callers are drawn, and none of ours is a tenth as deep. */
#define DEPTH_MAX 256

/* The difference of shares that has the full colour. */
#define FULL_DIFFERENCE 0.3

/* A stack of either profile, with the samples of both. */
struct bar {
	const guint32 *calls;
	size_t depth, common; /* common: calls that it shares with the bar before */
	int64_t count, other_count;
};

/* What is drawn, and where it has got to. */
struct drawing {
	const struct profile_flame *flame;
	const struct profile_names *names;
	struct bar *bars;
	size_t count, depth;
	struct strbuf *svg;
};

/* ---- the stacks of both, sorted ---- */

static size_t common_depth(const struct bar *a, const struct bar *b)
{
	size_t depth = 0;

	while (depth < a->depth && depth < b->depth && a->calls[depth] == b->calls[depth])
		depth++;
	return depth;
}

static int compare_bars(const void *left, const void *right, void *context)
{
	const struct profile_names *names = context;
	const struct bar *a = left, *b = right;
	size_t depth = common_depth(a, b);

	if (depth == a->depth || depth == b->depth)
		return (a->depth > b->depth) - (a->depth < b->depth);
	return strcmp(profile_frame(names, a->calls[depth])->text,
		      profile_frame(names, b->calls[depth])->text);
}

static void add_bars(const struct profile *profile, bool is_other, struct drawing *drawing)
{
	for (size_t i = 0; profile != NULL && i < profile->stacks->len; i++) {
		const struct profile_stack *stack = profile_stack(profile, i);

		drawing->bars[drawing->count++] = (struct bar){
			.calls = &g_array_index(profile->calls, guint32, stack->begin),
			.depth = stack->depth < DEPTH_MAX ? stack->depth : DEPTH_MAX,
			.count = is_other ? 0 : stack->count,
			.other_count = is_other ? stack->count : 0,
		};
		if (!is_other && stack->depth > drawing->depth)
			drawing->depth = stack->depth < DEPTH_MAX ? stack->depth : DEPTH_MAX;
	}
}

static void make_bars(struct drawing *drawing)
{
	const struct profile_flame *flame = drawing->flame;
	size_t count = flame->profile->stacks->len;

	if (flame->other != NULL)
		count += flame->other->stacks->len;
	drawing->bars = xcalloc(count + 1, sizeof(*drawing->bars));
	add_bars(flame->profile, false, drawing);
	add_bars(flame->other, true, drawing);
	g_qsort_with_data(drawing->bars, (gint)drawing->count, sizeof(*drawing->bars), compare_bars,
			  (gpointer)(uintptr_t)drawing->names);
	for (size_t i = 1; i < drawing->count; i++)
		drawing->bars[i].common = common_depth(&drawing->bars[i - 1], &drawing->bars[i]);
}

/* ---- boxes ---- */

struct box {
	const char *text, *function;
	size_t depth; /* from 0 */
	int64_t begin, count, other_count;
};

static double share(int64_t count, const struct profile *profile)
{
	return profile->sample_count > 0 ? (double)count / (double)profile->sample_count : 0;
}

/* Warm, and of each function its own; of a comparison, how it differs. */
static void write_colour(const struct drawing *drawing, const struct box *box)
{
	const struct profile_flame *flame = drawing->flame;
	double difference, fade;
	uint32_t hash = 2166136261U; /* FNV-1a */

	if (flame->other == NULL) {
		for (const char *at = box->function; *at != '\0'; at++)
			hash = (hash ^ (unsigned char)*at) * 16777619U;
		strbuf_addf(drawing->svg, "rgb(%u,%u,%u)", 210 + (hash >> 8) % 45,
			    90 + (hash >> 16) % 130, 40 + (hash >> 24) % 50);
		return;
	}
	difference = share(box->count, flame->profile) - share(box->other_count, flame->other);
	fade = 235 - 150 * fmin(1, fabs(difference) / FULL_DIFFERENCE);
	if (difference > 0)
		strbuf_addf(drawing->svg, "rgb(245,%.0f,%.0f)", fade, fade);
	else
		strbuf_addf(drawing->svg, "rgb(%.0f,%.0f,245)", fade, fade);
}

static void write_escaped(const char *text, gssize len, struct strbuf *svg)
{
	char *clean = len < 0 ? xstrdup(text) : xstrndup(text, (size_t)len), *escaped;

	jo_utf8_mask(clean);
	escaped = g_markup_escape_text(clean, -1);
	strbuf_adds(svg, escaped);
	g_free(escaped);
	free(clean);
}

/* As much of the text as fits, with ".." for the rest. */
static void write_label(const char *text, double width, struct strbuf *svg)
{
	size_t room = width > 0 ? (size_t)(width / LETTER) : 0, len = 0;

	if (room < LABEL_MIN)
		return;
	for (size_t letters = 0; text[len] != '\0' && letters < room; letters++) {
		size_t step = jo_utf8_printable(text + len);

		len += step > 0 ? step : 1;
	}
	if (text[len] == '\0') {
		write_escaped(text, -1, svg);
		return;
	}
	for (size_t cut = 0; cut < 2 && len > 0; cut++)
		while (--len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			;
	write_escaped(text, (gssize)len, svg);
	strbuf_adds(svg, "..");
}

static void write_box(const struct drawing *drawing, const struct box *box)
{
	const struct profile_flame *flame = drawing->flame;
	double scale = (double)(WIDTH - 2 * MARGIN) / (double)flame->profile->sample_count;
	double x = MARGIN + scale * (double)box->begin, width = scale * (double)box->count;
	size_t y = HEAD + ROW * (drawing->depth - box->depth);

	if (width < BOX_MIN)
		return;
	strbuf_adds(drawing->svg, "<g><title>");
	write_escaped(box->text, -1, drawing->svg);
	strbuf_addf(drawing->svg, ": %.1f %%, %" PRId64 " samples",
		    100 * share(box->count, flame->profile), box->count);
	if (flame->other != NULL)
		strbuf_addf(drawing->svg, "; there %.1f %%",
			    100 * share(box->other_count, flame->other));
	strbuf_addf(drawing->svg,
		    "</title><rect x=\"%.1f\" y=\"%zu\" width=\"%.1f\" height=\"%d\" fill=\"", x, y,
		    width, BOX);
	write_colour(drawing, box);
	strbuf_addf(drawing->svg, "\"/><text x=\"%.1f\" y=\"%zu\">", x + 3, y + BOX - 4);
	write_label(box->text, width - 6, drawing->svg);
	strbuf_adds(drawing->svg, "</text></g>\n");
}

/* The calls at one depth, counted from 0, which lie above the box of all samples. */
static void write_row(const struct drawing *drawing, size_t depth)
{
	struct box box = {.depth = depth + 1};
	int64_t at = 0;
	bool is_open = false;

	for (size_t i = 0; i < drawing->count; i++) {
		const struct bar *bar = &drawing->bars[i];
		bool has_call = bar->depth > depth, goes_on = has_call && bar->common > depth;

		if (is_open && !goes_on)
			write_box(drawing, &box);
		if (has_call && !goes_on) {
			const struct profile_frame *frame =
				profile_frame(drawing->names, bar->calls[depth]);

			box.text = frame->text;
			box.function = frame->function;
			box.begin = at;
			box.count = box.other_count = 0;
		}
		is_open = has_call;
		box.count += has_call ? bar->count : 0;
		box.other_count += has_call ? bar->other_count : 0;
		at += bar->count;
	}
	if (is_open)
		write_box(drawing, &box);
}

static void write_base(const struct drawing *drawing)
{
	const struct profile *profile = drawing->flame->profile, *other = drawing->flame->other;
	const struct box all = {
		.text = "all",
		.function = "all",
		.count = profile->sample_count,
		.other_count = other != NULL ? other->sample_count : 0,
	};
	const struct box rest = {
		.text = PROFILE_OTHER,
		.function = PROFILE_OTHER,
		.depth = 1,
		.begin = profile->sample_count - profile->other_count,
		.count = profile->other_count,
		.other_count = other != NULL ? other->other_count : 0,
	};

	write_box(drawing, &all);
	write_box(drawing, &rest);
}

void profile_flame_write(const struct profile_flame *flame, struct strbuf *svg)
{
	struct drawing drawing = {
		.flame = flame,
		.names = flame->profile->names,
		.depth = 1, /* the rest has a row */
		.svg = svg,
	};
	size_t height;

	make_bars(&drawing);
	height = HEAD + ROW * (drawing.depth + 1) + MARGIN;
	strbuf_addf(
		svg,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
		"viewBox=\"0 0 %d %zu\">\n"
		"<style>text{font:11px monospace;pointer-events:none}"
		".t{font:bold 14px sans-serif}.s{font:12px sans-serif}"
		"rect{stroke:#fff;stroke-width:.4}rect:hover{stroke:#000;stroke-width:1}</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\" "
		"pointer-events=\"none\"/>\n<text class=\"t\" x=\"%d\" y=\"20\">",
		WIDTH, height, WIDTH, height, MARGIN);
	write_escaped(flame->title, -1, svg);
	strbuf_addf(svg, "</text>\n<text class=\"s\" x=\"%d\" y=\"38\">", MARGIN);
	write_escaped(flame->subtitle, -1, svg);
	strbuf_adds(svg, "</text>\n");
	if (flame->profile->sample_count > 0)
		write_base(&drawing);
	for (size_t depth = 0; depth < drawing.depth; depth++)
		write_row(&drawing, depth);
	strbuf_adds(svg, "</svg>\n");
	free(drawing.bars);
}

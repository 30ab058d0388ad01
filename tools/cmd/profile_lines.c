/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of a profile, with their shares. */
#include "cmd/profile_lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "profile/places.h"
#include "util/alloc.h"

struct profile_line {
	const char *label; /* the step's */
	const struct profile_frame *frame;
	int64_t self_count, total_count;
	double self, total, other_self, other_total, gained; /* shares; NaN: not known */
};

/* The share that the row has there; programs get it as it is. */
static void get_share(const void *row, const struct out_column *column, struct out_cell *cell)
{
	double share = *(const double *)(const void *)((const char *)row + column->offset);
	char text[24];

	out_real(cell, share);
	if (isnan(share))
		return;
	(void)snprintf(text, sizeof(text), "%.1f %%", 100 * share);
	out_for_people(cell, text);
}

static void get_gained(const void *row, const struct out_column *column, struct out_cell *cell)
{
	double share = *(const double *)(const void *)((const char *)row + column->offset);
	char text[24];

	out_real(cell, share);
	if (isnan(share))
		return;
	(void)snprintf(text, sizeof(text), "%+.1f", 100 * share);
	out_for_people(cell, text);
}

static void get_function(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct profile_line *)row)->frame->function);
}

static void get_file(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct profile_line *)row)->frame->file);
}

static void get_number(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_int(cell, ((const struct profile_line *)row)->frame->line);
}

static void get_place(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct profile_frame *frame = ((const struct profile_line *)row)->frame;
	char *text;

	(void)column;
	if (frame->line == JO_MISSING) {
		out_text(cell, frame->file);
		return;
	}
	text = xasprintf("%s:%lld", frame->file, (long long)frame->line);
	out_text(cell, text);
	free(text);
}

#define AT(member) offsetof(struct profile_line, member)

const struct out_column profile_line_columns[] = {
	{"job", "JOB", false, "job and step", out_get_text, AT(label), 0},
	{"self", "SELF", true, "share of the samples in which it ran itself", get_share, AT(self),
	 0},
	{"total", "TOTAL", true, "share in which it ran, or what it had called", get_share,
	 AT(total), 0},
	{"self_samples", "SELFSAMPLES", true, "how many samples that is", out_get_int,
	 AT(self_count), 0},
	{"total_samples", "SAMPLES", true, "how many samples that is", out_get_int, AT(total_count),
	 0},
	{"other_self", "OTHERSELF", true, "with --diff: as self, there", get_share, AT(other_self),
	 0},
	{"other_total", "OTHER", true, "with --diff: as total, there", get_share, AT(other_total),
	 0},
	{"gained", "GAINED", true, "with --diff: total here less total there", get_gained,
	 AT(gained), 0},
	{"function", "FUNCTION", false, "function", get_function, 0, 0},
	{"place", "LINE", false, "file and line", get_place, 0, 0},
	{"file", "FILE", false, "file", get_file, 0, 0},
	{"line", "NUMBER", true, "number of the line", get_number, 0, 0},
	{0},
};

const char *const profile_line_defaults[3] = {
	[PROFILE_LINES_PEOPLE] = "self,total,function,place",
	[PROFILE_LINES_PROGRAMS] = "job,self,total,self_samples,total_samples,function,file,line",
	[PROFILE_LINES_DIFF] = "gained,total,other_total,self,function,place",
};

/* The clearest gain first, what was lost last; without another profile, the largest of its own. */
static int compare_lines(const void *left, const void *right)
{
	const struct profile_line *a = left, *b = right;

	if (!isnan(a->gained) && a->gained != b->gained)
		return a->gained > b->gained ? -1 : 1;
	if (a->self_count != b->self_count)
		return a->self_count > b->self_count ? -1 : 1;
	if (a->total_count != b->total_count)
		return a->total_count > b->total_count ? -1 : 1;
	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static double share(int64_t count, const struct profile *profile)
{
	return profile == NULL || profile->sample_count == 0
		       ? NAN
		       : (double)count / (double)profile->sample_count;
}

size_t profile_lines_add(struct out *out, const char *label, const struct profile *profile,
			 const struct profile *other, size_t max)
{
	const struct profile_names *names = profile->names;
	size_t place_count = profile_place_count(names), count = 0, shown;
	struct profile_place_counts *own = xcalloc(place_count + 1, sizeof(*own));
	struct profile_place_counts *there = xcalloc(place_count + 1, sizeof(*there));
	struct profile_line *lines = xcalloc(names->frames->len + 1, sizeof(*lines));

	profile_count(profile, NULL, own);
	if (other != NULL)
		profile_count(other, NULL, there);
	for (size_t i = 0; i < names->frames->len; i++) {
		if (own[i].total_count == 0 && there[i].total_count == 0)
			continue;
		lines[count] = (struct profile_line){
			.label = label,
			.frame = profile_frame(names, i),
			.self_count = own[i].self_count,
			.total_count = own[i].total_count,
			.self = share(own[i].self_count, profile),
			.total = share(own[i].total_count, profile),
			.other_self = share(there[i].self_count, other),
			.other_total = share(there[i].total_count, other),
		};
		lines[count].gained = lines[count].total - lines[count].other_total;
		count++;
	}
	qsort(lines, count, sizeof(*lines), compare_lines);
	shown = count < max ? count : max;
	for (size_t i = 0; i < shown; i++)
		out_row(out, &lines[i]);
	free(lines);
	free(there);
	free(own);
	return count - shown;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile as a listing: a row for each line that was sampled. */
#ifndef CMD_PROFILE_LINES_H
#define CMD_PROFILE_LINES_H

#include "profile/stacks.h"
#include "util/out.h"

extern const struct out_column profile_line_columns[];

/* Shown unless told otherwise: for people, for programs, and of two profiles. */
extern const char *const profile_line_defaults[3];
enum { PROFILE_LINES_PEOPLE, PROFILE_LINES_PROGRAMS, PROFILE_LINES_DIFF };

/*
 * Add the lines of a step's profile, those first that had most to themselves, or,
 * beside another profile, that gained most; at most max of them.  Returns how
 * many more there are.
 */
size_t profile_lines_add(struct out *out, const char *label, const struct profile *profile,
			 const struct profile *other, size_t max);

#endif

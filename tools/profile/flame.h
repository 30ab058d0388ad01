/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flame graph (Gregg, CACM 59, 2016, 48-57) as SVG without scripts: each box is
 * a call, as wide as its share of the samples and above what called it; calls of
 * one caller stand side by side by name.  What a box is stands in its title,
 * which browsers show under the pointer and find as text.
 */
#ifndef PROFILE_FLAME_H
#define PROFILE_FLAME_H

#include "profile/stacks.h"

struct profile_flame {
	const struct profile *profile;
	const struct profile *other; /* that it is compared with, of the same names; NULL: none */
	const char *title, *subtitle;
};

/*
 * Append the drawing.  A function has one colour in all drawings; of two profiles
 * boxes are red by what they gained of all samples, and blue by what they lost.
 */
void profile_flame_write(const struct profile_flame *flame, struct strbuf *svg);

#endif

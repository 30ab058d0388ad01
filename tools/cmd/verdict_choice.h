/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which verdicts an option -v asks for: by their words, or by how sure it is that they are high. */
#ifndef CMD_VERDICT_CHOICE_H
#define CMD_VERDICT_CHOICE_H

#include <stdbool.h>

#include "joboutliers/err.h"
#include "step/verdict.h"

/* Zeroed memory has none. */
struct verdict_choice {
	unsigned verdict_mask;          /* bit 1 << enum verdict */
	enum verdict_level least_level; /* this and those above it; NONE: by verdict alone */
};

/* What -v takes, for help and messages. */
#define VERDICT_CHOICE_WORDS "high, low, normal, unjudged, watch or certain"

/* Add the words of a list, separated by commas.  Returns 0, or -EINVAL for one that is no choice.
 */
int verdict_choice_add(struct verdict_choice *choice, const char *list, struct jo_err *err);

/* Whether anything was added. */
bool verdict_choice_is_set(const struct verdict_choice *choice);

/* Whether the verdict of this level is among those chosen. */
bool verdict_choice_has(const struct verdict_choice *choice, enum verdict verdict,
			enum verdict_level level);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the site wants nobody to be mailed about; verdicts and the report have it all the same. */
#ifndef FINDING_EXCLUDED_H
#define FINDING_EXCLUDED_H

#include <stdbool.h>

#include "step/step.h"
#include "util/strlist.h"

/* Shell patterns, as fnmatch(3) has them; the lists stay their owner's. */
struct excluded {
	struct strlist partitions, accounts, users, classes, qos;
};

/* Whether a pattern of any list fits the step. */
bool excluded_has(const struct excluded *excluded, const struct step *step);

#endif

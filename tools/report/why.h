/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a finding's step did, in words by which findings are put together. */
#ifndef REPORT_WHY_H
#define REPORT_WHY_H

#include "step/cause.h"
#include "step/metric.h"

/* "did more work"; where the cause is not known, what was high: "took longer", "took more memory".
 */
const char *why_words(enum cause cause, enum metric metric);

#endif

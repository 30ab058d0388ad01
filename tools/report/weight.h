/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is looked at first: what cost most, and is surest. */
#ifndef REPORT_WEIGHT_H
#define REPORT_WEIGHT_H

#include "report/html.h"

/*
 * What an excess of memory cost, in core-hours: those of the processors that nobody could use
 * beside it, as each has its share of its node's memory (bytes_per_core; 0: not known).  NaN where
 * the time is not known.
 */
double weight_memory_core_hours(double excess_bytes, int64_t wall_us, double bytes_per_core);

/*
 * Fill in a finding's cost, chance and weight, by what was judged of it: the largest cost of what
 * is high, the smallest chance, and the one times the other in powers of ten.  NaN: not known.
 */
void weight_set(struct report_finding *finding);

#endif

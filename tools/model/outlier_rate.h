/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often steps of a group are far out.  Before its own history tells, this is
 * what groups of real streams show: the share of steps at a log distance or
 * beyond differs between them as a Beta distribution does that is worth a few
 * steps, and its mean falls with the distance.  Distances are above 0.
 */
#ifndef MODEL_OUTLIER_RATE_H
#define MODEL_OUTLIER_RATE_H

#include <stddef.h>

/* The chance that at least far_n of n more are, after before_far of before_n (beta-binomial). */
double outlier_rate_chance_of(double distance, size_t before_n, size_t before_far, size_t n,
			      size_t far_n);

#endif

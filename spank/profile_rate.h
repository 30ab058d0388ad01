/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a step is sampled, as a user says it. */
#ifndef SPANK_PROFILE_RATE_H
#define SPANK_PROFILE_RATE_H

#include "joboutliers/err.h"

/* A minute gives 600 samples, whose shares are exact to 4 %; a sample costs 0.1 to 0.3 ms. */
#define PROFILE_RATE_USUAL_HZ 10

/* What costs a program 1 to 3 % of its time. */
#define PROFILE_RATE_MAX_HZ 100

/*
 * "0", "no" or "off" is 0: not at all; "1", "yes", "on" or nothing is the usual rate;
 * another number is itself.  Returns 0, or -EINVAL with what would be right.
 */
int profile_rate_parse(const char *text, int *ret_rate_hz, struct jo_err *err);

#endif

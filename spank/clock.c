/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seconds and nano-seconds as one number. */
#include "clock.h"

#include "joboutliers/record.h"
#include "joboutliers/units.h"

int64_t clock_now_us(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		return JO_MISSING;
	return (int64_t)now.tv_sec * JO_US_PER_S + now.tv_nsec / 1000;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Points in time between text and micro-seconds since 1970, in the local time zone. */
#ifndef UTIL_WHEN_H
#define UTIL_WHEN_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

#define WHEN_TEXT_SIZE 32 /* 19 characters, more for years after 9999 */

/*
 * Read a time in any form that sacct takes for -S and -E:
 *
 *	2026-01-02, 2026-01-02T03:04, 2026-01-02T03:04:05
 *	01/02, 01/02/26, 01.02.26, 0102, 010226, each also with "-HH:MM[:SS]"
 *	HH:MM, HH:MM:SS, either with AM or PM		that time today
 *	now, today, midnight, noon, teatime
 *	now-3hours, now+10, today-1week			seconds, minutes, hours, days, weeks
 *
 * and beside these a fraction of the second behind a point or comma, "Z" or "+HH:MM" after a full
 * time, a space for the "T", and seconds since 1970 of nine digits or more.
 * A month and day without a year is the latest one that is not after now.
 *
 * Returns 0, or -EINVAL with *err showing the forms; *ret_unix_us is then
 * untouched.
 */
int when_parse(const char *text, int64_t now_unix_us, int64_t *ret_unix_us, struct jo_err *err);

/* "2026-01-02T03:04:05" into buf, the fraction of the second cut off; returns buf. */
char *when_format(int64_t unix_us, char buf[WHEN_TEXT_SIZE]);

/* The clock. */
int64_t when_now(void);

/* Micro-seconds by the clock that nobody sets, for how long something took. */
int64_t when_monotonic_us(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes, durations and ratios between text and numbers: what users type, what people read. */
#ifndef JOBOUTLIERS_UNITS_H
#define JOBOUTLIERS_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

/* A size is at most this many bytes (8 EiB - 1), so that it fits SQLite's integers. */
#define JO_BYTES_MAX INT64_MAX

/* Micro-seconds, the unit of all times and durations. */
#define JO_US_PER_S INT64_C(1000000)
#define JO_US_PER_MIN (60 * JO_US_PER_S)
#define JO_US_PER_HOUR (60 * JO_US_PER_MIN)
#define JO_US_PER_DAY (24 * JO_US_PER_HOUR)

/*
 * Read a size: a decimal number, with fraction and exponent if you like ("40",
 * "1.5e6", "2.5TiB"), and an optional suffix in either case.
 *
 *	K M G T P E, KiB MiB ...	powers of 1024, as in Slurm's --mem
 *	KB MB GB TB PB EB		powers of 1000
 *	B or nothing			bytes
 *
 * One space may stand before the suffix, so that what jo_bytes_format writes
 * can be read back.  The result is rounded to the nearest byte.  0 is a size.
 *
 * Returns 0, -EINVAL for text that is no size (empty, negative, unknown
 * suffix, not finite), or -ERANGE for more than JO_BYTES_MAX.  *err then says
 * what was wrong with which text and shows a right one.
 */
int jo_bytes_parse(const char *text, int64_t *ret_bytes, struct jo_err *err);

/* "1.5 GiB" into buf, three significant digits; returns buf.  16 bytes are enough. */
char *jo_bytes_format(int64_t bytes, char *buf, size_t size);

/*
 * Read a duration in one of Slurm's forms: "minutes", "minutes:seconds",
 * "hours:minutes:seconds", "days-hours", "days-hours:minutes",
 * "days-hours:minutes:seconds"; or a number with a unit (s, min, h, d).
 *
 * Returns 0, -EINVAL or -ERANGE, with *err as for sizes.
 */
int jo_duration_parse(const char *text, int64_t *ret_us, struct jo_err *err);

/* "41 min", "1 min 19 s", "2 h 06 min", "3 d 04 h", "12.3 s" into buf, for people; returns buf.  24 bytes are
 * enough. */
char *jo_duration_format(int64_t us, char *buf, size_t size);

/* "[D-]HH:MM:SS", as Slurm writes and reads it, rounded up to a second; returns buf.  24 bytes are
 * enough. */
char *jo_duration_format_slurm(int64_t us, char *buf, size_t size);

/* "2.6", "11": how many times as much, two digits; returns buf.  24 bytes are enough. */
char *jo_ratio_format(double ratio, char *buf, size_t size);

#endif

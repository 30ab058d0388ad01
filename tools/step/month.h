/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Months, by which a database may keep steps: an id begins with the month in
 * which its step started, so those of a month are a range of ids, which can be
 * forgotten at once.  A step keeps its id for life, whatever is learned of its
 * times.
 */
#ifndef STEP_MONTH_H
#define STEP_MONTH_H

#include <stdint.h>

/* Of steps whose time nobody can believe, and of all where steps are not kept by months. */
#define MONTH_NONE 0
#define MONTH_MAX 2047 /* July 2170 */

/* Behind the month stands the step's number, which no other step ever has: 68 billion are a million
 * a day for 188 years. */
#define MONTH_NUMBER_BITS 36
#define MONTH_NUMBER_MAX ((INT64_C(1) << MONTH_NUMBER_BITS) - 1)

#define MONTH_NAME_SIZE 16 /* "2026_11"; with room for any number */

/*
 * The month of UTC in which the time lies, as is known at now: January 2000 is 1.
 * MONTH_NONE for what no step of Slurm's can have, which is before that, or
 * behind the month after now, and for JO_MISSING: a clock that is wrong makes
 * no months.
 */
int32_t month_of(int64_t unix_us, int64_t now_unix_us);

/* The id of the month's step with this number. */
int64_t month_step_id(int32_t month, int64_t number);

/* The month of a step's id. */
int64_t month_of_id(int64_t id);

/* The first id that a step of the month can have, which is behind all of the months before. */
int64_t month_first_id(int32_t month);

/* When the month begins; not for MONTH_NONE. */
int64_t month_begin_unix_us(int32_t month);

/* "2026_11", as a part of a name. */
const char *month_name(int32_t month, char ret_name[static MONTH_NAME_SIZE]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nights: local calendar days, the unit in which steps are judged. */
#ifndef STEP_NIGHT_H
#define STEP_NIGHT_H

#include <stdint.h>

struct night {
	int32_t number; /* 20261123 */
	int64_t from_unix_us,
		to_unix_us; /* midnight and the next one, whatever the clock did between */
};

/* The night in which the time lies. */
struct night night_of(int64_t unix_us);

/* The night that lies so many days before that of the time. */
struct night night_before(int64_t unix_us, int64_t days);

/* Its number alone. */
int32_t night_day(int64_t unix_us);

/* Its number.  *last, all zero at first, is the one before's: most times are of the same. */
int32_t night_number(int64_t unix_us, struct night *last);

/*
 * Nights that were looked up, for those who go through the same months again and
 * again: the C library looks for a new time zone each time.  All zero at first.
 */
#define NIGHTS_DAYS 256 /* more than two of the months that a drift is looked for in */
struct nights {
	struct night known[NIGHTS_DAYS][2]; /* by the day of UTC, which parts of two may share */
};

/* The time's night, by number. */
int32_t nights_number(struct nights *nights, int64_t unix_us);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times to months, months to ids and back, at the borders of either. */
#include "step/month.h"
#include "tap.h"

#include "joboutliers/record.h"
#include "joboutliers/units.h"

#include <stdlib.h>
#include <time.h>

#define NOW INT64_C(1764547200) /* 2025-12-01 00:00:00 UTC */

static const struct {
	const char *name;
	int64_t unix_us;
	int32_t month;
} cases[] = {
	{"nothing", JO_MISSING, 0},
	{"the first time there is", JO_MISSING + 1, 0},
	{"before 1970", -1, 0},
	{"1970", 0, 0},
	{"the last of 1999", INT64_C(946684800000000) - 1, 0},
	{"the first of 2000", INT64_C(946684800000000), 1},
	{"the 29th of February of 2000", INT64_C(951782400000000), 2},
	{"the last of it", INT64_C(951868800000000) - 1, 2},
	{"the first of March of 2000", INT64_C(951868800000000), 3},
	{"the last of February of 2023", INT64_C(1677628800000000) - 1, 278},
	{"the first of March of 2023", INT64_C(1677628800000000), 279},
	{"the 29th of February of 2024", INT64_C(1709164800000000), 290},
	{"the last of 2024", INT64_C(1735689600000000) - 1, 300},
	{"the first of 2025", INT64_C(1735689600000000), 301},
	{"the last before now", NOW *JO_US_PER_S - 1, 311},
	{"now", NOW *JO_US_PER_S, 312},
	{"the last of the month after now", INT64_C(1769904000000000) - 1, 313},
	{"what is behind that", INT64_C(1769904000000000), 0},
	{"the last time there is", INT64_MAX, 0},
};

static void times(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(month_of(cases[i].unix_us, NOW * JO_US_PER_S), cases[i].month, "%s",
		       cases[i].name);
	is_int(month_of(NOW * JO_US_PER_S, JO_MISSING), MONTH_NONE, "at no time there is no month");
	is_int(month_of(NOW * JO_US_PER_S, 0), MONTH_NONE, "nor by a clock that was not set");
	is_int(month_of(NOW * JO_US_PER_S, INT64_MAX), 312, "by one that is late there is");
	is_int(month_of(INT64_C(6329750400000000) - 1, INT64_MAX), MONTH_MAX, "the last month");
	is_int(month_of(INT64_C(6329750400000000), INT64_MAX), MONTH_NONE, "there is no other");
	for (int32_t month = 1; month < MONTH_MAX; month++) {
		int64_t begin_unix_us = month_begin_unix_us(month);

		if (month_of(begin_unix_us, INT64_MAX) != month ||
		    month_of(begin_unix_us - 1, INT64_MAX) != month - 1)
			ok(0, "month %d begins where the one before ends", month);
	}
	ok(1, "each month begins where the one before ends");
}

static void ids(void)
{
	char name[MONTH_NAME_SIZE];

	is_int(month_step_id(MONTH_NONE, 17), 17, "without a month an id is the number");
	is_int(month_of_id(17), MONTH_NONE, "and has none");
	is_int(month_of_id(month_step_id(312, 1)), 312, "an id has its month");
	is_int(month_of_id(month_step_id(312, MONTH_NUMBER_MAX)), 312, "with the last number, too");
	is_int(month_step_id(312, MONTH_NUMBER_MAX) + 1, month_first_id(313),
	       "the next id is the next month's first");
	ok(month_first_id(MONTH_MAX + 1) <= INT64_C(1) << 47,
	   "an id of this century takes six bytes");
	is_int(month_step_id(312, 123456789) & INT64_C(0x7fffffff), 123456789,
	       "its low bits are the number's");
	is_str(month_name(1, name), "2000_01", "the first one has");
	is_str(month_name(312, name), "2025_12", "a December");
	is_str(month_name(313, name), "2026_01", "a January");
	for (int32_t month = 2; month <= MONTH_MAX; month++) {
		char before[MONTH_NAME_SIZE];

		if (strcmp(month_name(month - 1, before), month_name(month, name)) >= 0)
			ok(0, "%s is behind %s", name, before);
	}
	ok(1, "each name is behind that of the month before");
}

int main(void)
{
	(void)setenv("TZ", "Pacific/Kiritimati", 1); /* 14 hours before UTC */
	tzset();
	times();
	ids();
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Days of 23, 24 and 25 hours, which the C library knows about. */
#include "night.h"

#include "joboutliers/units.h"

#include <stddef.h>
#include <time.h>

static int day_of_year(time_t when)
{
	struct tm day = {0};

	(void)localtime_r(&when, &day);
	return day.tm_yday;
}

/* Of the day, which may lie beyond its month; noon is there however the clocks are changed. */
static struct tm noon_of(struct tm day)
{
	day.tm_hour = 12;
	day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	(void)mktime(&day);
	return day;
}

/*
 * When the day began: its first midnight, of two where clocks go back over it, or what came in
 * place of one.  Left to choose, mktime takes either of two, by what it was asked before.
 */
static int64_t beginning_unix_us(struct tm noon)
{
	const int choices[] = {noon.tm_isdst, !noon.tm_isdst, -1};
	time_t when = 0;

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct tm midnight = noon;

		midnight.tm_hour = 0;
		midnight.tm_isdst = choices[i];
		when = mktime(&midnight);
		if (day_of_year(when) == noon.tm_yday && day_of_year(when - 1) != noon.tm_yday)
			break;
	}
	return (int64_t)when * JO_US_PER_S;
}

struct night night_before(int64_t unix_us, int64_t days)
{
	int64_t second = unix_us / JO_US_PER_S - (unix_us % JO_US_PER_S < 0);
	time_t when = (time_t)second;
	struct tm day = {0};
	struct night night;

	(void)localtime_r(&when, &day);
	day.tm_mday -= (int)days;
	day = noon_of(day);
	night.number =
		(int32_t)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
	night.from_unix_us = beginning_unix_us(day);
	day.tm_mday++;
	night.to_unix_us = beginning_unix_us(noon_of(day));
	return night;
}

struct night night_of(int64_t unix_us)
{
	return night_before(unix_us, 0);
}

int32_t night_number(int64_t unix_us, struct night *last)
{
	if (unix_us < last->from_unix_us || unix_us >= last->to_unix_us)
		*last = night_of(unix_us);
	return last->number;
}

int32_t nights_number(struct nights *nights, int64_t unix_us)
{
	struct night *known = nights->known[(uint64_t)unix_us / JO_US_PER_DAY % NIGHTS_DAYS];

	for (size_t i = 0; i < 2; i++)
		if (unix_us >= known[i].from_unix_us && unix_us < known[i].to_unix_us)
			return known[i].number;
	known[1] = known[0];
	known[0] = night_of(unix_us);
	return known[0].number;
}

int32_t night_day(int64_t unix_us)
{
	return night_of(unix_us).number;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Months of UTC, as hosts of one database need not agree on a time zone. */
#include "month.h"

#include "joboutliers/units.h"

#include <stdio.h>
#include <time.h>

#define FIRST_YEAR 2000
#define FIRST_UNIX_US INT64_C(946684800000000) /* of that year */
#define MONTHS_OF_YEAR 12

/* Of a time that is not before the first year; 64 bits of micro-seconds are 292,000 years. */
static int32_t count_months(int64_t unix_us)
{
	time_t when = (time_t)(unix_us / JO_US_PER_S);
	struct tm day = {0};

	(void)gmtime_r(&when, &day);
	return (day.tm_year + 1900 - FIRST_YEAR) * MONTHS_OF_YEAR + day.tm_mon + 1;
}

int32_t month_of(int64_t unix_us, int64_t now_unix_us)
{
	int32_t month;

	if (unix_us < FIRST_UNIX_US || now_unix_us < FIRST_UNIX_US)
		return MONTH_NONE;
	month = count_months(unix_us);
	return month <= count_months(now_unix_us) + 1 && month <= MONTH_MAX ? month : MONTH_NONE;
}

int64_t month_step_id(int32_t month, int64_t number)
{
	return month_first_id(month) | number;
}

int64_t month_of_id(int64_t id)
{
	return id >> MONTH_NUMBER_BITS;
}

int64_t month_first_id(int32_t month)
{
	return (int64_t)month << MONTH_NUMBER_BITS;
}

int64_t month_begin_unix_us(int32_t month)
{
	struct tm day = {.tm_year = FIRST_YEAR + (month - 1) / MONTHS_OF_YEAR - 1900,
			 .tm_mon = (month - 1) % MONTHS_OF_YEAR,
			 .tm_mday = 1};

	return (int64_t)timegm(&day) * JO_US_PER_S;
}

const char *month_name(int32_t month, char ret_name[static MONTH_NAME_SIZE])
{
	(void)snprintf(ret_name, MONTH_NAME_SIZE, "%d_%02d",
		       FIRST_YEAR + (month - 1) / MONTHS_OF_YEAR, (month - 1) % MONTHS_OF_YEAR + 1);
	return ret_name;
}

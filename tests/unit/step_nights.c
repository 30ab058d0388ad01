/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nights that were looked up before are what the C library says, whatever its clocks do. */
#include "step/night.h"
#include "joboutliers/units.h"
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#define TIMES 3000
#define YEARS_US (3 * 366 * JO_US_PER_DAY)
#define STRAY_DAYS 400                         /* each change of the clocks */
#define FROM_UNIX_US INT64_C(1509494400000000) /* November 2017 */

/* Days without a midnight, with two, of 23 and 25 hours, and far from Greenwich. */
static const char *const zones[] = {"UTC",          "Europe/Berlin",   "America/Sao_Paulo",
				    "Pacific/Apia", "Asia/Kathmandu",  "America/Havana",
				    "Asia/Beirut",  "Atlantic/Azores", "America/Asuncion",
				    "Europe/Dublin"};

/* Of a time that is there twice, the C library takes the one that is more like its last answer. */
static void ask_of_month(int month)
{
	struct tm day = {
		.tm_year = 118, .tm_mon = month, .tm_mday = 5, .tm_hour = 12, .tm_isdst = -1};

	(void)mktime(&day);
}

/* How many of the hours from a time on are not in the night of their date. */
static int count_strays(int64_t unix_us)
{
	int strays = 0;

	for (int hour = 0; hour < 24; hour++) {
		int64_t at_unix_us = unix_us + hour * JO_US_PER_HOUR;
		time_t when = (time_t)(at_unix_us / JO_US_PER_S);
		struct tm day = {0};
		struct night night;

		ask_of_month(hour % 2 == 0 ? 0 : 6);
		night = night_of(at_unix_us);
		(void)localtime_r(&when, &day);
		strays += at_unix_us < night.from_unix_us || at_unix_us >= night.to_unix_us ||
			  night.number % 100 != day.tm_mday ||
			  night_of(night.to_unix_us).from_unix_us != night.to_unix_us;
	}
	return strays;
}

static uint64_t random_bits(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return *state >> 11;
}

int main(void)
{
	for (size_t z = 0; z < sizeof(zones) / sizeof(*zones); z++) {
		struct nights nights = {0};
		uint64_t state = 1;
		int wrong = 0, strays = 0;

		(void)setenv("TZ", zones[z], 1);
		tzset();
		for (int i = 0; i < TIMES; i++) {
			int64_t unix_us =
				FROM_UNIX_US + (int64_t)(random_bits(&state) % (uint64_t)YEARS_US);

			/* And again, and its neighbours, which may be of another night. */
			for (int hour = 0; hour < 30; hour += 3)
				wrong += nights_number(&nights, unix_us + hour * JO_US_PER_HOUR) !=
					 night_of(unix_us + hour * JO_US_PER_HOUR).number;
			wrong += nights_number(&nights, unix_us) != night_of(unix_us).number;
		}
		for (int64_t day = 0; day < STRAY_DAYS; day++)
			strays += count_strays(FROM_UNIX_US + day * JO_US_PER_DAY);
		is_int(strays, 0, "%s: each hour is in the night of its date", zones[z]);
		is_int(wrong, 0, "%s: each night is that of the calendar", zones[z]);
		is_int(nights_number(&nights, -1), night_of(-1).number,
		       "%s: and the last before 1970", zones[z]);
	}
	return tap_done();
}

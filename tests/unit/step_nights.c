/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nights that were looked up before are what the C library says, whatever its clocks do. */
#include "step/night.h"
#include "joboutliers/units.h"
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#define TIMES 3000
#define YEARS_US (3 * 366 * JO_US_PER_DAY)
#define FROM_UNIX_US INT64_C(1509494400000000) /* November 2017 */

/* Days without a midnight, of 23 and 25 hours, and far from Greenwich. */
static const char *const zones[] = {"UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia",
				    "Asia/Kathmandu"};

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
		int wrong = 0;

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
		is_int(wrong, 0, "%s: each night is that of the calendar", zones[z]);
		is_int(nights_number(&nights, -1), night_of(-1).number,
		       "%s: and the last before 1970", zones[z]);
	}
	return tap_done();
}

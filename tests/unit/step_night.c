/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nights before nights, over months, years and days of 23 and 25 hours. */
#include "step/night.h"
#include "tap.h"

#include "joboutliers/units.h"

#include <stdlib.h>
#include <time.h>

static const struct {
	const char *name;
	int64_t unix_s; /* the first of its night, or the last */
	int64_t days;
	int32_t number;
	int64_t from_unix_s; /* midnight in Berlin */
} cases[] = {
	{"itself", 1774738800, 0, 20260329, 1774738800},
	{"a day of 23 hours", 1774821600, 1, 20260329, 1774738800},
	{"from its last second", 1774907999, 1, 20260329, 1774738800},
	{"from the night after to the one before", 1774821600, 2, 20260328, 1774652400},
	{"a day of 25 hours", 1792969200, 1, 20261025, 1792879200},
	{"from its first second", 1792969200, 2, 20261024, 1792792800},
	{"a month", 1774738800, 31, 20260226, 1772060400},
	{"a year", 1774738800, 365, 20250329, 1743202800},
};

int main(void)
{
	(void)setenv("TZ", "Europe/Berlin", 1);
	tzset();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct night night = night_before(cases[i].unix_s * JO_US_PER_S, cases[i].days);

		is_int(night.number, cases[i].number, "%s: its number", cases[i].name);
		is_int(night.from_unix_us / JO_US_PER_S, cases[i].from_unix_s, "%s: its midnight",
		       cases[i].name);
		is_int(night_of(night.from_unix_us).number, night.number, "%s: it begins there",
		       cases[i].name);
		is_int(night_of(night.to_unix_us - 1).number, night.number, "%s: and ends there",
		       cases[i].name);
	}
	is_int(night_before(1774738800 * JO_US_PER_S, 36500).number, 19260423, "a hundred years");
	return tap_done();
}

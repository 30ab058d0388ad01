/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times as sacct takes them, against what they must be in a zone with summer time. */
#include "util/when.h"
#include "joboutliers/units.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static const struct {
	const char *text;
	const char *want; /* in Berlin, where now is 2026-03-29T12:30:15; NULL: refused */
} cases[] = {
	{"", NULL},
	{"x", NULL},
	{"tomorrowish", NULL},
	{"nowhere", NULL},
	{"now-", NULL},
	{"now-1fortnight", NULL},
	{"now-99999999999999999999", NULL},
	{"now-9999999999weeks", NULL},
	{"2026-02-30", NULL},
	{"2026-13-01", NULL},
	{"2026-00-10", NULL},
	{"2026-01-02T", NULL},
	{"2026-01-02T25:00", NULL},
	{"2026-01-02T03:60", NULL},
	{"2026-01-02T03:04x", NULL},
	{"2026-01-02T03:04:05+99:00", NULL},
	{"1969-12-30", NULL},
	{"12345678901234567890", NULL},
	{"12345678", NULL},
	{"13:00PM", NULL},
	{"2026-01-02", "2026-01-02T00:00:00"},
	{"2026-01-02T03:04", "2026-01-02T03:04:00"},
	{"2026-01-02 03:04:05", "2026-01-02T03:04:05"},
	{"2026-01-02T03:04:05.75", "2026-01-02T03:04:05"},
	{"2026-01-02T03:04:05Z", "2026-01-02T04:04:05"},
	{"2026-01-02T03:04:05-05:30", "2026-01-02T09:34:05"},
	{"2026-01-02T03:04:05+0100", "2026-01-02T03:04:05"},
	{"01/02/25", "2025-01-02T00:00:00"},
	{"01/02/25-13:14", "2025-01-02T13:14:00"},
	{"01.02.25", "2025-01-02T00:00:00"},
	{"010225", "2025-01-02T00:00:00"},
	{"01/02", "2026-01-02T00:00:00"},
	{"0102", "2026-01-02T00:00:00"},
	{"12/31", "2025-12-31T00:00:00"},
	{"03/29", "2026-03-29T00:00:00"},
	{"18:30", "2026-03-29T18:30:00"},
	{"8:30", "2026-03-29T08:30:00"},
	{"6:30:15PM", "2026-03-29T18:30:15"},
	{"12:05 am", "2026-03-29T00:05:00"},
	{"now", "2026-03-29T12:30:15"},
	{"NOW-30", "2026-03-29T12:29:45"},
	{"now-1day", "2026-03-28T11:30:15"},
	{"now-2hours", "2026-03-29T10:30:15"},
	{"now+90min", "2026-03-29T14:00:15"},
	{"today", "2026-03-29T00:00:00"},
	{"midnight", "2026-03-29T00:00:00"},
	{"noon", "2026-03-29T12:00:00"},
	{"teatime", "2026-03-29T16:00:00"},
	{"today-1week", "2026-03-22T00:00:00"},
	{"1767322800", "2026-01-02T04:00:00"},
	{"1767322800.5", "2026-01-02T04:00:00"},
};

int main(void)
{
	int64_t now, got;
	char text[WHEN_TEXT_SIZE];

	(void)setenv("TZ", "Europe/Berlin", 1);
	tzset();
	is_int(when_parse("2026-03-29T10:30:15Z", 0, &now, NULL), 0, "the hour of the test");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jo_err err = {0};
		int rc;

		got = -1;
		rc = when_parse(cases[i].text, now, &got, &err);
		if (cases[i].want == NULL) {
			is_int(rc, -EINVAL, "'%s' is refused", cases[i].text);
			is_int(got, -1, "and nothing is written");
			continue;
		}
		is_str(rc == 0 ? when_format(got, text) : err.text, cases[i].want, "'%s'",
		       cases[i].text);
	}

	(void)when_parse("2026-01-02T03:04:05.25Z", now, &got, NULL);
	is_int(got % JO_US_PER_S, 250000, "a fraction of a second is kept");
	is_str(when_format(-1, text), "1970-01-01T00:59:59", "before 1970 is rounded down too");
	return tap_done();
}

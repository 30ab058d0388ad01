/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Days with and without mail: what is refused, what is one, and what each night may tell. */
#include "finding/mail_days.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "joboutliers/units.h"
#include "tap.h"
#include "util/when.h"

#define DAY_US (86400 * JO_US_PER_S)
#define ALL_DAYS 0x7fU
#define MON_FRI 0x3eU

static int64_t at(const char *text)
{
	int64_t unix_us = 0;

	is_int(when_parse(text, 0, &unix_us, NULL), 0, "%s is a time", text);
	return unix_us;
}

static int read_days(unsigned mask, const char *words, struct mail_days *ret_days,
		     struct jo_err *err)
{
	struct strlist list = {0};
	int rc;

	strlist_split(&list, words);
	rc = mail_days_read(mask, &list, ret_days, err);
	strlist_release(&list);
	return rc;
}

static void test_refused(void)
{
	static const struct {
		const char *words;
		int code;
		const char *want;
	} cases[] = {
		{"christmas", -EINVAL, "'christmas': expected a day such as 2026-12-25"},
		{"2026-12-25,2026-13-01", -EINVAL, "'2026-13-01'"},
		{"2026-12-32", -EINVAL, "'2026-12-32'"},
		{"2026-02-29", -EINVAL, "'2026-02-29'"},
		{"02-30", -EINVAL, "'02-30'"},
		{"0000-01-01", -EINVAL, "'0000-01-01'"},
		{"00-01", -EINVAL, "'00-01'"},
		{"1-1", -EINVAL, "'1-1'"},
		{"2026-1-1", -EINVAL, "'2026-1-1'"},
		{"2026-12-251", -EINVAL, "'2026-12-251'"},
		{"2026-12-25..", -EINVAL, "'2026-12-25..'"},
		{"2026-12-25..12-26", -EINVAL, "'2026-12-25..12-26'"},
		{"2026-12-26..2026-12-25", -EINVAL, "'2026-12-26..2026-12-25'"},
		{"12-24..01-01..02-01", -EINVAL, "'12-24..01-01..02-01'"},
		{"/nonexistent", -ENOENT, "/nonexistent: "},
		{"/dev/null", -EINVAL, "/dev/null: expected a regular file"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mail_days days = {0};
		struct jo_err err = {0};

		is_int(read_days(ALL_DAYS, cases[i].words, &days, &err), cases[i].code,
		       "%s is refused", cases[i].words);
		if (!ok(strncmp(err.text, "Holidays: ", 10) == 0 &&
				strstr(err.text, cases[i].want) != NULL,
			"and the error says so"))
			printf("#   %s\n", err.text);
		ok(days.holidays == NULL, "nothing is returned");
	}
}

static void test_file(void)
{
	char path[] = "/tmp/joboutliers-days-XXXXXX";
	struct mail_days days = {0};
	struct jo_err err = {0};
	FILE *fp = fdopen(mkstemp(path), "w");

	if (fp == NULL)
		abort();
	(void)fputs("# the site's\n\n2026-05-01 # a Friday\n  12-25..12-26\r\n", fp);
	(void)fflush(fp);
	is_int(read_days(ALL_DAYS, path, &days, &err), 0, "a file is read (%s)", err.text);
	is_int(days.holiday_count, 2, "two holidays");
	mail_days_release(&days);
	(void)fputs("2026-05-01 Labour Day\n", fp);
	(void)fclose(fp);
	is_int(read_days(ALL_DAYS, path, &days, &err), -EINVAL, "a line that is none is refused");
	ok(strstr(err.text, ":5: '2026-05-01 Labour Day'") != NULL, "with its number: %s",
	   err.text);
	(void)unlink(path);
}

/* 2026-03-02 is a Monday. */
static void test_looks(void)
{
	static const struct {
		const char *name;
		unsigned mask;
		const char *holidays, *now;
		int is_mail_day, is_weekly_day, skipped;
	} cases[] = {
		{"every day", ALL_DAYS, "", "2026-03-04T06:00", 1, 0, 0},
		{"every Monday", ALL_DAYS, "", "2026-03-02T06:00", 1, 1, 0},
		{"a Saturday off", MON_FRI, "", "2026-03-07T06:00", 0, 0, 0},
		{"a Sunday off", MON_FRI, "", "2026-03-08T06:00", 0, 0, 1},
		{"the Monday after", MON_FRI, "", "2026-03-09T06:00", 1, 1, 2},
		{"a Monday off", MON_FRI, "2026-03-09", "2026-03-09T06:00", 0, 1, 2},
		{"the Tuesday after", MON_FRI, "2026-03-09", "2026-03-10T06:00", 1, 1, 3},
		{"the Wednesday", MON_FRI, "2026-03-09", "2026-03-11T06:00", 1, 0, 0},
		{"of every year", ALL_DAYS, "12-25", "2031-12-25T06:00", 0, 0, 0},
		{"a range", ALL_DAYS, "2026-12-24..2026-12-26", "2026-12-27T06:00", 1, 0, 3},
		{"its end", ALL_DAYS, "2026-12-24..2026-12-26", "2026-12-26T23:59", 0, 0, 2},
		{"over the end of a year", ALL_DAYS, "12-30..01-02", "2027-01-03T00:00", 1, 0, 4},
		{"February 29", ALL_DAYS, "02-29", "2028-03-01T06:00", 1, 0, 1},
		{"that year alone", ALL_DAYS, "2026-03-04", "2027-03-04T06:00", 1, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t now_unix_us = at(cases[i].now);
		struct mail_days days = {0};
		struct mail_day tonight;
		struct jo_err err = {0};

		is_int(read_days(cases[i].mask, cases[i].holidays, &days, &err), 0, "%s (%s)",
		       cases[i].name, err.text);
		mail_days_look(&days, 7 * DAY_US, now_unix_us, &tonight);
		is_int(tonight.is_mail_day, cases[i].is_mail_day, "is a mail day or not");
		is_int(tonight.is_weekly_day, cases[i].is_weekly_day, "the weekly mail's or not");
		is_int(now_unix_us - tonight.from_unix_us, (7 + cases[i].skipped) * DAY_US,
		       "tells what is so old");
		is_int(tonight.from_unix_us - tonight.weekly_from_unix_us, 7 * DAY_US,
		       "the weekly mail a week more");
		mail_days_release(&days);
	}
}

static void test_next(void)
{
	struct mail_days days = {0};

	is_int(read_days(MON_FRI, "2026-03-09", &days, NULL), 0, "a long weekend");
	is_int(mail_days_next(&days, at("2026-03-06T06:00")), 20260310, "ends on Tuesday");
	mail_days_release(&days);
	is_int(read_days(ALL_DAYS, "01-01..12-31", &days, NULL), 0, "no day at all");
	is_int(mail_days_next(&days, at("2026-03-06T06:00")), 0, "ends never");
	mail_days_release(&days);
}

int main(void)
{
	(void)setenv("TZ", "Europe/Berlin", 1);
	test_refused();
	test_file();
	test_looks();
	test_next();
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar days, by the C library's calendar; dates and files of them. */
#include "finding/mail_days.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/when.h"

#define WEEK_US (7 * JO_US_PER_DAY) /* what a weekly mail reaches back beyond a daily one */
#define SKIPPED_MAX 366             /* days: a year without mail is no calendar but a mistake */
#define HOLIDAYS_MAX 10000          /* more than that is no list of holidays */
#define YEARLY_MAX 1231             /* 31 December, the largest day without a year */

/* ---- what is written ---- */

/* Two digits or four; no sign, no space. */
static bool read_digits(const char **text, int digits, int32_t *ret_value)
{
	int32_t value = 0;

	for (int i = 0; i < digits; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		value = 10 * value + (**text - '0');
	}
	*ret_value = value;
	return true;
}

static bool is_date(int32_t year, int32_t month, int32_t day)
{
	static const int32_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year == 0 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));

	return month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1] &&
	       (month != 2 || day != 29 || is_leap);
}

/* "2026-12-25" or "12-25"; *text is then behind it. */
static bool read_date(const char **text, int32_t *ret_date)
{
	int32_t year = 0, month, day;

	if (strlen(*text) >= 8 && (*text)[4] == '-') {
		if (!read_digits(text, 4, &year) || year == 0)
			return false;
		(*text)++;
	}
	if (!read_digits(text, 2, &month) || *(*text)++ != '-' || !read_digits(text, 2, &day) ||
	    !is_date(year, month, day))
		return false;
	*ret_date = year * 10000 + month * 100 + day;
	return true;
}

static bool is_yearly(int32_t date)
{
	return date <= YEARLY_MAX;
}

static int add_holiday(struct mail_days *days, const char *word, struct jo_err *err)
{
	struct mail_days_holiday holiday;
	const char *text = word;
	bool is_good = read_date(&text, &holiday.from);

	holiday.to = holiday.from;
	if (is_good && strncmp(text, "..", 2) == 0) {
		text += 2;
		is_good = read_date(&text, &holiday.to) &&
			  is_yearly(holiday.from) == is_yearly(holiday.to) &&
			  (is_yearly(holiday.to) || holiday.from <= holiday.to);
	}
	if (!is_good || *text != '\0')
		return jo_err_set(err, -EINVAL,
				  "'%.40s': expected a day such as 2026-12-25 or, of every year, "
				  "12-25, or a range 12-24..01-01",
				  word);
	if (days->holiday_count == HOLIDAYS_MAX)
		return jo_err_set(err, -E2BIG, "more than %d holidays", HOLIDAYS_MAX);
	days->holidays =
		xreallocarray(days->holidays, days->holiday_count + 1, sizeof(*days->holidays));
	days->holidays[days->holiday_count++] = holiday;
	return 0;
}

static int add_words(struct mail_days *days, const char *line, struct jo_err *err)
{
	struct strlist words = {0};
	int rc = 0;

	strlist_split(&words, line);
	for (size_t i = 0; i < words.count && rc == 0; i++)
		rc = add_holiday(days, words.list[i], err);
	strlist_release(&words);
	return rc;
}

static int read_lines(struct mail_days *days, FILE *fp, const char *path, struct jo_err *err)
{
	char *line = NULL;
	size_t size = 0;
	int rc = 0;

	for (size_t number = 1; rc == 0 && getline(&line, &size, fp) >= 0; number++) {
		line[strcspn(line, "#\r\n")] = '\0';
		rc = add_words(days, line, err);
		if (rc < 0)
			(void)jo_err_prefix(err, "%s:%zu", path, number);
	}
	if (rc == 0 && ferror(fp))
		rc = jo_err_sys(err, -errno, "read %s", path);
	free(line);
	return rc;
}

static int read_file(struct mail_days *days, const char *path, struct jo_err *err)
{
	/* O_NONBLOCK: a FIFO in the file's place must not keep us waiting. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	FILE *fp;
	int rc;

	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return jo_err_set(err, -EINVAL, "%s: expected a regular file", path);
	}
	fp = fdopen(fd, "r");
	if (fp == NULL) {
		rc = jo_err_sys(err, -errno, "%s", path);
		(void)close(fd);
		return rc;
	}
	rc = read_lines(days, fp, path, err);
	(void)fclose(fp);
	return rc;
}

int mail_days_read(unsigned mail_day_mask, const struct strlist *holidays,
		   struct mail_days *ret_days, struct jo_err *err)
{
	struct mail_days days = {.off_mask = ~mail_day_mask & 0x7f};
	int rc = 0;

	for (size_t i = 0; i < holidays->count && rc == 0; i++)
		rc = holidays->list[i][0] == '/' ? read_file(&days, holidays->list[i], err)
						 : add_holiday(&days, holidays->list[i], err);
	if (rc < 0) {
		mail_days_release(&days);
		return jo_err_prefix(err, "Holidays");
	}
	*ret_days = days;
	return 0;
}

void mail_days_release(struct mail_days *days)
{
	free(days->holidays);
	*days = (struct mail_days){0};
}

/* ---- what it comes to ---- */

/* The local calendar day so many days after the time's. */
static struct tm day_at(int64_t unix_us, int offset)
{
	time_t unix_s = (time_t)(unix_us / JO_US_PER_S);
	struct tm day;

	(void)localtime_r(&unix_s, &day);
	day.tm_mday += offset;
	day.tm_hour = 12; /* is there on every day */
	day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	(void)mktime(&day);
	return day;
}

static int32_t number_of(const struct tm *day)
{
	return (int32_t)((day->tm_year + 1900) * 10000 + (day->tm_mon + 1) * 100 + day->tm_mday);
}

static bool holds_on(const struct mail_days_holiday *holiday, int32_t number)
{
	if (!is_yearly(holiday->from))
		return holiday->from <= number && number <= holiday->to;
	number %= 10000;
	if (holiday->from <= holiday->to)
		return holiday->from <= number && number <= holiday->to;
	return number >= holiday->from || number <= holiday->to;
}

static bool is_mail_day(const struct mail_days *days, const struct tm *day)
{
	if ((days->off_mask & 1U << day->tm_wday) != 0)
		return false;
	for (size_t i = 0; i < days->holiday_count; i++)
		if (holds_on(&days->holidays[i], number_of(day)))
			return false;
	return true;
}

void mail_days_look(const struct mail_days *days, int64_t max_age_us, int64_t now_unix_us,
		    struct mail_day *ret_day)
{
	struct tm day = day_at(now_unix_us, 0);
	int skipped = 0;

	ret_day->is_mail_day = is_mail_day(days, &day);
	ret_day->is_weekly_day = day.tm_wday == MAIL_DAYS_WEEKLY;
	for (; skipped < SKIPPED_MAX; skipped++) {
		day = day_at(now_unix_us, -skipped - 1);
		if (is_mail_day(days, &day))
			break;
		ret_day->is_weekly_day |= day.tm_wday == MAIL_DAYS_WEEKLY;
	}
	ret_day->from_unix_us = now_unix_us - max_age_us - skipped * JO_US_PER_DAY;
	ret_day->weekly_from_unix_us = ret_day->from_unix_us - WEEK_US;
}

bool mail_day_tells(const struct mail_day *day, bool is_weekly, int64_t end_unix_us)
{
	if (!day->is_mail_day)
		return false;
	if (is_weekly)
		return day->is_weekly_day && end_unix_us >= day->weekly_from_unix_us;
	return end_unix_us >= day->from_unix_us;
}

bool mail_days_is_weekly(int64_t unix_us)
{
	return day_at(unix_us, 0).tm_wday == MAIL_DAYS_WEEKLY;
}

int32_t mail_days_next(const struct mail_days *days, int64_t now_unix_us)
{
	for (int i = 1; i <= SKIPPED_MAX; i++) {
		const struct tm day = day_at(now_unix_us, i);

		if (is_mail_day(days, &day))
			return number_of(&day);
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sacct's forms of a time.  A text is read by matching patterns from a table
 * against it; what a pattern does not say (the year, the time of day) is filled
 * in from now.
 */
#include "util/when.h"

#include "joboutliers/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* 9999-12-31: later is a typing error, and would not survive the sums made with it. */
#define WHEN_MAX_S INT64_C(253402300799)

/* Seconds since 1970 are told from MMDDYY by their length; nine digits begin in 1973. */
#define EPOCH_DIGITS_MIN 9

/* What was said; -1 for what was not. */
struct fields {
	int year, month, day;
	int hour, minute, second;
	long micro;
	bool has_offset;
	long offset_s;
};

/* Of each pattern letter: how many digits, and where they go. */
static int *field_of(struct fields *fields, char letter, int *ret_digits)
{
	*ret_digits = letter == 'Y' ? 4 : 2;
	switch (letter) {
	case 'Y':
	case 'y':
		return &fields->year;
	case 'm':
		return &fields->month;
	case 'd':
		return &fields->day;
	case 'H':
		return &fields->hour;
	case 'M':
		return &fields->minute;
	case 'S':
		return &fields->second;
	default:
		return NULL;
	}
}

/* Match as much of *text as pattern says; moves *text behind it when all of pattern matched. */
static bool match(const char **text, const char *pattern, struct fields *fields)
{
	struct fields found = *fields;
	const char *at = *text;

	for (; *pattern != '\0'; pattern++) {
		int digits, value = 0;
		int *field = field_of(&found, *pattern, &digits);

		if (field == NULL) {
			if (*at++ != *pattern)
				return false;
			continue;
		}
		for (int i = 0; i < digits; i++) {
			if (!isdigit((unsigned char)at[i]))
				return false;
			value = value * 10 + (at[i] - '0');
		}
		at += digits;
		*field = *pattern == 'y' ? 2000 + value : value;
	}
	if (isdigit((unsigned char)*at))
		return false;
	*fields = found;
	*text = at;
	return true;
}

static const char *const date_patterns[] = {"Y-m-d", "m/d/y", "m.d.y", "m/d",
					    "m.d",   "mdy",   "md",    NULL};

static bool match_any(const char **text, const char *const *patterns, struct fields *fields)
{
	for (size_t i = 0; patterns[i] != NULL; i++)
		if (match(text, patterns[i], fields))
			return true;
	return false;
}

/* HH:MM[:SS[.ffffff]] [AM|PM], also with a one-digit hour. */
static bool match_clock(const char **text, struct fields *fields)
{
	char padded[64];
	const char *at = *text;
	size_t skipped = 0;
	long unit = 100000;

	if (isdigit((unsigned char)at[0]) && at[1] == ':') {
		(void)snprintf(padded, sizeof(padded), "0%s", at);
		if (strlen(at) + 2 > sizeof(padded))
			return false;
		at = padded;
		skipped = 1;
	}
	if (!match(&at, "H:M:S", fields)) {
		if (!match(&at, "H:M", fields))
			return false;
		fields->second = 0;
	} else if ((*at == '.' || *at == ',') && isdigit((unsigned char)at[1])) {
		for (at++, fields->micro = 0; isdigit((unsigned char)*at); at++, unit /= 10)
			fields->micro += unit * (*at - '0');
	}
	if (skipped > 0)
		at = *text + (at - padded) - skipped;
	if (fields->hour > 24 || fields->minute > 59 || fields->second > 60)
		return false;

	while (*at == ' ')
		at++;
	if (strncasecmp(at, "am", 2) == 0 || strncasecmp(at, "pm", 2) == 0) {
		if (fields->hour < 1 || fields->hour > 12)
			return false;
		fields->hour = fields->hour % 12 + (tolower((unsigned char)at[0]) == 'p' ? 12 : 0);
		at += 2;
	}
	*text = at;
	return true;
}

/* "Z", "+02", "+0200" or "+02:00" after a full time. */
static bool match_zone(const char **text, struct fields *fields)
{
	static const char *const forms[] = {"H:M", "HM", "H", NULL};
	struct fields zone = {.minute = 0};
	const char *at = *text;
	int sign;

	if (*at == 'Z' || *at == 'z') {
		fields->has_offset = true;
		*text = at + 1;
		return true;
	}
	sign = *at == '+' ? 1 : *at == '-' ? -1 : 0;
	if (sign == 0)
		return true;
	at++;
	if (!match_any(&at, forms, &zone) || zone.hour > 14 || zone.minute > 59)
		return false;
	fields->has_offset = true;
	fields->offset_s = sign * (zone.hour * 3600L + zone.minute * 60L);
	*text = at;
	return true;
}

static bool month_day_is_after(const struct fields *fields, const struct tm *now)
{
	return fields->month > now->tm_mon + 1 ||
	       (fields->month == now->tm_mon + 1 && fields->day > now->tm_mday);
}

/* Fill in the rest from now, and refuse 30 February, which mktime would turn into March. */
static bool fields_to_time(const struct fields *fields, const struct tm *now, int64_t *ret_unix_us)
{
	struct tm tm = {.tm_isdst = -1}, day;
	time_t seconds;

	tm.tm_year = (fields->year >= 0 ? fields->year - 1900 : now->tm_year);
	tm.tm_mon = fields->month >= 0 ? fields->month - 1 : now->tm_mon;
	tm.tm_mday = fields->day >= 0 ? fields->day : now->tm_mday;
	if (fields->year < 0 && fields->month >= 0 && month_day_is_after(fields, now))
		tm.tm_year--;

	day = tm;
	day.tm_hour = 12;
	(void)timegm(&day);
	if (day.tm_mon != tm.tm_mon || day.tm_mday != tm.tm_mday)
		return false;

	tm.tm_hour = fields->hour >= 0 ? fields->hour : 0;
	tm.tm_min = fields->minute >= 0 ? fields->minute : 0;
	tm.tm_sec = fields->second >= 0 ? fields->second : 0;
	seconds = fields->has_offset ? timegm(&tm) - fields->offset_s : mktime(&tm);
	*ret_unix_us = seconds * JO_US_PER_S + fields->micro;
	return true;
}

static bool parse_date(const char *text, const struct tm *now, int64_t *ret_unix_us)
{
	struct fields fields = {-1, -1, -1, -1, -1, -1, 0, false, 0};

	if (match_any(&text, date_patterns, &fields)) {
		if (*text == '\0')
			return fields_to_time(&fields, now, ret_unix_us);
		if (strchr("T -", *text) == NULL)
			return false;
		text++;
	}
	if (!match_clock(&text, &fields) || !match_zone(&text, &fields) || *text != '\0')
		return false;
	return fields_to_time(&fields, now, ret_unix_us);
}

static const struct {
	const char *word;
	int hour; /* -1: now */
} words[] = {
	{"now", -1}, {"today", 0}, {"midnight", 0}, {"noon", 12}, {"fika", 15}, {"teatime", 16},
};

static const struct {
	const char *name;
	int64_t seconds;
} units[] = {
	{"", 1},         {"seconds", 1},  {"minutes", 60},
	{"hours", 3600}, {"days", 86400}, {"weeks", 7 * 86400},
};

/* "+3days" or "-10"; a unit may be cut short ("min"), as sacct allows. */
static bool parse_distance(const char *text, int64_t *ret_us)
{
	int64_t count, sign = *text == '-' ? -1 : 1;
	char *end;

	if (!isdigit((unsigned char)text[1]))
		return false;
	errno = 0;
	count = strtoll(text + 1, &end, 10);
	if (errno != 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(end);

		if (i == 0 ? len != 0 : len == 0 || strncasecmp(units[i].name, end, len) != 0)
			continue;
		if (count > WHEN_MAX_S / units[i].seconds)
			return false;
		*ret_us = sign * count * units[i].seconds * JO_US_PER_S;
		return true;
	}
	return false;
}

static bool parse_word(const char *text, int64_t now_unix_us, const struct tm *now,
		       int64_t *ret_unix_us)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].word);
		int64_t from_us = now_unix_us, distance_us = 0;
		struct tm tm = *now;

		if (strncasecmp(text, words[i].word, len) != 0)
			continue;
		if (text[len] != '\0' && strchr("+-", text[len]) == NULL)
			continue;
		if (text[len] != '\0' && !parse_distance(text + len, &distance_us))
			return false;
		if (words[i].hour >= 0) {
			tm.tm_hour = words[i].hour;
			tm.tm_min = 0;
			tm.tm_sec = 0;
			tm.tm_isdst = -1;
			from_us = mktime(&tm) * JO_US_PER_S;
		}
		*ret_unix_us = from_us + distance_us;
		return true;
	}
	return false;
}

static bool parse_epoch(const char *text, int64_t *ret_unix_us)
{
	size_t digits = strspn(text, "0123456789");
	double fraction = 0;
	char *end;

	if (digits < EPOCH_DIGITS_MIN || digits > 12)
		return false;
	if (text[digits] == '.') {
		if (!isdigit((unsigned char)text[digits + 1]))
			return false;
		fraction = strtod(text + digits, &end);
		if (*end != '\0')
			return false;
	} else if (text[digits] != '\0') {
		return false;
	}
	*ret_unix_us = strtoll(text, NULL, 10) * JO_US_PER_S + (int64_t)(fraction * 1e6);
	return true;
}

int when_parse(const char *text, int64_t now_unix_us, int64_t *ret_unix_us, struct jo_err *err)
{
	time_t now_s = now_unix_us / JO_US_PER_S;
	int64_t unix_us;
	struct tm now;

	if (localtime_r(&now_s, &now) != NULL &&
	    (parse_epoch(text, &unix_us) || parse_word(text, now_unix_us, &now, &unix_us) ||
	     parse_date(text, &now, &unix_us)) &&
	    unix_us >= 0 && unix_us <= WHEN_MAX_S * JO_US_PER_S) {
		*ret_unix_us = unix_us;
		return 0;
	}
	return jo_err_set(err, -EINVAL,
			  "'%.60s' is not a time: expected a form such as 2026-01-31, "
			  "2026-01-31T18:30, 18:30, today or now-1day",
			  text);
}

char *when_format(int64_t unix_us, char buf[WHEN_TEXT_SIZE])
{
	time_t seconds = unix_us / JO_US_PER_S - (unix_us % JO_US_PER_S < 0);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(buf, WHEN_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		buf[0] = '\0';
	return buf;
}

static int64_t clock_us(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return now.tv_sec * JO_US_PER_S + now.tv_nsec / 1000;
}

int64_t when_now(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t when_monotonic_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

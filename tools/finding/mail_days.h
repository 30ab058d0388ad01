/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On which days users get mail.  A finding of a day without mail goes out on
 * the next day with one: no such day makes it older.
 */
#ifndef FINDING_MAIL_DAYS_H
#define FINDING_MAIL_DAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "util/strlist.h"

/*
 * The day of the week (0: Sunday) on which those get their mail who asked for one a week: Monday,
 * when what a weekend's jobs did is known and a week of work begins.
 */
#define MAIL_DAYS_WEEKLY 1

/* From and to are part of it: 20261224, or of every year 1224. */
struct mail_days_holiday {
	int32_t from, to;
};

/* Zeroed memory is mail on every day. */
struct mail_days {
	unsigned off_mask; /* bit 1 << tm_wday for days of the week without mail */
	struct mail_days_holiday *holidays;
	size_t holiday_count;
};

/*
 * Read holidays, each word "2026-12-25", "12-25" for every year, a range
 * "12-24..01-01" of either, or the absolute path of a file with such words,
 * one a line, '#' for comments.  Returns 0; -EINVAL for what is none of these,
 * or a negative errno when a file cannot be read.  Release *ret_days.
 */
int mail_days_read(unsigned mail_day_mask, const struct strlist *holidays,
		   struct mail_days *ret_days, struct jo_err *err);

/* Free the holidays; zeroed memory is fine. */
void mail_days_release(struct mail_days *days);

/* What the mail of a day may tell. */
struct mail_day {
	bool is_mail_day;
	bool is_weekly_day;          /* the weekly day is today, or was one of the days without mail
					just before */
	int64_t from_unix_us;        /* what ended before is too old, */
	int64_t weekly_from_unix_us; /* and in a weekly mail before this */
};

/* What the mail at this time may tell, of what is older than max_age nothing. */
void mail_days_look(const struct mail_days *days, int64_t max_age_us, int64_t now_unix_us,
		    struct mail_day *ret_day);

/* Whether that day's mail tells what ended then; is_weekly: its user gets one mail a week. */
bool mail_day_tells(const struct mail_day *day, bool is_weekly, int64_t end_unix_us);

/* Whether the time's local calendar day is the weekly one. */
bool mail_days_is_weekly(int64_t unix_us);

/* The local calendar day of the next mail after this time's day, as 20261123; 0: there is none
 * within a year. */
int32_t mail_days_next(const struct mail_days *days, int64_t now_unix_us);

#endif

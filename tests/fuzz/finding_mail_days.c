/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holidays, of a file and as words: refused, or a calendar that says for each day whether. */
#include "finding/mail_days.h"
#include "fuzz.h"
#include "joboutliers/units.h"

#define NOW_UNIX_US (INT64_C(1772431200) * JO_US_PER_S) /* 2026-03-02T06:00:00 */

static void read_days(const struct strlist *holidays)
{
	struct mail_days days = {0};
	struct mail_day day;
	struct jo_err err = {0};

	if (mail_days_read(0x7f, holidays, &days, &err) < 0) {
		fuzz_check(days.holidays == NULL && err.text[0] != '\0');
		return;
	}
	mail_days_look(&days, 7 * JO_US_PER_DAY, NOW_UNIX_US, &day);
	fuzz_check(day.from_unix_us <= NOW_UNIX_US - 7 * JO_US_PER_DAY);
	fuzz_check(day.weekly_from_unix_us < day.from_unix_us);
	fuzz_check(day.is_mail_day || days.holiday_count > 0);
	if (mail_days_next(&days, NOW_UNIX_US) != 0)
		fuzz_check(mail_days_next(&days, NOW_UNIX_US) > 20260302);
	mail_days_release(&days);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);
	struct strlist holidays = {0};

	(void)setenv("TZ", "UTC", 1);
	strlist_add(&holidays, path);
	read_days(&holidays);
	strlist_release(&holidays);
	/* A word that begins with '/' is a file's name, and any file is not for a fuzzer. */
	if (text[0] != '/') {
		strlist_add(&holidays, text);
		read_days(&holidays);
		strlist_release(&holidays);
	}
	(void)close(fd);
	free(text);
	return 0;
}

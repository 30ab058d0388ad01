/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report is one line, "BEGIN END STATUS" in micro-seconds since 1970, kept with the lock. */
#include "night_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "driver.h"

#define LINE_SIZE 80 /* two numbers of 20 digits, one of 3, and room for what was not ours */

/* The line keeps its length, so a shorter one leaves nothing of a longer one behind it. */
int store_night_put(struct store_lock *lock, const struct store_night_report *report,
		    struct jo_err *err)
{
	char line[LINE_SIZE];
	int len = snprintf(line, sizeof(line), "%020" PRId64 " %020" PRId64 " %3d\n",
			   report->begin_unix_us, report->end_unix_us, report->status);
	int rc = db_note_put(lock, line, (size_t)len, err);

	if (rc < 0)
		(void)jo_err_prefix(err, "the report of the night could not be written");
	return rc;
}

int store_night_begin(const char *path, int64_t now_unix_us, struct store_lock **ret_lock,
		      struct jo_err *err)
{
	const struct store_night_report report = {now_unix_us, 0, -1};
	struct store_lock *lock;
	int rc;

	rc = db_lock_take(path, &(struct store_lock_name){.kind = STORE_LOCK_NIGHT}, &lock, err);
	if (rc < 0)
		return rc;
	rc = store_night_put(lock, &report, err);
	if (rc < 0) {
		db_lock_release(lock);
		return rc;
	}
	*ret_lock = lock;
	return 0;
}

int store_night_get(const char *path, struct store_night_report *ret_report, struct jo_err *err)
{
	struct store_night_report report;
	char line[LINE_SIZE], *title;
	int rc;

	rc = db_note_get(path, STORE_LOCK_NIGHT, line, sizeof(line), err);
	if (rc < 0)
		return rc;
	if (sscanf(line, "%20" SCNd64 " %20" SCNd64 " %3d", &report.begin_unix_us,
		   &report.end_unix_us, &report.status) == 3) {
		*ret_report = report;
		return 0;
	}
	title = db_lock_title(path, STORE_LOCK_NIGHT);
	rc = jo_err_set(err, -EBADMSG, "%s: is no report of a night", title);
	free(title);
	return rc;
}

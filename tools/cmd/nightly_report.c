/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the last night went: one line, "BEGIN END STATUS" in micro-seconds since 1970. */
#include "cmd/nightly_report.h"
#include "util/alloc.h"
#include "util/lock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two times, a number and the words between them. */
#define LINE_MAX_BYTES 80

static char *night_path(const char *database)
{
	return xasprintf("%s.night", database);
}

/* The line keeps its length, so a shorter one leaves nothing of a longer one behind it. */
static int write_report(int fd, const struct nightly_report *report, struct jo_err *err)
{
	char line[LINE_MAX_BYTES];
	int len = snprintf(line, sizeof(line), "%020" PRId64 " %020" PRId64 " %3d\n",
			   report->begin_unix_us, report->end_unix_us, report->status);

	if (pwrite(fd, line, (size_t)len, 0) != len)
		return jo_err_set(err, -EIO, "the report of the night could not be written: %s",
				  strerror(errno));
	return 0;
}

int nightly_report_begin(const char *database, int64_t now_unix_us, int *ret_fd, struct jo_err *err)
{
	const struct nightly_report report = {now_unix_us, 0, -1};
	char *path = night_path(database);
	int fd, rc = lock_take(path, &fd, err);

	free(path);
	if (rc < 0)
		return rc;
	rc = write_report(fd, &report, err);
	if (rc < 0) {
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

int nightly_report_end(int fd, const struct nightly_report *report, struct jo_err *err)
{
	int rc = write_report(fd, report, err);

	(void)close(fd);
	return rc;
}

int nightly_report_read(const char *database, struct nightly_report *ret_report, struct jo_err *err)
{
	struct nightly_report report;
	char *path = night_path(database);
	FILE *fp = fopen(path, "re");
	int rc = 0;

	if (fp == NULL)
		rc = jo_err_sys(err, -errno, "%s", path);
	else if (fscanf(fp, "%20" SCNd64 " %20" SCNd64 " %3d", &report.begin_unix_us,
			&report.end_unix_us, &report.status) != 3)
		rc = jo_err_set(err, -EBADMSG, "%s: is no report of a night", path);
	else
		*ret_report = report;
	if (fp != NULL)
		(void)fclose(fp);
	free(path);
	return rc;
}

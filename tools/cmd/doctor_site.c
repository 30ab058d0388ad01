/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether the nights happen. */
#include "joboutliers/units.h"
#include "cmd/doctor.h"
#include "util/run.h"
#include "util/when.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEMCTL_TIMEOUT_S                                                                        \
	20 /* an answer takes milliseconds; a hanging bus must not hang doctor */
#define TIMER "joboutliers.timer"

/* A night a day, with half a day for a late one. */
#define NIGHT_AGE_MAX_US (36 * 3600 * JO_US_PER_S)

static bool is_timer_enabled(void)
{
	static const char *const argv[] = {"systemctl", "is-enabled", TIMER, NULL};
	struct run_result result = {0};
	int rc = run_program_ok(argv, NULL, 0, SYSTEMCTL_TIMEOUT_S, &result, NULL);
	bool is_enabled = rc == 0 && strncmp(result.output, "enabled", strlen("enabled")) == 0;

	run_result_release(&result);
	return is_enabled;
}

static bool file_has_nightly(const char *path)
{
	FILE *fp = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool has_nightly = false;

	if (fp == NULL)
		return false;
	while (!has_nightly && getline(&line, &size, fp) >= 0) {
		const char *first = line + strspn(line, " \t");
		const char *program = strstr(first, "sjoboutliers");

		has_nightly =
			*first != '#' && program != NULL && strstr(program, "nightly") != NULL;
	}
	free(line);
	(void)fclose(fp);
	return has_nightly;
}

/* The file that has cron start nightly, into buf; NULL: none. */
static const char *find_cron_line(char *buf, size_t size)
{
	static const char *const patterns[] = {"/etc/crontab", "/etc/cron.d/*", "/etc/cron.daily/*",
					       "/var/spool/cron/crontabs/*"};
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]) && found == NULL; i++) {
		glob_t files;

		if (glob(patterns[i], 0, NULL, &files) != 0)
			continue;
		for (size_t j = 0; j < files.gl_pathc && found == NULL; j++) {
			if (!file_has_nightly(files.gl_pathv[j]))
				continue;
			(void)snprintf(buf, size, "%s", files.gl_pathv[j]);
			found = buf;
		}
		globfree(&files);
	}
	return found;
}

static void check_timer(struct doctor *doctor)
{
	char path[256];

	if (is_timer_enabled())
		doctor_tell(doctor, DOCTOR_OK, TIMER " is enabled");
	else if (find_cron_line(path, sizeof(path)) != NULL)
		doctor_tell(doctor, DOCTOR_OK, "%s starts nightly", path);
	else
		doctor_tell(doctor, DOCTOR_WARN,
			    "nothing starts nightly: systemctl enable --now " TIMER
			    ", or install the cron line");
}

static void check_last_night(struct doctor *doctor)
{
	int64_t now = doctor->env->now_unix_us;
	struct store_night_report report;
	char begin[WHEN_TEXT_SIZE];
	struct jo_err err = {0};
	int rc = store_night_get(doctor->conf->database, &report, &err);

	if (rc == -ENOENT) {
		doctor_tell(doctor, DOCTOR_WARN, "nightly never ran");
		return;
	}
	if (rc < 0) {
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
		return;
	}
	(void)when_format(report.begin_unix_us, begin);
	if (report.begin_unix_us < now - NIGHT_AGE_MAX_US)
		doctor_tell(doctor, DOCTOR_FAIL,
			    "the last nightly ran at %s, %" PRId64 " hours ago", begin,
			    (now - report.begin_unix_us) / (3600 * JO_US_PER_S));
	else if (report.status < 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "the nightly of %s has no end: it is at work, or was broken off",
			    begin);
	else if (report.status == CMD_DONE)
		doctor_tell(doctor, DOCTOR_OK, "the last nightly ran at %s", begin);
	else
		doctor_tell(
			doctor, DOCTOR_WARN,
			"the last nightly, at %s, ended with status %d: run it by hand to see why",
			begin, report.status);
}

void doctor_night(struct doctor *doctor)
{
	check_timer(doctor);
	if (doctor_answers(doctor, doctor->conf->database)) /* beside which the report lies */
		check_last_night(doctor);
}

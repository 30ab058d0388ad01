/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether the logs that the site lists are there, and can be read as it says. */
#include "cmd/doctor.h"
#include "intake/log_list.h"
#include "util/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the globs of a section find. */
struct found {
	int64_t file_count, closed_count;
	char *closed; /* the first that cannot be read, or NULL */
};

static void count_file(void *context, const char *path, const struct stat *st)
{
	struct found *found = context;

	(void)st;
	found->file_count++;
	if (access(path, R_OK) == 0)
		return;
	if (found->closed_count++ == 0)
		found->closed = xstrdup(path);
}

/* Whether the folders before the first sign of a pattern answer. */
static bool folder_answers(struct doctor *doctor, const char *glob)
{
	char *folder = xstrndup(glob, strcspn(glob, "*?[\\"));
	char *end = strrchr(folder, '/');
	bool does_answer;

	if (end != NULL && end != folder)
		*end = '\0';
	does_answer = doctor_answers(doctor, folder);
	free(folder);
	return does_answer;
}

static void check_section(struct doctor *doctor, const struct log_section *section)
{
	struct found found = {0};

	for (size_t i = 0; i < section->globs.count; i++)
		if (!folder_answers(doctor, section->globs.list[i]))
			return;
	log_section_files(section, count_file, &found);
	if (found.file_count == 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "[%s]: there is no file %s%s, of which links do not count; correct "
			    "Files=, or wait for the first",
			    section->name, section->globs.list[0],
			    section->globs.count > 1 ? " or of its other Files" : "");
	else if (found.closed_count > 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "[%s]: %" PRId64 " of %" PRId64 " files cannot be read from here, such "
			    "as %s; nightly must run as a user who may",
			    section->name, found.closed_count, found.file_count, found.closed);
	else
		doctor_tell(doctor, DOCTOR_OK, "[%s]: %" PRId64 " file%s", section->name,
			    found.file_count, found.file_count == 1 ? "" : "s");
	free(found.closed);
}

void doctor_logs(struct doctor *doctor)
{
	const char *path = doctor->conf->logs;
	struct log_list list;
	struct jo_err err;

	if (path[0] == '\0' || !doctor_answers(doctor, path))
		return;
	if (log_list_read(path, &list, &err) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL, "%s, so no logs are read", err.text);
		return;
	}
	if (list.count == 0)
		doctor_tell(doctor, DOCTOR_WARN, "%s: lists none; joboutliers.conf(5) says how",
			    path);
	for (size_t i = 0; i < list.count; i++)
		check_section(doctor, &list.sections[i]);
	log_list_release(&list);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether readers can read: as roles of a server, and the copy that is made for them. */
#include "cmd/doctor.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/when.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Two nights, with half a day for a late one. */
#define COPY_AGE_MAX_US (60 * 3600 * JO_US_PER_S)

/* Whether everybody can come to the file and read it; tells what is in the way. */
static bool can_be_read(struct doctor *doctor, const char *path)
{
	char *part = xstrdup(path);
	struct stat st;
	bool is_good = stat(path, &st) == 0 && (st.st_mode & S_IROTH) != 0;

	if (!is_good)
		doctor_tell(doctor, DOCTOR_WARN, "%s: users cannot read it: chmod 644 %s", path,
			    path);
	for (char *end = strrchr(part, '/'); is_good && end != NULL && end != part;
	     end = strrchr(part, '/')) {
		*end = '\0';
		is_good = stat(part, &st) < 0 || (st.st_mode & S_IXOTH) != 0;
		if (!is_good)
			doctor_tell(doctor, DOCTOR_WARN,
				    "%s: users cannot reach it through %s; set ReadersDatabase to "
				    "a folder of its own: install -d -m 755 "
				    "/var/cache/joboutliers",
				    path, part);
	}
	free(part);
	return is_good;
}

static void check_copy(struct doctor *doctor, const char *path, int64_t copied_unix_us)
{
	char copied[WHEN_TEXT_SIZE];
	int64_t age_us;

	if (copied_unix_us == JO_MISSING) {
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: is no copy for readers; set ReadersDatabase to another file, "
			    "which nightly makes",
			    path);
		return;
	}
	age_us = doctor->env->now_unix_us - copied_unix_us;
	(void)when_format(copied_unix_us, copied);
	if (age_us > COPY_AGE_MAX_US)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: is as of %s, %" PRId64
			    " hours ago; run 'sjoboutliers publish' to see why",
			    path, copied, age_us / (3600 * JO_US_PER_S));
	else if (can_be_read(doctor, path))
		doctor_tell(doctor, DOCTOR_OK, "%s: as of %s", path, copied);
}

static void tell(void *context, enum store_grade grade, const char *text)
{
	doctor_tell(context, grade == STORE_GRADE_FAIL ? DOCTOR_FAIL : DOCTOR_WARN, "%s", text);
}

static void check_roles(struct doctor *doctor)
{
	struct store_readers readers;

	cmd_readers(doctor->conf, &readers);
	if (readers.own_count + readers.all_count == 0)
		return;
	if (store_readers_check(doctor->conf->database, &readers, tell, doctor))
		doctor_tell(doctor, DOCTOR_OK,
			    "%s: own jobs alone for %zu role%s of Readers, all for %zu of "
			    "ReadersAll",
			    doctor->conf->database, readers.own_count,
			    words_plural((int64_t)readers.own_count), readers.all_count);
}

static void check_file(struct doctor *doctor)
{
	const struct store_options options = {STORE_READ, STORE_BUSY_TIMEOUT_MS};
	const char *path = doctor->conf->readers_database;
	struct store *store = NULL;
	struct jo_err err = {0};
	int rc;

	if (path[0] == '\0' || !doctor_answers(doctor, path))
		return;
	rc = store_open(path, &options, &store, &err);
	if (rc == -ENOENT)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: is not there yet; nightly, or 'sjoboutliers publish', makes it",
			    path);
	else if (rc < 0)
		doctor_tell(doctor, DOCTOR_WARN, "%s", err.text);
	else
		check_copy(doctor, path, store_copied_unix_us(store));
	store_close(store);
}

void doctor_readers(struct doctor *doctor)
{
	check_roles(doctor);
	check_file(doctor);
}

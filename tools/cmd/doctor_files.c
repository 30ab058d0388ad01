/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: the spool's folders and the database. */
#include "cmd/doctor.h"
#include "cmd/spools.h"
#include "joboutliers/spool.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/listing.h"
#include "util/when.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much is in a folder, by a function of spools.h. */
typedef int counter(const char *path, int64_t *ret_count);

/* Part of the spool's bound for one node from which on it is nearly full. */
#define SPOOL_NEARLY_FULL (JO_SPOOL_FILES_MAX / 5 * 4)

/*
 * What ingest needs of the folder, and whoever fills it: the plugin, or sjobforward,
 * which goes by the same rules; false after telling what it lacks.
 */
static bool check_folder(struct doctor *doctor, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s; make it for the records of this host's plugin, or for "
			    "sjobforward to carry the nodes' to: install -d -o root -m 750 %s",
			    path, strerror(errno), path);
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: is %s; the plugin and sjobforward take nothing but a folder there",
			    path, S_ISLNK(st.st_mode) ? "a link" : "no folder");
		return false;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		doctor_tell(
			doctor, DOCTOR_FAIL,
			"%s: mode %04o lets others write, so neither the plugin nor sjobforward "
			"writes there: chmod go-w %s",
			path, (unsigned)(st.st_mode & 07777), path);
		return false;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: belongs to uid %u, so neither the plugin nor sjobforward writes "
			    "there: "
			    "chown root %s",
			    path, (unsigned)st.st_uid, path);
		return false;
	}
	if (access(path, R_OK | W_OK | X_OK) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s; ingest must run as a user who may write it", path,
			    strerror(errno));
		return false;
	}
	return true;
}

static void tell_unlisted(struct doctor *doctor, const char *path, int rc)
{
	doctor_tell(doctor, DOCTOR_FAIL,
		    "%s: %s, so not all in it is seen; look at the disk it is on", path,
		    strerror(-rc));
}

/* Leaves the count as it is after telling that it could not be counted. */
static void count_in(struct doctor *doctor, const char *spool, const char *name, const char *behind,
		     counter *count, int64_t *ret_count)
{
	char *path = xasprintf("%s/%s%s", spool, name, behind);
	int rc = count(path, ret_count);

	if (rc < 0)
		tell_unlisted(doctor, path, rc);
	free(path);
}

static void check_spool(struct doctor *doctor, const char *path)
{
	int64_t waiting_count = 0, node_count = 0, bad_count;
	const struct dirent *entry;
	struct listing listing;
	int rc;

	if (!doctor_answers(doctor, path) || !check_folder(doctor, path))
		return;
	listing = listing_open(path);
	while ((entry = listing_next(&listing)) != NULL) {
		int64_t count = 0;

		if (strcmp(entry->d_name, JO_SPOOL_BAD) == 0)
			continue;
		count_in(doctor, path, entry->d_name, "/" JO_SPOOL_NEW, spools_count_records,
			 &count);
		if (count > SPOOL_NEARLY_FULL)
			doctor_tell(doctor, DOCTOR_WARN,
				    "%s/%s: %" PRId64
				    " records wait, and from %d on they are dropped; "
				    "run ingest, and see why it did not",
				    path, entry->d_name, count, JO_SPOOL_FILES_MAX);
		waiting_count += count;
		node_count++;
	}
	rc = listing_close(&listing);
	if (rc < 0)
		tell_unlisted(doctor, path, rc);
	bad_count = 0;
	count_in(doctor, path, JO_SPOOL_BAD, "", spools_count_files, &bad_count);
	if (bad_count > 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s/" JO_SPOOL_BAD ": %" PRId64 " file%s set aside; each has its "
			    "reason beside it, remove them when you have seen to them",
			    path, bad_count, bad_count == 1 ? " was" : "s were");
	doctor_tell(doctor, DOCTOR_OK, "%s: %" PRId64 " record%s of %" PRId64 " node%s wait%s",
		    path, waiting_count, words_plural(waiting_count), node_count,
		    words_plural(node_count), waiting_count == 1 ? "s" : "");
}

void doctor_spool(struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->conf->spool.count; i++)
		check_spool(doctor, doctor->conf->spool.list[i]);
}

static void check_database(struct doctor *doctor, const char *path)
{
	const struct store_options options = {STORE_READ, STORE_BUSY_TIMEOUT_MS};
	struct store_counts counts;
	struct jo_err err = {0};
	char size[16], history[80] = "";

	if (store_open(path, &options, &doctor->store, &err) < 0 ||
	    (doctor->want_full && store_check(doctor->store, &err) < 0) ||
	    store_counts(doctor->store, &counts, &err) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
		return;
	}
	if (counts.history_count > 0)
		(void)snprintf(history, sizeof(history),
			       ", %" PRId64 " of them history that check --all would judge",
			       counts.history_count);
	doctor_tell(doctor, DOCTOR_OK, "%s: %" PRId64 " step%s in %" PRId64 " group%s%s, %s%s",
		    path, counts.step_count, words_plural(counts.step_count), counts.group_count,
		    words_plural(counts.group_count), history,
		    jo_bytes_format(counts.file_bytes, size, sizeof(size)),
		    doctor->want_full ? ", whole" : "");
}

static void tell_of_place(void *context, enum store_grade grade, const char *text)
{
	static const enum doctor_grade grades[] = {
		[STORE_GRADE_GOOD] = DOCTOR_OK,
		[STORE_GRADE_WARN] = DOCTOR_WARN,
		[STORE_GRADE_FAIL] = DOCTOR_FAIL,
	};

	doctor_tell(context, grades[grade], "%s", text);
}

void doctor_database(struct doctor *doctor)
{
	if (store_place_check(doctor->conf->database, tell_of_place, doctor))
		check_database(doctor, doctor->conf->database);
}

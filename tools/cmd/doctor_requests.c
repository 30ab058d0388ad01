/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether users can leave requests, and nobody can leave them for another. */
#include "cmd/doctor.h"
#include "intake/request_folder.h"
#include "util/listing.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a folder for all must be: sticky, and to be written and searched by others. */
#define FOLDER_MODE (S_ISVTX | S_IWOTH | S_IXOTH)

static bool check_folder(struct doctor *doctor, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: there is no such folder, so users cannot mute or expect: "
			    "install -d -m 1733 %s",
			    path, path);
		return false;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: belongs to uid %u, who could remove requests: chown root %s", path,
			    (unsigned)st.st_uid, path);
		return false;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: mode %04o lets users remove each other's requests, so none are "
			    "taken: chmod 1733 %s",
			    path, (unsigned)(st.st_mode & 07777), path);
		return false;
	}
	if ((st.st_mode & FOLDER_MODE) != FOLDER_MODE)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: mode %04o keeps users from leaving requests: chmod 1733 %s", path,
			    (unsigned)(st.st_mode & 07777), path);
	if (access(path, R_OK | W_OK | X_OK) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s; nightly must run as a user who may read and write it", path,
			    strerror(errno));
		return false;
	}
	return true;
}

void doctor_requests(struct doctor *doctor)
{
	const char *path = doctor->conf->requests;
	unsigned waiting_count = 0, refused_count = 0;
	const struct dirent *entry;
	struct listing listing;
	int rc;

	if (path[0] == '\0') {
		doctor_tell(doctor, DOCTOR_OK,
			    "Requests is not set: users cannot mute or expect by themselves");
		return;
	}
	if (!doctor_answers(doctor, path) || !check_folder(doctor, path))
		return;
	listing = listing_open(path);
	/* which leaves out those still being written */
	while ((entry = listing_next(&listing)) != NULL)
		if (strncmp(entry->d_name, REQUEST_REFUSED_PREFIX,
			    strlen(REQUEST_REFUSED_PREFIX)) == 0)
			refused_count++;
		else
			waiting_count++;
	rc = listing_close(&listing);
	if (rc < 0)
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s, so not all requests are seen; look at the disk it is on", path,
			    strerror(-rc));
	if (refused_count > 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: %u refused, named " REQUEST_REFUSED_PREFIX
			    "*; remove them when you have seen to them",
			    path, refused_count);
	doctor_tell(doctor, DOCTOR_OK, "%s: %u request%s for the next night", path, waiting_count,
		    waiting_count == 1 ? " waits" : "s wait");
}

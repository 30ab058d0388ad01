/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether spans that were received wait to be taken, and whether some were turned away. */
#include "cmd/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/record.h"
#include "joboutliers/spool.h"
#include "util/listing.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* The folder of a host's receiver: how many files wait, and how many requests were told to come
 * again. */
static void check_host(struct doctor *doctor, const char *path, const char *host)
{
	int dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), host_fd = -1, new_fd = -1;
	int64_t waiting_count = 0, dropped_count;
	struct listing listing;
	int rc;

	if (dir_fd >= 0)
		host_fd = openat(dir_fd, host, DIR_FLAGS);
	if (host_fd >= 0)
		new_fd = openat(host_fd, JO_SPOOL_NEW, DIR_FLAGS);
	if (new_fd < 0) {
		doctor_tell(
			doctor, DOCTOR_FAIL,
			"%s/%s: %s; ingest must run as a user who may read and empty it, and "
			"joboutliers.service needs a capability for that: see sjoboutliers(1), THE "
			"SERVICE",
			path, host, strerror(errno));
		goto out;
	}
	listing = listing_open_fd(new_fd);
	while (listing_next(&listing) != NULL)
		waiting_count++;
	rc = listing_close(&listing);
	if (rc < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s/%s: %s; look at the disk it is on", path, host,
			    strerror(-rc));
	dropped_count = jo_spool_read_dropped(host_fd);
	if (dropped_count != JO_MISSING && dropped_count > 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s/%s: %" PRId64 " requests were told to come again, as there was no "
			    "room, or the disk failed: raise OtlpSpoolMax, or ingest more often",
			    path, host, dropped_count);
	doctor_tell(doctor, DOCTOR_OK, "%s/%s: %" PRId64 " file%s for the next ingest",
		    path, host, waiting_count, waiting_count == 1 ? " waits" : "s wait");
out:
	if (new_fd >= 0)
		(void)close(new_fd);
	if (host_fd >= 0)
		(void)close(host_fd);
	if (dir_fd >= 0)
		(void)close(dir_fd);
}

void doctor_spans(struct doctor *doctor)
{
	const char *path = doctor->conf->otlp_spool;
	const struct dirent *entry;
	struct listing listing;
	unsigned host_count = 0;
	int rc;

	if (path[0] == '\0') {
		doctor_tell(doctor, DOCTOR_OK, "OtlpSpool is not set: no spans are received");
		return;
	}
	if (!doctor_answers(doctor, path))
		return;
	listing = listing_open(path);
	while ((entry = listing_next(&listing)) != NULL) {
		if (strcmp(entry->d_name, JO_SPOOL_BAD) == 0)
			continue;
		check_host(doctor, path, entry->d_name);
		host_count++;
	}
	rc = listing_close(&listing);
	if (rc < 0)
		doctor_tell(
			doctor, DOCTOR_FAIL,
			"%s: %s; joboutliers-receive.service makes it, or: install -d -o USER -m "
			"750 %s",
			path, strerror(-rc), path);
	else if (host_count == 0)
		doctor_tell(doctor, DOCTOR_OK, "%s: nothing was received yet", path);
}

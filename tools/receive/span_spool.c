/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are synced one by one: who waits for one gathers what comes meanwhile into the next.
 */
#include "receive/span_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/spool.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/listing.h"
#include "util/when.h"
#include "util/write_all.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* A program that runs once sends one file: four times what nodes may have, as this is for all of
 * them. */
#define FILES_MAX (4 * JO_SPOOL_FILES_MAX)

/* How long a look at what is there is believed: a look at all files costs 0.1 s. */
#define LOOK_US (10 * JO_US_PER_S)

#define NAME_SIZE 64 /* two numbers of 20 digits, and what is between and behind */

struct span_spool {
	char *path;
	int node_fd, tmp_fd, new_fd;
	int64_t bytes_max;
	int64_t file_count, bytes; /* in new/, as far as it was seen, with what was written since */
	int64_t looked_us;         /* by the monotonic clock */
	int64_t write_count;
};

/* What cannot be seen is taken to be as it was. */
static void look(struct span_spool *spool)
{
	struct listing listing = listing_open_fd(spool->new_fd);
	int64_t file_count = 0, bytes = 0;
	const struct dirent *entry;
	struct stat st;

	while ((entry = listing_next(&listing)) != NULL) {
		file_count++;
		if (fstatat(spool->new_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			bytes += st.st_size;
	}
	spool->looked_us = when_monotonic_us();
	if (listing_close(&listing) < 0)
		return;
	spool->file_count = file_count;
	spool->bytes = bytes;
}

static void clear_tmp(const struct span_spool *spool)
{
	struct listing listing = listing_open_fd(spool->tmp_fd);
	const struct dirent *entry;

	while ((entry = listing_next(&listing)) != NULL)
		(void)unlinkat(spool->tmp_fd, entry->d_name, 0);
	(void)listing_close(&listing);
}

static int open_inner(struct span_spool *spool, struct jo_err *err)
{
	if (flock(spool->node_fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? jo_err_set(err, -EBUSY, "%s: another receiver has it", spool->path)
			       : jo_err_sys(err, -errno, "lock %s", spool->path);
	spool->tmp_fd = openat(spool->node_fd, JO_SPOOL_TMP, DIR_FLAGS);
	if (spool->tmp_fd >= 0)
		spool->new_fd = openat(spool->node_fd, JO_SPOOL_NEW, DIR_FLAGS);
	if (spool->tmp_fd < 0 || spool->new_fd < 0)
		return jo_err_sys(err, -errno, "open the folders of %s", spool->path);
	clear_tmp(spool);
	look(spool);
	return 0;
}

int span_spool_open(const char *path, const char *host, int64_t bytes_max,
		    struct span_spool **ret_spool, struct jo_err *err)
{
	struct span_spool *spool = xcalloc(1, sizeof(*spool));
	/* Where a service has a user of its own, systemd makes the folder a link to where it lies. */
	char *real_path = realpath(path, NULL);
	int rc;

	spool->node_fd = spool->tmp_fd = spool->new_fd = -1;
	spool->path = xasprintf("%s/%s", path, host);
	spool->bytes_max = bytes_max;
	rc = real_path != NULL ? jo_spool_open(real_path, host, &spool->node_fd, err)
			       : jo_err_sys(err, -errno, "open spool %s", path);
	free(real_path);
	if (rc == 0)
		rc = open_inner(spool, err);
	if (rc < 0)
		span_spool_close(spool);
	else
		*ret_spool = spool;
	return rc;
}

bool span_spool_is_full(struct span_spool *spool)
{
	if (when_monotonic_us() - spool->looked_us >= LOOK_US)
		look(spool);
	return spool->file_count >= FILES_MAX || spool->bytes >= spool->bytes_max;
}

int span_spool_write(struct span_spool *spool, const char *text, size_t len, int64_t now_unix_us,
		     struct jo_err *err)
{
	char name[NAME_SIZE];
	int fd, rc;

	/* The number keeps two of one micro-second apart, and the process's those of two receivers.
	 */
	(void)snprintf(name, sizeof(name), "%" PRId64 ".%" PRId64 "-%ld.jsonl", now_unix_us,
		       spool->write_count++, (long)getpid());
	fd = openat(spool->tmp_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0640);
	if (fd < 0)
		return jo_err_sys(err, -errno, "%s: make a file", spool->path);
	rc = write_all(fd, text, len);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && renameat(spool->tmp_fd, name, spool->new_fd, name) < 0)
		rc = -errno;
	if (rc == 0 && fsync(spool->new_fd) < 0) {
		rc = -errno;
		(void)unlinkat(spool->new_fd, name, 0);
	}
	if (rc < 0) {
		(void)unlinkat(spool->tmp_fd, name, 0);
		return jo_err_sys(err, rc, "%s: write a file", spool->path);
	}
	spool->file_count++;
	spool->bytes += (int64_t)len;
	return 0;
}

void span_spool_count_dropped(struct span_spool *spool)
{
	jo_spool_count_dropped(spool->node_fd);
}

void span_spool_close(struct span_spool *spool)
{
	const int fds[] = {spool != NULL ? spool->new_fd : -1, spool != NULL ? spool->tmp_fd : -1,
			   spool != NULL ? spool->node_fd : -1};

	if (spool == NULL)
		return;
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	free(spool->path);
	free(spool);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file in tmp/ that grows, synced after each piece, and goes to new/ once a second: to make a
 * file and give it a name for each piece would cost several times what its bytes do.
 */
#include "receive/span_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* How long a file grows at most, so that there are fewer of them in a day than FILES_MAX. */
#define FILE_US JO_US_PER_S

#define CHUNK_BYTES 65536 /* of a file that is looked through, at a time */

struct span_spool {
	char *path;
	int node_fd, tmp_fd, new_fd;
	int64_t bytes_max;
	int64_t file_count, bytes; /* in new/ as far as it was seen, with what was written since */
	int64_t looked_us;         /* by the monotonic clock */
	int64_t write_count;
	int file_fd; /* in tmp/, growing; -1: there is none */
	char file_name[NAME_SIZE];
	int64_t file_bytes;     /* of it, all synced */
	int64_t handed_over_us; /* when the last one was, by the monotonic clock */
	uint64_t generation;
	int64_t generation_unix_us; /* when it began */
};

/* ---- what is there ---- */

/* What cannot be seen is taken to be as it was. */
static void look(struct span_spool *spool)
{
	struct listing listing = listing_open_fd(spool->new_fd);
	int64_t file_count = 0, bytes = spool->file_bytes, oldest_unix_us = INT64_MAX;
	const struct dirent *entry;
	struct stat st;

	while ((entry = listing_next(&listing)) != NULL) {
		int64_t unix_us = strtoll(entry->d_name, NULL, 10);

		file_count++;
		if (fstatat(spool->new_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			bytes += st.st_size;
		if (unix_us < oldest_unix_us)
			oldest_unix_us = unix_us;
	}
	spool->looked_us = when_monotonic_us();
	if (listing_close(&listing) < 0)
		return;
	spool->file_count = file_count;
	spool->bytes = bytes;
	if (oldest_unix_us >= spool->generation_unix_us) {
		spool->generation++;
		spool->generation_unix_us = when_now();
	}
}

/* Where the last line ends. */
static int64_t whole_bytes(int fd, int64_t size)
{
	char chunk[CHUNK_BYTES];

	while (size > 0) {
		int64_t from = size > CHUNK_BYTES ? size - CHUNK_BYTES : 0;
		ssize_t len = pread(fd, chunk, (size_t)(size - from), from);
		const char *end = len == size - from ? memrchr(chunk, '\n', (size_t)len) : NULL;

		if (len != size - from)
			return -1;
		if (end != NULL)
			return from + (end - chunk) + 1;
		size = from;
	}
	return 0;
}

/* What an earlier receiver did not come to hand over: its whole lines may have been acknowledged.
 */
static int recover(const struct span_spool *spool, const char *name)
{
	int fd = openat(spool->tmp_fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), rc = 0;
	struct stat st = {0};
	int64_t whole = 0;

	if (fd < 0 && errno != ELOOP && errno != ENXIO)
		return -errno;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		whole = whole_bytes(fd, st.st_size);
	if (whole < 0 || (whole > 0 && whole < st.st_size && ftruncate(fd, whole) < 0))
		rc = -errno;
	if (rc == 0 && (whole > 0 ? renameat(spool->tmp_fd, name, spool->new_fd, name)
				  : unlinkat(spool->tmp_fd, name, 0)) < 0)
		rc = -errno;
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int recover_all(const struct span_spool *spool, struct jo_err *err)
{
	struct listing listing = listing_open_fd(spool->tmp_fd);
	const struct dirent *entry;
	int rc = 0, closed;

	while (rc == 0 && (entry = listing_next(&listing)) != NULL)
		rc = recover(spool, entry->d_name);
	closed = listing_close(&listing);
	rc = rc < 0 ? rc : closed;
	return rc < 0 ? jo_err_sys(err, rc, "%s: hand over what an earlier receiver left",
				   spool->path)
		      : 0;
}

/* ---- begin ---- */

/* Open a folder of the host's, which is missing where one that began here was broken off. */
static int open_folder(const struct span_spool *spool, const char *name, struct jo_err *err)
{
	int fd = -1;

	if (mkdirat(spool->node_fd, name, 0750) == 0 || errno == EEXIST)
		fd = openat(spool->node_fd, name, DIR_FLAGS);
	return fd < 0 ? jo_err_sys(err, -errno, "open the folders of %s", spool->path) : fd;
}

static int open_inner(struct span_spool *spool, struct jo_err *err)
{
	int rc;

	if (flock(spool->node_fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? jo_err_set(err, -EBUSY, "%s: another receiver has it", spool->path)
			       : jo_err_sys(err, -errno, "lock %s", spool->path);
	spool->tmp_fd = open_folder(spool, JO_SPOOL_TMP, err);
	if (spool->tmp_fd < 0)
		return spool->tmp_fd;
	spool->new_fd = open_folder(spool, JO_SPOOL_NEW, err);
	if (spool->new_fd < 0)
		return spool->new_fd;
	spool->generation_unix_us = when_now();
	rc = recover_all(spool, err);
	if (rc == 0)
		look(spool);
	return rc;
}

int span_spool_open(const char *path, const char *host, int64_t bytes_max,
		    struct span_spool **ret_spool, struct jo_err *err)
{
	struct span_spool *spool = xcalloc(1, sizeof(*spool));
	/* Where a service has a user of its own, systemd makes the folder a link to where it lies. */
	char *real_path = realpath(path, NULL);
	int rc;

	spool->node_fd = spool->tmp_fd = spool->new_fd = spool->file_fd = -1;
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

int64_t span_spool_room(struct span_spool *spool)
{
	if (when_monotonic_us() - spool->looked_us >= LOOK_US)
		look(spool);
	return spool->file_count >= FILES_MAX || spool->bytes >= spool->bytes_max
		       ? 0
		       : spool->bytes_max - spool->bytes;
}

uint64_t span_spool_generation(const struct span_spool *spool)
{
	return spool->generation;
}

/* ---- written ---- */

static int begin_file(struct span_spool *spool, int64_t now_unix_us)
{
	/* The number keeps two of one micro-second apart, and the process's those of two receivers.
	 */
	(void)snprintf(spool->file_name, sizeof(spool->file_name),
		       "%" PRId64 ".%" PRId64 "-%ld.jsonl", now_unix_us, spool->write_count++,
		       (long)getpid());
	spool->file_fd =
		openat(spool->tmp_fd, spool->file_name,
		       O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
	return spool->file_fd < 0 || fsync(spool->tmp_fd) < 0 ? -errno : 0;
}

/* Whichever of its two names a loss of power leaves, recover() or ingest finds the file. */
static int end_file(struct span_spool *spool)
{
	int rc = 0;

	if (spool->file_fd < 0)
		return 0;
	if (spool->file_bytes == 0)
		(void)unlinkat(spool->tmp_fd, spool->file_name, 0);
	else if (renameat(spool->tmp_fd, spool->file_name, spool->new_fd, spool->file_name) < 0)
		rc = -errno;
	else
		spool->file_count++;
	if (rc < 0)
		return rc;
	(void)close(spool->file_fd);
	spool->file_fd = -1;
	spool->file_bytes = 0;
	spool->handed_over_us = when_monotonic_us();
	return 0;
}

int span_spool_write(struct span_spool *spool, const char *text, size_t len, int64_t now_unix_us,
		     struct jo_err *err)
{
	int rc = spool->file_fd < 0 ? begin_file(spool, now_unix_us) : 0;

	if (rc == 0)
		rc = write_all(spool->file_fd, text, len);
	if (rc == 0 && fdatasync(spool->file_fd) < 0)
		rc = -errno;
	if (rc < 0) {
		/* A line that stays cut is ingest's to tell of. */
		if (spool->file_fd >= 0)
			(void)!ftruncate(spool->file_fd, spool->file_bytes);
		(void)end_file(spool);
		return jo_err_sys(err, rc, "%s: write a file", spool->path);
	}
	spool->file_bytes += (int64_t)len;
	spool->bytes += (int64_t)len;
	return 0;
}

int span_spool_hand_over(struct span_spool *spool, struct jo_err *err)
{
	int rc;

	if (when_monotonic_us() - spool->handed_over_us < FILE_US)
		return 0;
	rc = end_file(spool);
	return rc < 0 ? jo_err_sys(err, rc, "%s: hand over a file", spool->path) : 0;
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
	(void)end_file(spool);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	free(spool->path);
	free(spool);
}

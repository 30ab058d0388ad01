/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Maildir's rules on the target's side: written in tmp/, synced, renamed into
 * new/, which is synced before anybody hears that it was done.  The target is
 * shared, so what stands in it need not be what we once left there.
 */
#include "forward/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/spool.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

int folder_open(int dir_fd, const char *name, const char *path, struct jo_err *err)
{
	struct stat st;
	int fd, rc;

	fd = openat(dir_fd, name, DIR_FLAGS);
	if (fd < 0)
		return jo_err_sys(err, -errno, "open folder %s", path);
	if (fstat(fd, &st) < 0)
		rc = jo_err_sys(err, -errno, "stat %s", path);
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		rc = jo_err_set(err, -EPERM, "%s belongs to uid %u: expected root", path,
				(unsigned int)st.st_uid);
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		rc = jo_err_set(err, -EPERM,
				"%s has mode %04o: expected no write permission for group and "
				"others",
				path, (unsigned int)(st.st_mode & 07777));
	else
		return fd;
	(void)close(fd);
	return rc;
}

int64_t folder_read(int fd, char *bytes, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, bytes + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (int64_t)used;
}

/* ---- opening ---- */

int folder_target_open(struct folder_target *target, struct jo_err *err)
{
	target->node[0] = '\0';
	target->tmp_fd = target->new_fd = -1;
	target->top_fd = folder_open(AT_FDCWD, target->path, target->path, err);
	return target->top_fd < 0 ? target->top_fd : 0;
}

static void close_node(struct folder_target *target)
{
	close_fd(&target->tmp_fd);
	close_fd(&target->new_fd);
	target->node[0] = '\0';
}

void folder_target_close(struct folder_target *target)
{
	close_node(target);
	close_fd(&target->top_fd);
}

/* Some file systems have no such thing for a folder, and then nothing to wait for. */
static bool sync_folder(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL;
}

static int open_or_make(int dir_fd, const char *name, const char *path, struct jo_err *err)
{
	int fd = folder_open(dir_fd, name, path, err);

	if (fd != -ENOENT)
		return fd;
	/* So that the spool's group may read, as in the plugin's. */
	if (mkdirat(dir_fd, name, 0750) < 0 && errno != EEXIST)
		return jo_err_sys(err, -errno, "make folder %s", path);
	return folder_open(dir_fd, name, path, err);
}

static int count_waiting(struct folder_target *target, const char *path, struct jo_err *err)
{
	int fd = openat(target->new_fd, ".", DIR_FLAGS), rc = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (dir == NULL) {
		rc = jo_err_sys(err, -errno, "list %s", path);
		close_fd(&fd);
		return rc;
	}
	target->waiting_count = 0;
	errno = 0;
	while ((entry = readdir(dir)) != NULL)
		target->waiting_count += entry->d_name[0] != '.';
	if (errno != 0)
		rc = jo_err_sys(err, -errno, "list %s", path);
	(void)closedir(dir);
	return rc;
}

static int open_node(struct folder_target *target, const char *node, struct jo_err *err)
{
	char path[sizeof(err->text)];
	int node_fd, rc;

	close_node(target);
	target->is_full_told = false;
	(void)snprintf(path, sizeof(path), "%s/%s", target->path, node);
	node_fd = open_or_make(target->top_fd, node, path, err);
	if (node_fd < 0)
		return node_fd;
	(void)snprintf(path, sizeof(path), "%s/%s/%s", target->path, node, JO_SPOOL_TMP);
	rc = target->tmp_fd = open_or_make(node_fd, JO_SPOOL_TMP, path, err);
	if (rc < 0)
		goto out;
	(void)snprintf(path, sizeof(path), "%s/%s/%s", target->path, node, JO_SPOOL_NEW);
	rc = target->new_fd = open_or_make(node_fd, JO_SPOOL_NEW, path, err);
	if (rc >= 0)
		rc = count_waiting(target, path, err);
	/* The folders' own names must not be lost either once records in them count as safe. */
	if (rc == 0 && (!sync_folder(node_fd) || !sync_folder(target->top_fd)))
		rc = jo_err_sys(err, -errno, "sync %s/%s", target->path, node);
	if (rc == 0)
		(void)snprintf(target->node, sizeof(target->node), "%s", node);
out:
	(void)close(node_fd);
	if (rc < 0)
		close_node(target);
	return rc;
}

/* ---- one record ---- */

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* What a run that was killed left in tmp/ is in the way. */
static int open_tmp(int tmp_fd, const char *name)
{
	static const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(tmp_fd, name, flags, 0640);

	if (fd < 0 && errno == EEXIST && unlinkat(tmp_fd, name, 0) == 0)
		fd = openat(tmp_fd, name, flags, 0640);
	return fd < 0 ? -errno : fd;
}

static int put(struct folder_target *target, const char *name, const char *bytes, size_t len,
	       struct jo_err *err)
{
	int fd = open_tmp(target->tmp_fd, name), rc;

	if (fd < 0)
		return jo_err_sys(err, fd, "make %s/%s/%s/%s", target->path, target->node,
				  JO_SPOOL_TMP, name);
	rc = write_all(fd, bytes, len);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	/* Over NFS, close is where a full disk is told. */
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && renameat(target->tmp_fd, name, target->new_fd, name) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlinkat(target->tmp_fd, name, 0);
		return jo_err_sys(err, rc, "write %s/%s/%s/%s", target->path, target->node,
				  JO_SPOOL_NEW, name);
	}
	return 0;
}

/*
 * Whether the target has the name already: 1 with the same content, which a run
 * that was killed before it removed the file here has put there; -EEXIST for
 * anything else, which is not ours to replace; 0 for no.
 */
static int is_there(struct folder_target *target, const char *name, const char *bytes, size_t len,
		    struct jo_err *err)
{
	char there[JO_RECORD_LINE_MAX];
	struct stat st;
	int fd, rc;

	fd = openat(target->new_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno != ELOOP && errno != ENXIO)
		return jo_err_sys(err, -errno, "open %s/%s/%s/%s", target->path, target->node,
				  JO_SPOOL_NEW, name);
	rc = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)len &&
	     folder_read(fd, there, len) == (int64_t)len && memcmp(there, bytes, len) == 0;
	close_fd(&fd);
	if (rc == 0)
		return jo_err_set(err, -EEXIST,
				  "%s/%s/%s/%s is there and is something else: left in the spool",
				  target->path, target->node, JO_SPOOL_NEW, name);
	return rc;
}

/* ---- many ---- */

static void tell_full(struct folder_target *target, struct forward_summary *report)
{
	struct jo_err err;

	if (target->is_full_told)
		return;
	target->is_full_told = true;
	(void)jo_err_set(&err, -EDQUOT,
			 "%s/%s has %lld records that nobody took: no more of this node are "
			 "carried there; run ingest, and see why it did not",
			 target->path, target->node, (long long)target->waiting_count);
	forward_complain(report, FORWARD_FAILED, &err);
}

static int take_item(struct folder_target *target, struct parcel *parcel, struct parcel_item *item,
		     struct forward_summary *report, struct jo_err *err)
{
	const char *bytes = parcel->bytes + item->offset;
	struct jo_err why;
	int rc = is_there(target, item->name, bytes, item->len, &why);

	if (rc == -EEXIST) {
		forward_complain(report, FORWARD_FOREIGN, &why);
		item->fate = PARCEL_FOREIGN;
		return 0;
	}
	if (rc < 0) {
		*err = why;
		return rc;
	}
	if (rc > 0) {
		item->fate = PARCEL_KNOWN;
		return 0;
	}
	if (target->waiting_count >= target->files_max) {
		tell_full(target, report);
		return 0;
	}
	rc = put(target, item->name, bytes, item->len, err);
	if (rc < 0)
		return rc;
	target->waiting_count++;
	item->fate = PARCEL_CARRIED;
	return 0;
}

int folder_target_take(void *context, struct parcel *parcel, struct forward_summary *report,
		       struct jo_err *err)
{
	struct folder_target *target = context;
	int rc = 0;

	for (size_t i = 0; i < parcel->count; i++)
		parcel->items[i].fate = target->is_dry ? PARCEL_WANTED : PARCEL_LEFT;
	if (target->is_dry)
		return 0;
	report->doing = "opening the node's folder in the target";
	if (strcmp(target->node, parcel->node) != 0)
		rc = open_node(target, parcel->node, err);
	report->doing = "writing to the target";
	for (size_t i = 0; rc == 0 && i < parcel->count && !forward_is_over; i++)
		rc = take_item(target, parcel, &parcel->items[i], report, err);
	/* Also what was put there before it failed: removed here, it is carried once. */
	if (target->new_fd >= 0 && !sync_folder(target->new_fd)) {
		for (size_t i = 0; i < parcel->count; i++)
			parcel->items[i].fate = PARCEL_LEFT;
		rc = jo_err_sys(err, -errno, "sync %s/%s/%s", target->path, target->node,
				JO_SPOOL_NEW);
	}
	return rc;
}

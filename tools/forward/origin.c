/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin goes on writing into new/ all the while: a name that is there is
 * whole, and what comes after the folder was read is for the next run.
 */
#include "forward/origin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forward/folder.h"
#include "joboutliers/mounts.h"
#include "joboutliers/spool.h"

/* One node's new/ at hand. */
struct walk {
	struct origin *source;
	const struct parcel_sink *sink;
	struct forward_summary *report;
	const char *node;
	int new_fd;
};

/* ---- the lock ---- */

static int lock(struct origin *source, struct jo_err *err)
{
	int fd, rc = 0;

	fd = openat(source->top_fd, SOURCE_LOCK,
		    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s/%s", source->path, SOURCE_LOCK);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		rc = errno == EWOULDBLOCK
			     ? jo_err_set(err, -EBUSY, "%s: another sjobforward is at work",
					  source->path)
			     : jo_err_sys(err, -errno, "lock %s/%s", source->path, SOURCE_LOCK);
	if (rc < 0)
		(void)close(fd);
	else
		source->lock_fd = fd;
	return rc;
}

void origin_check_place(const struct origin *source, struct forward_summary *report)
{
	struct jo_mounts mounts = {0};
	struct jo_err err;

	/* The plugin's is absolute; without the table of mounts it could not tell either. */
	if (source->path[0] != '/' || jo_mounts_read("", &mounts, NULL) < 0)
		return;
	if (jo_mounts_check_local(&mounts, source->path, &err) == -EREMOTE) {
		(void)jo_err_prefix(&err, "the plugin writes nothing to its spool");
		forward_complain(report, FORWARD_FAILED, &err);
	}
	jo_mounts_free(&mounts);
}

int origin_open(struct origin *source, struct jo_err *err)
{
	int rc = 0;

	source->lock_fd = -1;
	source->parcel = NULL;
	source->top_fd = folder_open(AT_FDCWD, source->path, source->path, err);
	if (source->top_fd < 0)
		return source->top_fd;
	if (!source->is_dry)
		rc = lock(source, err);
	if (rc == 0) {
		source->parcel = malloc(sizeof(*source->parcel));
		if (source->parcel == NULL)
			rc = jo_err_sys(err, -ENOMEM, "%s", source->path);
	}
	if (rc < 0)
		origin_close(source);
	return rc;
}

void origin_close(struct origin *source)
{
	free(source->parcel);
	source->parcel = NULL;
	if (source->lock_fd >= 0)
		(void)close(source->lock_fd);
	if (source->top_fd >= 0)
		(void)close(source->top_fd);
	source->lock_fd = source->top_fd = -1;
}

/* ---- one record ---- */

static void leave_foreign(struct walk *walk, const char *name, const char *why)
{
	struct jo_err err;

	(void)jo_err_set(&err, -EBADMSG, "%s/%s/%s/%s: %s; left where it is", walk->source->path,
			 walk->node, JO_SPOOL_NEW, name, why);
	forward_complain(walk->report, FORWARD_FOREIGN, &err);
	walk->report->foreign_count++;
}

static void leave_unread(struct walk *walk, const char *verb, const char *name, int code)
{
	struct jo_err err;

	(void)jo_err_sys(&err, code, "%s %s/%s/%s/%s", verb, walk->source->path, walk->node,
			 JO_SPOOL_NEW, name);
	forward_complain(walk->report, FORWARD_FAILED, &err);
	walk->report->left_count++;
}

static void add_file(struct walk *walk, const char *name, int fd)
{
	struct parcel *parcel = walk->source->parcel;
	struct parcel_item *item = &parcel->items[parcel->count];
	struct stat st;
	int64_t len;

	if (fstat(fd, &st) < 0) {
		leave_unread(walk, "stat", name, -errno);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		leave_foreign(walk, name, "not a regular file, expected a record");
		return;
	}
	if (st.st_size > JO_RECORD_LINE_MAX) {
		leave_foreign(walk, name, "longer than a record can be");
		return;
	}
	len = folder_read(fd, parcel->bytes + parcel->used, (size_t)st.st_size);
	if (len < 0) {
		leave_unread(walk, "read", name, (int)len);
		return;
	}
	(void)snprintf(item->name, sizeof(item->name), "%.*s", PARCEL_NAME_MAX, name);
	item->fate = PARCEL_LEFT;
	item->offset = parcel->used;
	item->len = (size_t)len;
	parcel->used += (size_t)len;
	parcel->count++;
}

static void add(struct walk *walk, const char *name)
{
	int fd;

	if (!parcel_is_record_name(name)) {
		leave_foreign(walk, name, "not the name of a record");
		return;
	}
	fd = openat(walk->new_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return;                                     /* taken by somebody else */
	if (fd < 0 && (errno == ELOOP || errno == ENXIO)) { /* a link; a socket */
		leave_foreign(walk, name, "not a regular file, expected a record");
		return;
	}
	if (fd < 0) {
		leave_unread(walk, "open", name, -errno);
		return;
	}
	add_file(walk, name, fd);
	(void)close(fd);
}

/* ---- many ---- */

static void remove_safe(struct walk *walk)
{
	struct parcel *parcel = walk->source->parcel;
	struct jo_err err;

	walk->report->doing = "removing what was carried from the spool";
	for (size_t i = 0; i < parcel->count; i++) {
		const struct parcel_item *item = &parcel->items[i];

		if (item->fate != PARCEL_CARRIED && item->fate != PARCEL_KNOWN)
			continue;
		if (unlinkat(walk->new_fd, item->name, 0) < 0 && errno != ENOENT) {
			(void)jo_err_sys(&err, -errno, "remove %s/%s/%s/%s", walk->source->path,
					 walk->node, JO_SPOOL_NEW, item->name);
			forward_complain(walk->report, FORWARD_FAILED, &err);
		}
	}
}

static int flush(struct walk *walk, struct jo_err *err)
{
	struct parcel *parcel = walk->source->parcel;
	int rc = 0;

	if (parcel->count > 0) {
		parcel->node = walk->node;
		rc = walk->sink->take(walk->sink->context, parcel, walk->report, err);
		remove_safe(walk);
		parcel_count(parcel, walk->report);
		walk->source->records_max -= (int64_t)parcel->count;
	}
	parcel->count = parcel->used = 0;
	walk->report->doing = "reading the spool";
	return rc;
}

static int read_new(struct walk *walk, DIR *dir, struct jo_err *err)
{
	const struct parcel *parcel = walk->source->parcel;
	const struct dirent *entry;
	struct jo_err why;
	int rc = 0;

	while (rc == 0 && !forward_is_over && (errno = 0, entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (walk->source->records_max <= (int64_t)parcel->count)
			walk->report->left_count += parcel_is_record_name(entry->d_name);
		else
			add(walk, entry->d_name);
		if (parcel->count == PARCEL_RECORDS)
			rc = flush(walk, err);
	}
	if (rc == 0 && !forward_is_over && errno != 0) {
		(void)jo_err_sys(&why, -errno, "list %s/%s/%s", walk->source->path, walk->node,
				 JO_SPOOL_NEW);
		forward_complain(walk->report, FORWARD_FAILED, &why);
	}
	return rc == 0 ? flush(walk, err) : rc;
}

/* Folders as the plugin makes them: without new/ it is not of a node. */
static int open_new(struct origin *source, const char *node, struct jo_err *err)
{
	char path[sizeof(err->text)];
	int node_fd, fd;

	(void)snprintf(path, sizeof(path), "%s/%s", source->path, node);
	node_fd = folder_open(source->top_fd, node, path, err);
	if (node_fd < 0)
		return node_fd;
	(void)snprintf(path, sizeof(path), "%s/%s/%s", source->path, node, JO_SPOOL_NEW);
	fd = folder_open(node_fd, JO_SPOOL_NEW, path, err);
	(void)close(node_fd);
	return fd;
}

static int walk_node(struct walk *walk, struct jo_err *err)
{
	struct jo_err why;
	int fd, rc = 0;
	DIR *dir;

	walk->new_fd = open_new(walk->source, walk->node, &why);
	/* What is no folder of a node is not ours, but one that was asked for by name is. */
	if (walk->new_fd < 0 && walk->source->node == NULL &&
	    (walk->new_fd == -ENOENT || walk->new_fd == -ENOTDIR || walk->new_fd == -ELOOP))
		return 0;
	if (walk->new_fd < 0) {
		forward_complain(walk->report, FORWARD_FAILED, &why);
		return 0;
	}
	fd = fcntl(walk->new_fd, F_DUPFD_CLOEXEC, 0);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir != NULL) {
		rc = read_new(walk, dir, err);
		(void)closedir(dir);
	} else {
		(void)jo_err_sys(&why, -errno, "list %s/%s/%s", walk->source->path, walk->node,
				 JO_SPOOL_NEW);
		forward_complain(walk->report, FORWARD_FAILED, &why);
		if (fd >= 0)
			(void)close(fd);
	}
	(void)close(walk->new_fd);
	return rc;
}

/* Every folder in the spool; the list itself failing is no reason to forget what was found. */
static int walk_all(struct walk *walk, struct jo_err *err)
{
	int fd = fcntl(walk->source->top_fd, F_DUPFD_CLOEXEC, 0), rc = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (dir == NULL) {
		rc = jo_err_sys(err, -errno, "list %s", walk->source->path);
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	while (rc == 0 && !forward_is_over && (errno = 0, entry = readdir(dir)) != NULL) {
		walk->node = entry->d_name;
		if (parcel_is_node_name(walk->node))
			rc = walk_node(walk, err);
	}
	if (rc == 0 && !forward_is_over && errno != 0)
		rc = jo_err_sys(err, -errno, "list %s", walk->source->path);
	(void)closedir(dir);
	return rc;
}

int origin_walk(struct origin *source, const struct parcel_sink *sink,
		struct forward_summary *report, struct jo_err *err)
{
	struct walk walk = {source, sink, report, source->node, -1};
	int rc;

	source->parcel->count = source->parcel->used = 0;
	report->doing = "reading the spool";
	rc = source->node != NULL ? walk_node(&walk, err) : walk_all(&walk, err);
	report->is_cut = forward_is_over;
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Maildir's rules on the target's side: written in tmp/, synced, renamed into
 * new/, which is synced before anybody hears that it was done.  The target is
 * shared, so what stands in it need not be what we once left there.
 */
#include "forward/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forward/pack.h"
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
	target->there = target->cut = (struct names){0};
	target->has_known = false;
	target->known = malloc(FOLDER_FILE_MAX);
	if (target->known == NULL)
		return jo_err_sys(err, -ENOMEM, "%s", target->path);
	target->top_fd = folder_open(AT_FDCWD, target->path, target->path, err);
	if (target->top_fd < 0)
		free(target->known);
	return target->top_fd < 0 ? target->top_fd : 0;
}

static void close_node(struct folder_target *target)
{
	close_fd(&target->tmp_fd);
	close_fd(&target->new_fd);
	names_release(&target->there);
	names_release(&target->cut);
	target->has_known = false;
	target->node[0] = '\0';
}

void folder_target_close(struct folder_target *target)
{
	close_node(target);
	free(target->known);
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

static int read_names(struct folder_target *target, const char *node, struct jo_err *err)
{
	int rc = names_read(&target->cut, target->tmp_fd);

	if (rc == 0)
		rc = names_read(&target->there, target->new_fd);
	if (rc < 0)
		return jo_err_sys(err, rc, "list %s/%s", target->path, node);
	target->waiting_count = 0;
	for (size_t i = 0; i < target->there.count; i++)
		target->waiting_count += jo_spool_record_count(target->there.list[i], NULL);
	return 0;
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
		rc = read_names(target, node, err);
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

/* ---- what is there ---- */

/* Whether a file in new/ has the name of the record that is its first. */
static bool is_named_after(const char *file, const char *record)
{
	size_t len;

	(void)jo_spool_record_count(file, &len);
	return len == strlen(record) && memcmp(file, record, len) == 0;
}

/* The next file from index on that is named after a record; NULL for none.  *index is behind it. */
static const char *next_there(const struct folder_target *target, const char *record, size_t *index)
{
	const struct names *there = &target->there;
	size_t len = strlen(record);

	while (*index < there->count && strncmp(there->list[*index], record, len) == 0) {
		const char *file = there->list[(*index)++];

		if (is_named_after(file, record))
			return file;
	}
	return NULL;
}

/*
 * Read a file of new/ into target->known, if it can be one that was carried.
 * Returns 0, or -ENOENT when ingest has taken it since.
 */
static int read_known(struct folder_target *target, const char *name, struct jo_err *err)
{
	int fd = openat(target->new_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int64_t len = -1;
	struct stat st;

	target->has_known = false;
	if (fd < 0 && (errno == ELOOP || errno == ENXIO)) /* a link; a socket */
		return 0;
	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s/%s/%s/%s", target->path, target->node,
				  JO_SPOOL_NEW, name);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (off_t)FOLDER_FILE_MAX)
		len = folder_read(fd, target->known, (size_t)st.st_size);
	(void)close(fd);
	target->has_known = len >= 0;
	target->known_len = len >= 0 ? (size_t)len : 0;
	return 0;
}

/* Those of the parcel that the file read last has are safe. */
static void know(const struct folder_target *target, struct parcel *parcel)
{
	for (size_t i = 0; target->has_known && i < parcel->count; i++)
		if (parcel->items[i].fate == PARCEL_LEFT &&
		    pack_has(target->known, target->known_len, parcel, &parcel->items[i]))
			parcel->items[i].fate = PARCEL_KNOWN;
}

static void refuse(const struct folder_target *target, struct parcel_item *item, const char *file,
		   struct forward_summary *report)
{
	struct jo_err why;

	(void)jo_err_set(&why, -EEXIST,
			 "%s/%s/%s/%s is there and is something else: left in the spool",
			 target->path, target->node, JO_SPOOL_NEW, file);
	forward_complain(report, FORWARD_FOREIGN, &why);
	item->fate = PARCEL_FOREIGN;
}

/*
 * What a run that was killed before it removed the files here has put there is
 * known, the item and whatever else of the parcel lies with it; anything else of
 * the name is not ours to replace.
 */
static int look(struct folder_target *target, struct parcel *parcel, struct parcel_item *item,
		struct forward_summary *report, struct jo_err *err)
{
	size_t index = names_from(&target->there, item->name);
	const char *file, *other = NULL;

	while (item->fate == PARCEL_LEFT &&
	       (file = next_there(target, item->name, &index)) != NULL) {
		int rc = read_known(target, file, err);

		if (rc == -ENOENT)
			continue;
		if (rc < 0)
			return rc;
		know(target, parcel);
		other = file;
	}
	if (item->fate == PARCEL_LEFT && other != NULL)
		refuse(target, item, other, report);
	return 0;
}

/* ---- what is put there ---- */

/*
 * A run that was killed left a file with the name of one of these, and perhaps
 * not of the one that is first now.
 */
static void remove_cut(const struct folder_target *target, const struct parcel *parcel)
{
	for (size_t i = 0; i < parcel->count; i++) {
		const char *name = parcel->items[i].name;
		size_t index = names_from(&target->cut, name);

		if (index < target->cut.count && strcmp(target->cut.list[index], name) == 0)
			(void)unlinkat(target->tmp_fd, name, 0);
	}
}

/* In tmp/ it has the first record's name alone: that one comes again, with whatever others. */
static int put(struct folder_target *target, const struct pack *pack, const char *name,
	       struct jo_err *err)
{
	const char *tmp_name = pack->items[0]->name;
	int fd, rc;

	fd = openat(target->tmp_fd, tmp_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0640);
	if (fd < 0)
		return jo_err_sys(err, -errno, "make %s/%s/%s/%s", target->path, target->node,
				  JO_SPOOL_TMP, tmp_name);
	rc = pack_write(pack, fd);
	if (rc == 0 && fsync(fd) < 0)
		rc = -errno;
	/* Over NFS, close is where a full disk is told. */
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && renameat(target->tmp_fd, tmp_name, target->new_fd, name) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlinkat(target->tmp_fd, tmp_name, 0);
		return jo_err_sys(err, rc, "write %s/%s/%s/%s", target->path, target->node,
				  JO_SPOOL_NEW, name);
	}
	for (size_t i = 0; i < pack->count; i++)
		pack->items[i]->fate = PARCEL_CARRIED;
	target->waiting_count += (int64_t)pack->count;
	return 0;
}

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

/* The first with all that can come with it. */
static struct pack gather(const struct folder_target *target, struct parcel *parcel, size_t first)
{
	struct pack pack = {.parcel = parcel, .items = {&parcel->items[first]}, .count = 1};
	int64_t room = target->waiting_max - target->waiting_count;

	if (!pack_is_line(parcel, pack.items[0]))
		return pack;
	for (size_t i = first + 1; i < parcel->count && (int64_t)pack.count < room; i++)
		if (parcel->items[i].fate == PARCEL_LEFT && pack_is_line(parcel, &parcel->items[i]))
			pack.items[pack.count++] = &parcel->items[i];
	return pack;
}

static int put_from(struct folder_target *target, struct parcel *parcel, size_t first,
		    struct forward_summary *report, struct jo_err *err)
{
	char name[PACK_NAME_SIZE];
	struct pack pack;
	struct stat st;
	int rc = 0;

	if (target->waiting_count >= target->waiting_max) {
		tell_full(target, report);
		return 0;
	}
	pack = gather(target, parcel, first);
	pack_name(&pack, name);
	/* By somebody else, since the folder was read: a rename would replace it. */
	if (fstatat(target->new_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		refuse(target, pack.items[0], name, report);
	else if (errno == ENOENT)
		rc = put(target, &pack, name, err);
	else
		rc = jo_err_sys(err, -errno, "stat %s/%s/%s/%s", target->path, target->node,
				JO_SPOOL_NEW, name);
	return rc;
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
	report->doing = "reading in the target";
	/* Where it was divided otherwise before, some of it comes behind what was looked at then.
	 */
	if (rc == 0)
		know(target, parcel);
	for (size_t i = 0; rc == 0 && i < parcel->count && !forward_is_over; i++)
		if (parcel->items[i].fate == PARCEL_LEFT)
			rc = look(target, parcel, &parcel->items[i], report, err);
	report->doing = "writing to the target";
	if (rc == 0)
		remove_cut(target, parcel);
	for (size_t i = 0; rc == 0 && i < parcel->count && !forward_is_over; i++)
		if (parcel->items[i].fate == PARCEL_LEFT)
			rc = put_from(target, parcel, i, report, err);
	/* Also what was put there before it failed: removed here, it is carried once. */
	if (target->new_fd >= 0 && !sync_folder(target->new_fd)) {
		for (size_t i = 0; i < parcel->count; i++)
			parcel->items[i].fate = PARCEL_LEFT;
		rc = jo_err_sys(err, -errno, "sync %s/%s/%s", target->path, target->node,
				JO_SPOOL_NEW);
	}
	return rc;
}

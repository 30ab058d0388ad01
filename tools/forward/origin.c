/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin goes on writing into new/ all the while: a name that is there is
 * whole, and what comes after the folder was read is for the next run.
 *
 * Records are given in the order of their names, and their files removed from a
 * parcel's end.  So a run that was killed while it removed them leaves its first
 * record, by which the target is asked for the others.
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
#include "forward/names.h"
#include "joboutliers/mounts.h"
#include "joboutliers/spool.h"

/* One node's new/ at hand. */
struct walk {
	struct origin *source;
	const struct parcel_sink *sink;
	struct forward_summary *report;
	const char *node;
	int new_fd;
	struct names names;                /* in it */
	const char *files[PARCEL_RECORDS]; /* of these, which an item of the parcel is from */
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

/* ---- a parcel ---- */

static bool is_safe(const struct parcel_item *item)
{
	return item->fate == PARCEL_CARRIED || item->fate == PARCEL_KNOWN;
}

/* From the end, and not beyond one that stays against our will: the first is still there then.  A
 * file goes when all of it is safe. */
static void remove_safe(struct walk *walk)
{
	const struct parcel *parcel = walk->source->parcel;
	struct jo_err err;

	walk->report->doing = "removing what was carried from the spool";
	for (size_t i = parcel->count; i > 0;) {
		const char *file = walk->files[i - 1];
		bool may_go = true;

		for (; i > 0 && walk->files[i - 1] == file; i--)
			may_go = may_go && is_safe(&parcel->items[i - 1]);
		if (may_go && unlinkat(walk->new_fd, file, 0) < 0 && errno != ENOENT) {
			(void)jo_err_sys(&err, -errno, "remove %s/%s/%s/%s", walk->source->path,
					 walk->node, JO_SPOOL_NEW, file);
			forward_complain(walk->report, FORWARD_FAILED, &err);
			return;
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

/* ---- one file ---- */

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

/* What is wrong with a file's lines; NULL when they can be records, *ret_count of them. */
static const char *check_lines(const char *bytes, size_t len, size_t *ret_count)
{
	const char *end = bytes + len;

	/* An empty one is for ingest to set aside, as all that has a record's name. */
	*ret_count = len == 0;
	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *next = newline != NULL ? newline + 1 : end;

		if (next - bytes > JO_RECORD_LINE_MAX)
			return "longer than a record can be";
		if (++*ret_count > PARCEL_RECORDS)
			return "more records than sjobforward writes into a file";
		bytes = next;
	}
	return NULL;
}

/* The item for a file's line, at the end of the parcel's bytes; the first line is number 1. */
static void add_item(struct walk *walk, const char *file, const char *first_name, size_t number,
		     size_t len)
{
	struct parcel *parcel = walk->source->parcel;
	struct parcel_item *item = &parcel->items[parcel->count];

	if (number == 1)
		(void)snprintf(item->name, sizeof(item->name), "%s", first_name);
	else
		(void)snprintf(item->name, sizeof(item->name), "%.*s.%zu", PARCEL_FIRST_NAME_MAX,
			       first_name, number);
	item->fate = PARCEL_LEFT;
	item->offset = parcel->used;
	item->len = len;
	walk->files[parcel->count++] = file;
	parcel->used += len;
}

/* The lines of a file whose bytes stand behind those of the parcel: all in one parcel. */
static int add_lines(struct walk *walk, const char *file, const char *first_name, size_t len,
		     struct jo_err *err)
{
	struct parcel *parcel = walk->source->parcel;
	const char *bytes = parcel->bytes + parcel->used, *why;
	size_t count, used;
	int rc = 0;

	why = check_lines(bytes, len, &count);
	if (why == NULL && count > 1 && strlen(first_name) > PARCEL_FIRST_NAME_MAX)
		why = "too long a name for a file of several records";
	if (why != NULL) {
		leave_foreign(walk, file, why);
		return 0;
	}
	if ((int64_t)(parcel->count + count) > walk->source->records_max) {
		walk->report->left_count += (int64_t)count;
		return 0;
	}
	if (parcel->count + count > PARCEL_RECORDS) {
		rc = flush(walk, err);
		memmove(parcel->bytes, bytes, len);
	}
	for (size_t number = 1; rc == 0 && number <= count; number++) {
		const char *line = parcel->bytes + parcel->used;
		const char *newline = memchr(line, '\n', len);

		used = newline != NULL ? (size_t)(newline - line) + 1 : len;
		add_item(walk, file, first_name, number, used);
		len -= used;
	}
	return rc;
}

static int add_file(struct walk *walk, const char *name, const char *first_name, int fd,
		    struct jo_err *err)
{
	struct parcel *parcel = walk->source->parcel;
	struct stat st;
	int64_t len;
	int rc = 0;

	if (fstat(fd, &st) < 0) {
		leave_unread(walk, "stat", name, -errno);
		return 0;
	}
	if (!S_ISREG(st.st_mode)) {
		leave_foreign(walk, name, "not a regular file, expected records");
		return 0;
	}
	if (st.st_size > (off_t)sizeof(parcel->bytes)) {
		leave_foreign(walk, name, "longer than what sjobforward writes into a file");
		return 0;
	}
	if (parcel->used + (size_t)st.st_size > sizeof(parcel->bytes))
		rc = flush(walk, err);
	if (rc < 0)
		return rc;
	len = folder_read(fd, parcel->bytes + parcel->used, (size_t)st.st_size);
	if (len >= 0)
		return add_lines(walk, name, first_name, (size_t)len, err);
	leave_unread(walk, "read", name, (int)len);
	return 0;
}

/* Returns a negative errno when the sink takes no more. */
static int add(struct walk *walk, const char *name, struct jo_err *err)
{
	char first_name[PARCEL_NAME_MAX + 1];
	int fd, rc;

	if (!parcel_first_name(name, first_name)) {
		leave_foreign(walk, name, "not the name of a record");
		return 0;
	}
	fd = openat(walk->new_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;                                   /* taken by somebody else */
	if (fd < 0 && (errno == ELOOP || errno == ENXIO)) { /* a link; a socket */
		leave_foreign(walk, name, "not a regular file, expected records");
		return 0;
	}
	if (fd < 0) {
		leave_unread(walk, "open", name, -errno);
		return 0;
	}
	rc = add_file(walk, name, first_name, fd, err);
	(void)close(fd);
	return rc;
}

/* ---- many ---- */

static int read_new(struct walk *walk, struct jo_err *err)
{
	const struct parcel *parcel = walk->source->parcel;
	char first_name[PARCEL_NAME_MAX + 1];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < walk->names.count && !forward_is_over; i++) {
		const char *name = walk->names.list[i];

		if (walk->source->records_max > (int64_t)parcel->count)
			rc = add(walk, name, err);
		else if (parcel_first_name(name, first_name))
			walk->report->left_count += jo_spool_record_count(name, NULL);
		if (rc == 0 && parcel->count == PARCEL_RECORDS)
			rc = flush(walk, err);
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
	int rc;

	walk->new_fd = open_new(walk->source, walk->node, &why);
	/* What is no folder of a node is not ours, but one that was asked for by name is. */
	if (walk->new_fd < 0 && walk->source->node == NULL &&
	    (walk->new_fd == -ENOENT || walk->new_fd == -ENOTDIR || walk->new_fd == -ELOOP))
		return 0;
	if (walk->new_fd < 0) {
		forward_complain(walk->report, FORWARD_FAILED, &why);
		return 0;
	}
	/* The list failing is no reason to forget what was found. */
	rc = names_read(&walk->names, walk->new_fd);
	if (rc < 0) {
		(void)jo_err_sys(&why, rc, "list %s/%s/%s", walk->source->path, walk->node,
				 JO_SPOOL_NEW);
		forward_complain(walk->report, FORWARD_FAILED, &why);
	}
	rc = read_new(walk, err);
	names_release(&walk->names);
	(void)close(walk->new_fd);
	return rc;
}

/* Every folder in the spool; here, too, what was found before the list failed is not forgotten. */
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
	struct walk walk = {.source = source,
			    .sink = sink,
			    .report = report,
			    .node = source->node,
			    .new_fd = -1};
	int rc;

	source->parcel->count = source->parcel->used = 0;
	report->doing = "reading the spool";
	rc = source->node != NULL ? walk_node(&walk, err) : walk_all(&walk, err);
	report->is_cut = forward_is_over;
	return rc;
}

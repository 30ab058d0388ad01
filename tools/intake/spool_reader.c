/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader: takes one node's folder after the other and parses its files.  The
 * spool may hold anything that anybody managed to put there, so nothing is
 * opened that could block or lead elsewhere, and nothing is read without limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/spool.h"
#include "intake/record_line.h"
#include "intake/spool_reader.h"
#include "util/alloc.h"
#include "util/listing.h"

struct reader {
	struct spool_work *work;
	const struct spool_folder *folder;
	int new_fd;
	int time_flag; /* O_NOATIME, or 0 where that is refused */
	struct chunk *chunk;
	char *bytes; /* of the file at hand */
	size_t capacity;
};

/* A file at hand. */
struct spool_file {
	const char *name;
	size_t size;
	bool must_stay; /* something of it could not be set aside */
};

static const struct spool_folder *next_folder(struct spool_work *work)
{
	const struct spool_folder *folder = NULL;

	(void)pthread_mutex_lock(&work->queue.mutex);
	if (work->next_folder < work->folder_count)
		folder = &work->folders[work->next_folder++];
	(void)pthread_mutex_unlock(&work->queue.mutex);
	return folder;
}

/* Make room in the chunk; false when the writer wants no more. */
static bool make_room(struct reader *reader)
{
	if (reader->chunk != NULL && reader->chunk->record_count < SOURCE_BLOCK_RECORDS &&
	    reader->chunk->file_count < 4 * SOURCE_BLOCK_RECORDS)
		return true;
	if (reader->chunk != NULL)
		chunk_queue_put(&reader->work->queue, reader->chunk);
	reader->chunk = chunk_queue_empty(&reader->work->queue);
	return reader->chunk != NULL;
}

/* Set aside one line, or the thing itself where line is NULL. */
static void set_aside(struct reader *reader, struct spool_file *file, int64_t line_number,
		      const char *line, size_t len, const struct jo_err *why)
{
	struct jo_err text = *why, error;

	if (line != NULL)
		(void)jo_err_prefix(&text, "%s/%s/%s/%s: line %lld", reader->folder->spool,
				    reader->folder->node, JO_SPOOL_NEW, file->name,
				    (long long)line_number);
	else
		(void)jo_err_prefix(&text, "%s/%s/%s/%s", reader->folder->spool,
				    reader->folder->node, JO_SPOOL_NEW, file->name);
	if (spool_folder_set_aside(reader->folder, reader->new_fd, file->name, line_number, line,
				   len, text.text, &error) < 0) {
		file->must_stay = true;
		chunk_queue_error(&reader->work->queue, &error);
	}
	chunk_add_bad(reader->chunk, reader->folder, text.text);
}

/* Returns false when the writer wants no more. */
static bool read_lines(struct reader *reader, struct spool_file *file)
{
	const char *line = reader->bytes, *end = reader->bytes + file->size;
	int64_t line_number = 0;
	struct jo_err why;

	if (file->size == 0)
		set_aside(reader, file, 1, "", 0,
			  &(struct jo_err){-EBADMSG, "empty, expected a record"});
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = newline != NULL ? (size_t)(newline - line) + 1 : (size_t)(end - line);
		struct jo_record *record;

		if (!make_room(reader))
			return false;
		record = &reader->chunk->records[reader->chunk->record_count];
		line_number++;
		if (record_line_parse(line, len, record, &why) == 0)
			reader->chunk->record_count++;
		else
			set_aside(reader, file, line_number, line, len, &why);
		line += len;
	}
	return true;
}

/* Up to size bytes: what grew meanwhile was not written by the plugin, and is cut for all to see.
 */
static int read_bytes(struct reader *reader, int fd, size_t size, size_t *ret_size)
{
	size_t used = 0;

	if (size > reader->capacity) {
		free(reader->bytes);
		reader->bytes = xmalloc(size);
		reader->capacity = size;
	}
	while (used < size) {
		ssize_t n = read(fd, reader->bytes + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	*ret_size = used;
	return 0;
}

/* What is wrong with the thing before anything of it is read, in *why. */
static int check_file(int fd, struct stat *ret_st, struct jo_err *why)
{
	if (fstat(fd, ret_st) < 0)
		return jo_err_sys(why, -errno, "stat");
	if (!S_ISREG(ret_st->st_mode))
		return jo_err_set(why, -EBADMSG, "not a regular file, expected a record");
	if (ret_st->st_size > SPOOL_FILE_BYTES_MAX)
		return jo_err_set(why, -EBADMSG, "%lld bytes, expected records",
				  (long long)ret_st->st_size);
	return 0;
}

/*
 * That it was read is not noted in a file that is removed next: that would be a write
 * of its inode for each, which costs half of what opening, reading and closing do.  The
 * kernel leaves it to the file's owner and to root, who nearly always reads here.
 */
static int open_file(struct reader *reader, const char *name)
{
	static const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(reader->new_fd, name, flags | reader->time_flag);

	if (fd < 0 && errno == EPERM && reader->time_flag != 0) {
		reader->time_flag = 0;
		fd = openat(reader->new_fd, name, flags);
	}
	return fd;
}

/* Returns false when the writer wants no more. */
static bool read_file(struct reader *reader, const char *name)
{
	struct spool_file file = {.name = name};
	struct jo_err why;
	struct stat st;
	bool goes_on = true;
	int fd, rc;

	fd = open_file(reader, name);
	if (fd < 0 && errno == ENOENT)
		return true; /* another run took it */
	if (fd < 0 && errno != ELOOP && errno != ENXIO) {
		(void)jo_err_sys(&why, -errno, "open %s/%s/%s/%s", reader->folder->spool,
				 reader->folder->node, JO_SPOOL_NEW, name);
		chunk_queue_error(&reader->work->queue, &why);
		return true;
	}
	/* A link, and a socket: they cannot be opened, and are no records. */
	rc = fd < 0 ? jo_err_set(&why, -EBADMSG, "not a regular file, expected a record")
		    : check_file(fd, &st, &why);
	if (rc == 0) {
		rc = read_bytes(reader, fd, (size_t)st.st_size, &file.size);
		if (rc < 0)
			(void)jo_err_sys(&why, rc, "read");
	}
	if (rc == 0) {
		goes_on = read_lines(reader, &file);
		if (goes_on && !file.must_stay)
			chunk_add_file(reader->chunk, reader->folder, name);
	} else if (rc == -EBADMSG) {
		set_aside(reader, &file, 0, NULL, 0, &why);
	} else {
		/* nothing is known of it, so it stays for the next run */
		(void)jo_err_prefix(&why, "%s/%s/%s/%s", reader->folder->spool,
				    reader->folder->node, JO_SPOOL_NEW, name);
		chunk_queue_error(&reader->work->queue, &why);
	}
	if (fd >= 0)
		(void)close(fd);
	return goes_on;
}

/* Returns false when the writer wants no more. */
static bool read_folder(struct reader *reader)
{
	const struct dirent *entry;
	struct listing listing;
	bool goes_on = true;
	struct jo_err error;
	int rc;

	reader->new_fd = spool_folder_open(reader->folder, &error);
	if (reader->new_fd < 0) {
		/* A folder without new/ is not of a node. */
		if (error.code != -ENOENT)
			chunk_queue_error(&reader->work->queue, &error);
		return true;
	}
	listing = listing_open_fd(reader->new_fd);
	while (goes_on && (entry = listing_next(&listing)) != NULL)
		goes_on = make_room(reader) && read_file(reader, entry->d_name);
	rc = listing_close(&listing);
	if (rc < 0) {
		(void)jo_err_sys(&error, rc, "list %s/%s/%s", reader->folder->spool,
				 reader->folder->node, JO_SPOOL_NEW);
		chunk_queue_error(&reader->work->queue, &error);
	}
	(void)close(reader->new_fd);
	return goes_on;
}

void *spool_reader_run(void *context)
{
	struct spool_work *work = context;
	struct reader reader = {.work = work, .time_flag = O_NOATIME};
	bool goes_on = true;

	while (goes_on && (reader.folder = next_folder(work)) != NULL)
		goes_on = read_folder(&reader);
	if (reader.chunk != NULL)
		chunk_queue_put(&work->queue, reader.chunk);
	chunk_queue_end(&work->queue);
	free(reader.bytes);
	return NULL;
}

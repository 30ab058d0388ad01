/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The logs of the site's list, each line once.  How far a file was read is kept in
 * the database with its inode, its first line and the last line that was read (their
 * hashes); the lines' made numbers keep what was read, but not noted yet, from
 * counting twice.
 *
 * A file that is the same file, or has the same first line where that is nowhere
 * else, and has the last line at its place, is read from there on: so is one that was
 * renamed, and the copy of one that was cut to nothing, also when it was packed since.
 * Any other is read from its start.  When what was read of a file is in none any
 * more, that is told: it was replaced or shortened, and lines may be lost.
 *
 * Users may own the folders: links are not followed, only files are read, and whose
 * a file is, the open file says.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake/line_rows.h"
#include "intake/log_list.h"
#include "intake/source.h"
#include "joboutliers/units.h"
#include "util/alloc.h"

/* What was not there for so long has been rotated away, and comes back as somebody's copy. */
#define FORGET_AFTER_US (400 * JO_US_PER_DAY)

/* A file of a section: those that are known come first, then all others. */
struct log_path {
	char *path;
	int64_t device, inode;
	bool is_known;   /* by device and inode, as long as nothing speaks against it */
	bool is_later;   /* it stands once more at the end of the list */
	bool is_claimer; /* what was read of it before was found in it */
};

struct logs_import {
	struct store *store;
	struct store_lock *lock; /* how far files were read is the database's, and so is this */
	const struct source_request *request;
	struct log_list list;
	size_t section; /* of the list; its count: all were read */

	struct log_path *paths; /* of that section */
	size_t path_count, path_at;
	struct store_log_file *known; /* of that section */
	size_t known_count;
	bool *is_claimed; /* by known: some file is its, in this run */

	struct line_rows rows; /* of paths[path_at] */
	struct store_log_file file;
	bool is_open;

	struct store_log_file *done; /* read to their ends, and not noted yet */
	const char **done_sections;
	size_t done_count, done_capacity;
	struct jo_err error; /* the first that did not stop it; code 0 for none */
};

static void keep_error(struct logs_import *import, const struct jo_err *why)
{
	if (import->error.code == 0)
		import->error = *why;
}

/* ---- a section ---- */

static void add_path(void *context, const char *path, const struct stat *st)
{
	struct logs_import *import = context;
	struct log_path *added;

	import->paths =
		xreallocarray(import->paths, import->path_count + 1, sizeof(*import->paths));
	added = &import->paths[import->path_count++];
	*added = (struct log_path){
		.path = xstrdup(path), .device = (int64_t)st->st_dev, .inode = (int64_t)st->st_ino};
	for (size_t i = 0; i < import->known_count; i++)
		added->is_known |= import->known[i].device == added->device &&
				   import->known[i].inode == added->inode;
}

static int by_knowledge(const void *a, const void *b)
{
	const struct log_path *x = a, *y = b;

	return x->is_known != y->is_known ? y->is_known - x->is_known : strcmp(x->path, y->path);
}

static void find_paths(struct logs_import *import, const struct log_section *section)
{
	log_section_files(section, add_path, import);
	if (import->path_count > 0)
		qsort(import->paths, import->path_count, sizeof(*import->paths), by_knowledge);
}

static int begin_section(struct logs_import *import, struct jo_err *err)
{
	const struct log_section *section = &import->list.sections[import->section];
	int rc = store_log_files_read(import->store, section->name, &import->known,
				      &import->known_count, err);

	if (rc < 0)
		return rc;
	import->is_claimed = xcalloc(import->known_count + 1, sizeof(*import->is_claimed));
	find_paths(import, section);
	return 0;
}

/* To be kept once it is committed; the path is the list's from here on. */
static void note_file(struct logs_import *import, const struct store_log_file *file)
{
	if (import->done_count == import->done_capacity) {
		import->done_capacity = grown_capacity(import->done_capacity);
		import->done =
			xreallocarray(import->done, import->done_capacity, sizeof(*import->done));
		import->done_sections = xreallocarray(import->done_sections, import->done_capacity,
						      sizeof(*import->done_sections));
	}
	import->done_sections[import->done_count] = import->list.sections[import->section].name;
	import->done[import->done_count++] = *file;
}

/* What was read of a file is in none any more, and where it was there is another. */
static void tell_lost(struct logs_import *import, struct source_block *block)
{
	struct store_log_file gone;

	for (size_t i = 0; i < import->known_count; i++)
		for (size_t j = 0; j < import->path_count && !import->is_claimed[i]; j++) {
			const struct log_path *path = &import->paths[j];
			char *text;

			if (path->is_later || path->is_claimer ||
			    strcmp(path->path, import->known[i].path) != 0)
				continue;
			text = xasprintf("%s: was replaced or shortened since it was read, and was "
					 "read from its start; lines that it had may be lost",
					 path->path);
			source_block_note(block, text);
			free(text);
			/* Once: from now on it is nowhere, until its text comes back. */
			gone = import->known[i];
			gone.path = xstrdup("");
			note_file(import, &gone);
			import->is_claimed[i] = true;
		}
}

static void end_section(struct logs_import *import)
{
	for (size_t i = 0; i < import->path_count; i++)
		free(import->paths[i].path);
	free(import->paths);
	store_log_files_free(import->known, import->known_count);
	free(import->is_claimed);
	import->paths = NULL;
	import->known = NULL;
	import->is_claimed = NULL;
	import->path_count = import->path_at = import->known_count = 0;
}

/* ---- a file ---- */

static int open_guarded(const char *path, struct stat *ret_st, struct jo_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s", path);
	if (fstat(fd, ret_st) < 0 || !S_ISREG(ret_st->st_mode)) {
		(void)close(fd);
		return jo_err_set(err, -EINVAL, "%s: not a file", path);
	}
	return fd;
}

static int open_rows(struct logs_import *import, const char *path, struct stat *ret_st,
		     struct jo_err *err)
{
	struct log_format *format = import->list.sections[import->section].format;
	int fd = open_guarded(path, ret_st, err);

	return fd < 0 ? fd
		      : line_rows_attach(&import->rows, log_format_lines(format), format,
					 import->request, fd, ret_st, path, err);
}

/* Nothing has happened to it since it was read. */
static bool is_unchanged(struct logs_import *import, struct log_path *path, const struct stat *st)
{
	int64_t changed_unix_us =
		(int64_t)st->st_mtim.tv_sec * JO_US_PER_S + st->st_mtim.tv_nsec / 1000;

	for (size_t i = 0; i < import->known_count; i++) {
		const struct store_log_file *known = &import->known[i];

		if (!import->is_claimed[i] && known->device == (int64_t)st->st_dev &&
		    known->inode == (int64_t)st->st_ino &&
		    known->file_bytes == (int64_t)st->st_size &&
		    known->changed_unix_us == changed_unix_us) {
			import->is_claimed[i] = path->is_claimer = true;
			import->file = *known;
			return true;
		}
	}
	return false;
}

/* Whether the known file could be this one. */
static bool can_be(const struct logs_import *import, size_t known, const struct log_path *path)
{
	const struct store_log_file *file = &import->known[known];

	if (import->is_claimed[known] || file->first_hash != import->rows.place.first_hash)
		return false;
	return !path->is_known || (file->device == path->device && file->inode == path->inode);
}

/* A number of an inode is given to another file when its own is gone: see whether it is one of the
 * others, once those that are still there have been found. */
static void come_later(struct logs_import *import)
{
	struct log_path path = import->paths[import->path_at];

	import->paths[import->path_at].is_later = true;
	path.path = xstrdup(path.path);
	path.is_known = false;
	import->paths =
		xreallocarray(import->paths, import->path_count + 1, sizeof(*import->paths));
	import->paths[import->path_count++] = path;
}

/* Go to where it was read to, if it was. */
static int find_start(struct logs_import *import, struct log_path *path, struct stat *st,
		      struct jo_err *err)
{
	int rc = 0;

	import->file = (struct store_log_file){.id = JO_MISSING};
	for (size_t i = 0; i < import->known_count && rc == 0; i++) {
		if (!can_be(import, i, path))
			continue;
		rc = line_rows_skip(&import->rows, import->known[i].read_bytes,
				    import->known[i].last_hash, err);
		if (rc > 0) {
			import->is_claimed[i] = path->is_claimer = true;
			import->file.id = import->known[i].id;
		}
		if (rc == 0) {
			line_rows_close(&import->rows);
			rc = open_rows(import, path->path, st, err);
		}
	}
	return rc < 0 ? rc : 0;
}

static void note_done(struct logs_import *import)
{
	import->file.path = xstrdup(import->paths[import->path_at].path);
	import->file.seen_unix_us = import->request->now_unix_us;
	note_file(import, &import->file);
}

/* Begin with a file.  Returns 0 when there is nothing to read in it, or not yet. */
static int begin_file(struct logs_import *import, struct jo_err *err)
{
	struct log_path *path = &import->paths[import->path_at];
	struct stat st;
	int fd = open_guarded(path->path, &st, err), rc;

	if (fd < 0)
		return fd;
	(void)close(fd);
	if (is_unchanged(import, path, &st)) {
		note_done(import);
		return 0;
	}
	rc = open_rows(import, path->path, &st, err);
	if (rc == 0 && import->rows.line != NULL)
		rc = find_start(import, path, &st, err);
	if (rc == 0 && import->rows.line != NULL && path->is_known && !path->is_claimer) {
		line_rows_close(&import->rows);
		come_later(import);
		return 0;
	}
	if (rc < 0 || (import->rows.read_bytes == 0 && import->rows.line == NULL)) {
		line_rows_close(&import->rows);
		return rc;
	}
	import->file.device = (int64_t)st.st_dev;
	import->file.inode = (int64_t)st.st_ino;
	import->file.file_bytes = (int64_t)st.st_size;
	import->file.changed_unix_us = import->rows.place.changed_unix_us;
	return 1;
}

/* Read on in the file at hand: 0 at its end. */
static int read_file(struct logs_import *import, struct source_block *block, struct jo_err *err)
{
	int rc = 1;

	if (!import->is_open)
		rc = begin_file(import, err);
	import->is_open = rc > 0;
	if (rc > 0)
		rc = line_rows_next(&import->rows, block, err);
	if (rc > 0)
		return rc;
	if (rc == 0 && import->is_open) {
		import->file.first_hash = import->rows.place.first_hash;
		import->file.last_hash = import->rows.last_hash;
		import->file.read_bytes = import->rows.read_bytes;
		note_done(import);
	}
	line_rows_close(&import->rows);
	import->is_open = false;
	return rc;
}

/* ---- all of them ---- */

static int next_lines(void *context, struct source_block *block, struct jo_err *err)
{
	struct logs_import *import = context;
	struct jo_err why;

	while (import->section < import->list.count && !source_block_is_full(block)) {
		int rc = 0;

		if (import->is_claimed == NULL)
			rc = begin_section(import, err);
		if (rc < 0)
			return rc;
		if (import->path_at < import->path_count) {
			rc = read_file(import, block, &why);
			if (rc < 0 && rc != -ENOENT)
				keep_error(import, &why); /* the others are read all the same */
			if (rc <= 0)
				import->path_at++;
			continue;
		}
		tell_lost(import, block);
		end_section(import);
		import->section++;
	}
	return import->section < import->list.count;
}

/* How far they were read is noted when the lines are safe: a run that ends before that reads some
 * again, which changes nothing. */
static void committed(void *context)
{
	struct logs_import *import = context;
	struct jo_err why;
	int rc = store_begin(import->store, &why);

	for (size_t i = 0; i < import->done_count && rc == 0; i++)
		rc = store_log_file_put(import->store, import->done_sections[i], &import->done[i],
					&why);
	if (rc == 0 && import->section == import->list.count)
		rc = store_log_files_drop(import->store,
					  import->request->now_unix_us - FORGET_AFTER_US, &why);
	if (rc >= 0)
		rc = store_commit(import->store, &why);
	if (rc < 0) {
		store_rollback(import->store);
		keep_error(import, &why);
	}
	for (size_t i = 0; i < import->done_count; i++)
		free(import->done[i].path);
	import->done_count = 0;
}

static int close_logs(void *context, struct jo_err *err)
{
	struct logs_import *import = context;
	int rc = import->error.code;

	if (rc < 0 && err != NULL)
		*err = import->error;
	line_rows_close(&import->rows);
	end_section(import);
	log_list_release(&import->list);
	for (size_t i = 0; i < import->done_count; i++)
		free(import->done[i].path);
	free(import->done);
	free(import->done_sections);
	store_lock_release(import->lock);
	free(import);
	return rc;
}

static int open_logs(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct logs_import *import = xcalloc(1, sizeof(*import));
	int rc = log_list_read(request->logs, &import->list, err);

	if (rc == 0)
		rc = store_lock_take(request->store, STORE_LOCK_LOGS, &import->lock, err);
	if (rc < 0) {
		log_list_release(&import->list);
		free(import);
		return rc;
	}
	import->store = request->store;
	import->request = request;
	*ret_reader = import;
	return 0;
}

const struct source source_logs = {
	.noun = "line",
	.step_source = STEP_SOURCE_LOG,
	.options = NULL,
	.open = open_logs,
	.next = next_lines,
	.committed = committed,
	.close = close_logs,
};

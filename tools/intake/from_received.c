/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spans that receive left: SPOOL/HOST/new/TIME.*, lines of JSON, of which a file is removed
 * when all of it is committed, as in from_spool.c.  The folder is an unprivileged user's, so
 * nothing in it is trusted: links are not followed, only files are opened, and what is no spans
 * goes to SPOOL/bad with its reason.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake/otlp_spans.h"
#include "intake/spool_folder.h"
#include "joboutliers/spool.h"
#include "otel/decode.h"
#include "util/alloc.h"
#include "util/listing.h"
#include "util/strlist.h"
#include "util/text_input.h"

struct received {
	struct store_folder_lock *lock;
	struct spool_folder *folders;
	size_t folder_count, folder_at;
	int new_fd;           /* of folders[folder_at]; -1: it is not open */
	struct strlist files; /* of that, in the order of their times */
	size_t file_at;
	struct text_input *input; /* of files[file_at]; NULL: it is not open */
	int64_t received_unix_us; /* of that */
	struct otlp_spans spans;
	struct strlist done; /* "FOLDER-INDEX/NAME" to remove after the next commit */
	struct jo_err error; /* the first that did not stop it; code 0 for none */
};

static void keep_error(struct received *received, const struct jo_err *error)
{
	if (received->error.code == 0)
		received->error = *error;
}

/* ---- folders and files ---- */

static int list_folders(struct received *received, const char *spool, struct jo_err *err)
{
	struct listing listing = listing_open(spool);
	const struct dirent *entry;
	int rc;

	while ((entry = listing_next(&listing)) != NULL) {
		if (strcmp(entry->d_name, JO_SPOOL_BAD) == 0 ||
		    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		received->folders = xreallocarray(received->folders, received->folder_count + 1,
						  sizeof(*received->folders));
		received->folders[received->folder_count++] =
			(struct spool_folder){spool, xstrdup(entry->d_name)};
	}
	rc = listing_close(&listing);
	return rc < 0 ? jo_err_sys(err, rc, "list OtlpSpool %s", spool) : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A folder that cannot be read does not stop the others. */
static void open_folder(struct received *received)
{
	const struct spool_folder *folder = &received->folders[received->folder_at];
	const struct dirent *entry;
	struct listing listing;
	struct jo_err error;
	int rc;

	received->new_fd = spool_folder_open(folder, &error);
	if (received->new_fd < 0) {
		keep_error(received, &error);
		return;
	}
	listing = listing_open_fd(received->new_fd);
	while ((entry = listing_next(&listing)) != NULL)
		strlist_add(&received->files, entry->d_name);
	rc = listing_close(&listing);
	if (rc < 0) {
		(void)jo_err_sys(&error, rc, "list %s/%s", folder->spool, folder->node);
		keep_error(received, &error);
	}
	if (received->files.count > 0)
		qsort(received->files.list, received->files.count, sizeof(char *), by_name);
}

static void close_folder(struct received *received)
{
	if (received->new_fd >= 0)
		(void)close(received->new_fd);
	received->new_fd = -1;
	strlist_release(&received->files);
	received->file_at = 0;
}

static void set_aside(struct received *received, struct source_block *block, const char *name,
		      int64_t line_number, const char *line, size_t len, const struct jo_err *why)
{
	const struct spool_folder *folder = &received->folders[received->folder_at];
	struct jo_err text = *why, error;

	(void)jo_err_prefix(&text, "%s/%s/%s/%s", folder->spool, folder->node, JO_SPOOL_NEW, name);
	if (spool_folder_set_aside(folder, received->new_fd, name, line_number, line, len,
				   text.text, &error) < 0)
		keep_error(received, &error);
	source_block_refuse(block, NULL, text.text);
}

static void end_file(struct received *received)
{
	char *place =
		xasprintf("%zu/%s", received->folder_at, received->files.list[received->file_at]);

	strlist_add(&received->done, place);
	free(place);
	text_input_close(received->input);
	received->input = NULL;
	received->file_at++;
}

/* Opens the file at hand; what is none is set aside, and the next one is at hand.  One that cannot
 * be opened now stays for the next run: its spans were acknowledged. */
static void open_file(struct received *received, struct source_block *block)
{
	const char *name = received->files.list[received->file_at];
	int fd = openat(received->new_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int error = errno;
	struct stat st;
	struct jo_err why;
	char *end;
	int rc = 0;

	received->received_unix_us = strtoll(name, &end, 10);
	if (fd < 0 && error != ELOOP && error != ENXIO) {
		const struct spool_folder *folder = &received->folders[received->folder_at];

		(void)jo_err_sys(&why, -error, "open %s/%s/%s/%s", folder->spool, folder->node,
				 JO_SPOOL_NEW, name);
		if (why.code != -ENOENT)
			keep_error(received, &why);
		received->file_at++;
		return;
	}
	if (fd < 0)
		rc = jo_err_sys(&why, -error, "open");
	else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || *end != '.' ||
		 received->received_unix_us <= 0 || received->received_unix_us > JO_US_MAX)
		rc = jo_err_set(&why, -EBADMSG, "expected a file of spans, TIME.NUMBER.jsonl");
	if (rc == 0) {
		rc = text_input_attach(fd, name, &received->input, &why);
		if (rc == 0)
			text_input_allow(received->input, OTEL_MESSAGE_MAX);
		fd = -1;
	}
	if (fd >= 0)
		(void)close(fd);
	if (rc < 0) {
		set_aside(received, block, name, 0, NULL, 0, &why);
		received->file_at++;
	}
}

/* ---- the source ---- */

static int read_line(struct received *received, struct source_block *block, struct jo_err *err)
{
	const char *name = received->files.list[received->file_at];
	struct jo_err why;
	size_t len = 0;
	char *line = NULL;
	int rc = text_input_line(received->input, &line, &len, &why);

	if (rc == 0) {
		end_file(received);
		return 0;
	}
	if (rc < 0 && rc != -EBADMSG && rc != -EPROTO) {
		*err = why;
		return rc;
	}
	if (rc > 0 && otlp_spans_decode(&received->spans, line, len, name,
					received->received_unix_us, block, &why) == 0)
		return 0;
	set_aside(received, block, name, text_input_line_number(received->input),
		  line != NULL ? line : "", len, &why);
	if (rc == -EPROTO)
		end_file(received);
	return 0;
}

/* Returns 1 when a line was read, 0 at the end of all. */
static int advance(struct received *received, struct source_block *block, struct jo_err *err)
{
	if (received->input != NULL) {
		int rc = read_line(received, block, err);

		return rc < 0 ? rc : 1;
	}
	if (received->new_fd >= 0 && received->file_at < received->files.count) {
		open_file(received, block);
		return 1;
	}
	if (received->folder_at == received->folder_count)
		return 0;
	if (received->new_fd < 0 && received->files.count == 0)
		open_folder(received);
	if (received->file_at == received->files.count) {
		close_folder(received);
		received->folder_at++;
	}
	return 1;
}

static int next_spans(void *context, struct source_block *block, struct jo_err *err)
{
	struct received *received = context;
	struct jo_err why = {0};
	int rc = 1;

	while (rc > 0 && otlp_spans_next(&received->spans, block) && !source_block_is_full(block))
		rc = advance(received, block, &why);
	if (rc < 0 && err != NULL)
		*err = why;
	block->wants_commit = received->done.count >= SOURCE_BLOCK_RECORDS;
	return rc;
}

/* Files whose last spans are in the block that was committed with them. */
static void remove_files(void *context)
{
	struct received *received = context;
	const struct spool_folder *folder = NULL;
	struct jo_err error;
	int fd = -1;

	for (size_t i = 0; i < received->done.count; i++) {
		char *name = strchr(received->done.list[i], '/');
		const struct spool_folder *at =
			&received->folders[strtoul(received->done.list[i], NULL, 10)];

		if (at != folder) {
			if (fd >= 0)
				(void)close(fd);
			folder = at;
			fd = spool_folder_open(folder, &error);
			if (fd < 0)
				keep_error(received, &error);
		}
		if (fd < 0 || unlinkat(fd, name + 1, 0) == 0 || errno == ENOENT)
			continue;
		(void)jo_err_sys(&error, -errno, "remove %s/%s/%s%s", folder->spool, folder->node,
				 JO_SPOOL_NEW, name);
		keep_error(received, &error);
	}
	if (fd >= 0)
		(void)close(fd);
	strlist_release(&received->done);
}

static int close_received(void *context, struct jo_err *err)
{
	struct received *received = context;
	int rc = received->error.code;

	if (rc != 0 && err != NULL)
		*err = received->error;
	text_input_close(received->input);
	close_folder(received);
	otlp_spans_release(&received->spans);
	strlist_release(&received->done);
	for (size_t i = 0; i < received->folder_count; i++)
		free(received->folders[i].node);
	free(received->folders);
	store_folder_lock_release(received->lock);
	free(received);
	return rc;
}

static int open_received(const struct source_request *request, void **ret_reader,
			 struct jo_err *err)
{
	struct received *received = xcalloc(1, sizeof(*received));
	int rc;

	received->new_fd = -1;
	otlp_spans_init(&received->spans, request);
	rc = store_folder_lock_take(request->store, request->otlp->spool,
				    &received->lock, err);
	if (rc == 0)
		rc = list_folders(received, request->otlp->spool, err);
	if (rc < 0)
		(void)close_received(received, NULL);
	else
		*ret_reader = received;
	return rc;
}

const struct source source_received = {
	.noun = "span",
	.step_source = STEP_SOURCE_OTLP,
	.open = open_received,
	.next = next_spans,
	.committed = remove_files,
	.close = close_received,
};

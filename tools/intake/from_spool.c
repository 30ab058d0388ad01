/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records in the spool folders, whose layout joboutliers/spool.h has.
 * Threads read files into chunks, the caller's thread gives what is in them to
 * the store, and one more removes the files: to read a record and to remove its
 * file each cost more than to store it.
 *
 * The order is what makes it safe to break off at any moment: bad lines are set
 * aside, records are committed, and only then are the files removed that they
 * came from.  The next run finds what is missing, and what was taken already is
 * taken once.
 *
 * Lines that are no records go to SPOOL/bad, as NODE.FILE.LINE beside a file of
 * the same name and ".reason"; so do, as they are and without being opened,
 * links, FIFOs, folders and whatever else is not a regular file of at most
 * SPOOL_FILE_BYTES_MAX.  A file whose bad lines cannot be set aside stays where
 * it is.
 *
 * A spool folder has one reader at a time, on whatever hosts: one that another
 * ingest reads is left to it, which is -EBUSY where it is the only one.  Neither
 * that nor one that is missing stops the others; the first such error comes from
 * close.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/spool.h"
#include "intake/source.h"
#include "intake/spool_reader.h"
#include "util/alloc.h"
#include "util/listing.h"

/* One thread writes: more readers than this only wait for it. */
#define READERS_MAX 4

/* Files whose names are kept until the next commit, which are many where few hold a record. */
#define FILES_MAX 131072

/* Room for the files of one commit, where each holds one record. */
#define FILES_AT_ONCE 32768

struct file_list {
	struct chunk_file *list;
	size_t count, capacity;
};

/* Files whose records are committed.  To remove one costs more than to store its record. */
struct removal {
	pthread_t thread;
	bool is_running;
	struct file_list files;
	struct jo_err error; /* the first; code 0 for none */
};

struct spool_intake {
	struct spool_work work;
	pthread_t threads[READERS_MAX];
	int thread_count;
	struct store_folder_lock **locks; /* of the spools that are read */
	size_t lock_count;
	int64_t taken_count;    /* records and bad ones that were handed out */
	struct file_list files; /* to remove after the next commit */
	struct removal removal; /* of those before the last one */
	int64_t record_total;   /* as names tell, for the progress bar; 0 when nobody looks */
	struct jo_err error;    /* the first that did not stop the run; code 0 for none */
};

/* ---- what there is ---- */

static void keep_error(struct spool_intake *intake, const struct jo_err *error)
{
	if (intake->error.code == 0)
		intake->error = *error;
}

static void add_folder(struct spool_work *work, const char *spool, const char *node)
{
	work->folders = xgrow(work->folders, work->folder_count, &work->folder_capacity,
			      sizeof(*work->folders));
	work->folders[work->folder_count++] = (struct spool_folder){spool, xstrdup(node)};
}

/* Whatever is no folder is not ours, and left alone. */
static int list_spool(struct spool_work *work, const char *spool, struct jo_err *err)
{
	struct listing listing = listing_open(spool);
	const struct dirent *entry;
	int rc;

	while ((entry = listing_next(&listing)) != NULL)
		if (strcmp(entry->d_name, JO_SPOOL_BAD) != 0 &&
		    (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN))
			add_folder(work, spool, entry->d_name);
	rc = listing_close(&listing);
	return rc < 0 ? jo_err_sys(err, rc, "list spool %s", spool) : 0;
}

/* As far as they can be counted; who reads them says what could not be. */
static int64_t count_records(const struct spool_work *work)
{
	const struct dirent *entry;
	int64_t count = 0;

	for (size_t i = 0; i < work->folder_count; i++) {
		int fd = spool_folder_open(&work->folders[i], NULL);
		struct listing listing;

		if (fd < 0)
			continue;
		listing = listing_open_fd(fd);
		while ((entry = listing_next(&listing)) != NULL)
			count += jo_spool_record_count(entry->d_name, NULL);
		(void)listing_close(&listing);
		(void)close(fd);
	}
	return count;
}

/* ---- what is done with ---- */

static void remove_file(struct removal *removal, int fd, const struct chunk_file *file)
{
	if (unlinkat(fd, file->name, 0) < 0 && errno != ENOENT && removal->error.code == 0)
		(void)jo_err_sys(&removal->error, -errno, "remove %s/%s/%s/%s", file->folder->spool,
				 file->folder->node, JO_SPOOL_NEW, file->name);
}

/* Files of one folder follow each other, so it is opened once for many of them. */
static void *remove_files(void *context)
{
	struct removal *removal = context;
	const struct spool_folder *folder = NULL;
	struct jo_err error;
	int fd = -1;

	for (size_t i = 0; i < removal->files.count; i++) {
		struct chunk_file *file = &removal->files.list[i];

		if (file->folder != folder) {
			if (fd >= 0)
				(void)close(fd);
			folder = file->folder;
			fd = spool_folder_open(folder, &error);
			if (fd < 0 && removal->error.code == 0)
				removal->error = error;
		}
		if (fd >= 0)
			remove_file(removal, fd, file);
		free(file->name);
	}
	if (fd >= 0)
		(void)close(fd);
	removal->files.count = 0;
	return NULL;
}

static void end_removal(struct spool_intake *intake)
{
	if (intake->removal.is_running)
		(void)pthread_join(intake->removal.thread, NULL);
	intake->removal.is_running = false;
}

/* One at a time, so that no more files wait than two transactions have. */
static void begin_removal(struct spool_intake *intake)
{
	struct removal *removal = &intake->removal;
	struct file_list empty;

	if (intake->files.count == 0)
		return;
	end_removal(intake);
	empty = removal->files;
	removal->files = intake->files;
	intake->files = empty;
	removal->is_running = pthread_create(&removal->thread, NULL, remove_files, removal) == 0;
	if (!removal->is_running)
		(void)remove_files(removal);
}

/* ---- the source ---- */

static void take_files(struct spool_intake *intake, struct chunk *chunk)
{
	struct file_list *files = &intake->files;

	while (files->count + chunk->file_count > files->capacity) {
		files->capacity = 2 * files->capacity + FILES_AT_ONCE;
		files->list = xreallocarray(files->list, files->capacity, sizeof(*files->list));
	}
	/* A chunk in the middle of a file has read none to its end, and may have no list. */
	if (chunk->file_count > 0)
		memcpy(files->list + files->count, chunk->files,
		       chunk->file_count * sizeof(*chunk->files));
	files->count += chunk->file_count;
	chunk->file_count = 0;
}

/* Records are too large to be copied: the chunk gets the block's memory for them. */
static void take_records(struct source_block *block, struct chunk *chunk)
{
	struct jo_record *records = block->records;

	block->records = chunk->records;
	chunk->records = records;
	for (size_t i = 0; i < chunk->record_count; i++)
		source_block_put(block, STEP_STATE_NONE);
}

static int next_chunk(void *context, struct source_block *block, struct jo_err *err)
{
	struct spool_intake *intake = context;
	struct chunk *chunk = chunk_queue_take(&intake->work.queue);

	(void)err;
	if (chunk == NULL)
		return 0;
	take_records(block, chunk);
	for (size_t i = 0; i < chunk->bad_count; i++)
		source_block_refuse(block, chunk->bad[i].folder->node, chunk->bad[i].text);
	take_files(intake, chunk);
	chunk_queue_give_back(&intake->work.queue, chunk);
	intake->taken_count += (int64_t)(block->record_count + block->bad_count);
	block->done = intake->taken_count;
	block->total = intake->record_total;
	/* Others wait to write, and a spool may take long to read, or hang. */
	block->wants_commit =
		intake->files.count >= FILES_MAX || chunk_queue_is_empty(&intake->work.queue);
	return 1;
}

static void chunks_committed(void *intake)
{
	begin_removal(intake);
}

/* Reading costs more than writing: one reader a processor, as long as there are folders for them.
 */
static int reader_count(const struct spool_work *work)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int count = processors < READERS_MAX ? (int)processors : READERS_MAX;

	if ((size_t)count > work->folder_count)
		count = (int)work->folder_count;
	return count > 0 ? count : 1;
}

static int start_readers(struct spool_intake *intake, struct jo_err *err)
{
	struct spool_work *work = &intake->work;
	int wanted = reader_count(work);

	chunk_queue_init(&work->queue, wanted);
	while (intake->thread_count < wanted &&
	       pthread_create(&intake->threads[intake->thread_count], NULL, spool_reader_run,
			      work) == 0)
		intake->thread_count++;
	for (int i = intake->thread_count; i < wanted; i++)
		chunk_queue_end(&work->queue);
	if (intake->thread_count > 0)
		return 0;
	chunk_queue_release(&work->queue);
	return jo_err_set(err, -EAGAIN, "start a thread: refused");
}

/* Wherever they are: what they still hold is not wanted any more. */
static void stop_readers(struct spool_intake *intake)
{
	struct chunk_queue *queue = &intake->work.queue;
	struct chunk *chunk;

	chunk_queue_stop(queue);
	while ((chunk = chunk_queue_take(queue)) != NULL)
		chunk_queue_give_back(queue, chunk);
	for (int i = 0; i < intake->thread_count; i++)
		(void)pthread_join(intake->threads[i], NULL);
	if (queue->error.code != 0)
		keep_error(intake, &queue->error);
	chunk_queue_release(queue);
}

static void release(struct spool_intake *intake)
{
	for (size_t i = 0; i < intake->files.count; i++)
		free(intake->files.list[i].name);
	free(intake->files.list);
	free(intake->removal.files.list);
	for (size_t i = 0; i < intake->work.folder_count; i++)
		free(intake->work.folders[i].node);
	free(intake->work.folders);
	for (size_t i = 0; i < intake->lock_count; i++)
		store_folder_lock_release(intake->locks[i]);
	free(intake->locks);
	free(intake);
}

static void open_spool(struct spool_intake *intake, struct store *store, const char *spool)
{
	struct jo_err error;
	int rc =
		store_folder_lock_take(store, spool, &intake->locks[intake->lock_count], &error);

	if (rc == 0) {
		intake->lock_count++;
		rc = list_spool(&intake->work, spool, &error);
	}
	if (rc < 0)
		keep_error(intake, &error);
}

static int open_spools(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct spool_intake *intake = xcalloc(1, sizeof(*intake));
	int rc;

	intake->locks = xcalloc(request->spool_count + 1, sizeof(*intake->locks));
	for (size_t i = 0; i < request->spool_count; i++)
		open_spool(intake, request->store, request->spools[i]);
	if (request->wants_total)
		intake->record_total = count_records(&intake->work);
	rc = start_readers(intake, err);
	if (rc < 0)
		release(intake);
	else
		*ret_reader = intake;
	return rc;
}

static int close_spools(void *context, struct jo_err *err)
{
	struct spool_intake *intake = context;
	int rc;

	end_removal(intake);
	if (intake->removal.error.code != 0)
		keep_error(intake, &intake->removal.error);
	stop_readers(intake);
	rc = intake->error.code;
	if (rc != 0 && err != NULL)
		*err = intake->error;
	release(intake);
	return rc;
}

const struct source source_spool = {
	.noun = "record",
	.step_source = STEP_SOURCE_PLUGIN,
	.open = open_spools,
	.next = next_chunk,
	.committed = chunks_committed,
	.close = close_spools,
};

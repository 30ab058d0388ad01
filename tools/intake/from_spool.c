/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the spool into the store.  The order is what makes it safe to break off:
 * bad lines are set aside, records are committed, and only then are the files
 * removed that they came from.
 */
#include "intake/from_spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/spool.h"
#include "util/alloc.h"

#define READERS_MAX 4

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
	struct batch batch;
	struct file_list files; /* to remove after the next commit */
	struct removal removal; /* of those before the last one */
	int64_t file_total;     /* of all folders, for the progress bar; 0 when nobody looks */
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
	if (work->folder_count % 64 == 0)
		work->folders = xreallocarray(work->folders, work->folder_count + 64,
					      sizeof(*work->folders));
	work->folders[work->folder_count++] = (struct spool_folder){spool, xstrdup(node)};
}

/* Whatever is no folder is not ours, and left alone. */
static int list_spool(struct spool_work *work, const char *spool, struct jo_err *err)
{
	const struct dirent *entry;
	DIR *dir = opendir(spool);

	if (dir == NULL)
		return jo_err_sys(err, -errno, "open spool %s", spool);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, JO_SPOOL_BAD) != 0 &&
		    (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN))
			add_folder(work, spool, entry->d_name);
	(void)closedir(dir);
	return 0;
}

static int64_t count_files(const struct spool_work *work)
{
	int64_t count = 0;

	for (size_t i = 0; i < work->folder_count; i++) {
		int fd = spool_open_new(&work->folders[i], NULL);
		DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

		while (dir != NULL && readdir(dir) != NULL)
			count++;
		if (dir != NULL)
			(void)closedir(dir);
		else if (fd >= 0)
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
			fd = spool_open_new(folder, &error);
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

/* ---- from chunks to the store ---- */

static int commit(struct spool_intake *intake, struct jo_err *err)
{
	int rc = batch_commit(&intake->batch, err);

	if (rc == 0)
		begin_removal(intake);
	return rc;
}

static void take_files(struct spool_intake *intake, struct chunk *chunk)
{
	struct file_list *files = &intake->files;

	while (files->count + chunk->file_count > files->capacity) {
		files->capacity = 2 * files->capacity + BATCH_TRANSACTION_RECORDS;
		files->list = xreallocarray(files->list, files->capacity, sizeof(*files->list));
	}
	memcpy(files->list + files->count, chunk->files, chunk->file_count * sizeof(*chunk->files));
	files->count += chunk->file_count;
	chunk->file_count = 0;
}

static int take_bad(struct spool_intake *intake, const struct chunk *chunk, struct jo_err *err)
{
	const struct intake_calls *calls = intake->batch.calls;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < chunk->bad_count; i++) {
		if (calls->bad != NULL)
			calls->bad(calls->context, chunk->bad[i].text);
		rc = batch_begin(&intake->batch, err);
		if (rc == 0)
			rc = store_add_bad(intake->batch.store, "", chunk->bad[i].folder->node, 1,
					   intake->batch.now_unix_us, err);
		intake->batch.stats.bad_count++;
	}
	return rc;
}

static int take_chunk(struct spool_intake *intake, struct chunk *chunk, struct jo_err *err)
{
	const struct intake_calls *calls = intake->batch.calls;
	struct intake_stats *stats = &intake->batch.stats;
	int rc;

	for (size_t i = 0; i < chunk->record_count; i++)
		batch_put(&intake->batch, &chunk->records[i], STEP_SOURCE_PLUGIN, STEP_STATE_NONE);
	stats->read_count += (int64_t)(chunk->record_count + chunk->bad_count);
	rc = batch_flush(&intake->batch, err);
	if (rc == 0)
		rc = take_bad(intake, chunk, err);
	if (rc < 0)
		return rc;
	take_files(intake, chunk);
	if (calls->progress != NULL)
		calls->progress(calls->context, stats->read_count, intake->file_total);
	if (intake->batch.pending_count >= BATCH_TRANSACTION_RECORDS ||
	    intake->files.count >= 4 * BATCH_TRANSACTION_RECORDS)
		rc = commit(intake, err);
	return rc;
}

static int take_chunks(struct spool_intake *intake, struct jo_err *err)
{
	struct chunk_queue *queue = &intake->work.queue;
	struct chunk *chunk;
	int rc = 0;

	while ((chunk = chunk_queue_take(queue)) != NULL) {
		if (rc == 0)
			rc = take_chunk(intake, chunk, err);
		if (rc < 0)
			chunk_queue_stop(queue);
		chunk_queue_give_back(queue, chunk);
	}
	return rc < 0 ? rc : commit(intake, err);
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

static int run(struct spool_intake *intake, struct jo_err *err)
{
	pthread_t threads[READERS_MAX];
	int wanted = reader_count(&intake->work), started = 0, rc;

	chunk_queue_init(&intake->work.queue, wanted);
	while (started < wanted &&
	       pthread_create(&threads[started], NULL, spool_read, &intake->work) == 0)
		started++;
	for (int i = started; i < wanted; i++)
		chunk_queue_end(&intake->work.queue);
	rc = started > 0 ? take_chunks(intake, err)
			 : jo_err_set(err, -EAGAIN, "start a thread: refused");
	for (int i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	end_removal(intake);
	if (intake->removal.error.code != 0)
		keep_error(intake, &intake->removal.error);
	if (intake->work.queue.error.code != 0)
		keep_error(intake, &intake->work.queue.error);
	chunk_queue_release(&intake->work.queue);
	return rc;
}

static void release(struct spool_intake *intake)
{
	batch_release(&intake->batch);
	for (size_t i = 0; i < intake->files.count; i++)
		free(intake->files.list[i].name);
	free(intake->files.list);
	free(intake->removal.files.list);
	for (size_t i = 0; i < intake->work.folder_count; i++)
		free(intake->work.folders[i].node);
	free(intake->work.folders);
}

int intake_spool(struct store *store, const char *const *spools, size_t spool_count,
		 const struct intake_calls *calls, int64_t now_unix_us,
		 struct intake_stats *ret_stats, struct jo_err *err)
{
	struct spool_intake intake = {.file_total = 0};
	struct jo_err error;
	struct store_lock *lock = NULL;
	int rc;

	batch_init(&intake.batch, store, calls, now_unix_us);
	rc = store_lock_take(store_path(store), STORE_LOCK_INGEST, &lock, err);
	if (rc < 0)
		goto out;
	for (size_t i = 0; i < spool_count; i++)
		if (list_spool(&intake.work, spools[i], &error) < 0)
			keep_error(&intake, &error);
	if (calls->progress != NULL)
		intake.file_total = count_files(&intake.work);
	rc = run(&intake, err);
	if (rc == 0 && intake.error.code != 0) {
		rc = intake.error.code;
		if (err != NULL)
			*err = intake.error;
	}
out:
	*ret_stats = intake.batch.stats;
	release(&intake);
	store_lock_release(lock);
	return rc;
}

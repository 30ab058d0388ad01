/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the spool into the store.  The order is what makes it safe to break off:
 * bad lines are set aside, records are committed, and only then are the files
 * removed that they came from.
 */
#include "intake/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "joboutliers/spool.h"
#include "util/alloc.h"

#define READERS_MAX 4

struct spool_intake {
	struct spool_work work;
	struct batch batch;
	struct chunk_file *files; /* to remove after the next commit */
	size_t file_count, file_capacity;
	int64_t file_total;  /* of all folders, for the progress bar; 0 when nobody looks */
	struct jo_err error; /* the first that did not stop the run; code 0 for none */
};

/* ---- one run at a time ---- */

/* Beside the database, which is on a local file system: a spool may be where locks do not work. */
static int lock_runs(struct store *store, int *ret_fd, struct jo_err *err)
{
	char *path = xasprintf("%s.ingest", store_path(store));
	int fd, rc = 0;

	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		rc = jo_err_sys(err, -errno, "open %s", path);
	else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		rc = errno == EWOULDBLOCK
			     ? jo_err_set(err, -EBUSY, "%s: another ingest is at work", path)
			     : jo_err_sys(err, -errno, "lock %s", path);
	free(path);
	if (rc < 0 && fd >= 0)
		(void)close(fd);
	else if (rc == 0)
		*ret_fd = fd;
	return rc;
}

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

/* ---- from chunks to the store ---- */

/* Files of one folder follow each other, so it is opened once for many of them. */
static void remove_files(struct spool_intake *intake)
{
	const struct spool_folder *folder = NULL;
	struct jo_err error;
	int fd = -1;

	for (size_t i = 0; i < intake->file_count; i++) {
		struct chunk_file *file = &intake->files[i];

		if (file->folder != folder) {
			if (fd >= 0)
				(void)close(fd);
			folder = file->folder;
			fd = spool_open_new(folder, &error);
			if (fd < 0)
				keep_error(intake, &error);
		}
		if (fd >= 0 && unlinkat(fd, file->name, 0) < 0 && errno != ENOENT) {
			(void)jo_err_sys(&error, -errno, "remove %s/%s/%s/%s", folder->spool,
					 folder->node, JO_SPOOL_NEW, file->name);
			keep_error(intake, &error);
		}
		free(file->name);
	}
	if (fd >= 0)
		(void)close(fd);
	intake->file_count = 0;
}

static int commit(struct spool_intake *intake, struct jo_err *err)
{
	int rc = batch_commit(&intake->batch, err);

	if (rc == 0)
		remove_files(intake);
	return rc;
}

static void take_files(struct spool_intake *intake, struct chunk *chunk)
{
	while (intake->file_count + chunk->file_count > intake->file_capacity) {
		intake->file_capacity = 2 * intake->file_capacity + BATCH_TRANSACTION_RECORDS;
		intake->files =
			xreallocarray(intake->files, intake->file_capacity, sizeof(*intake->files));
	}
	memcpy(intake->files + intake->file_count, chunk->files,
	       chunk->file_count * sizeof(*chunk->files));
	intake->file_count += chunk->file_count;
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
		batch_put(&intake->batch, &chunk->records[i], STORE_SOURCE_PLUGIN,
			  STORE_STATE_NONE);
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
	    intake->file_count >= 4 * BATCH_TRANSACTION_RECORDS)
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
	if (intake->work.queue.error.code != 0)
		keep_error(intake, &intake->work.queue.error);
	chunk_queue_release(&intake->work.queue);
	return rc;
}

static void release(struct spool_intake *intake)
{
	batch_release(&intake->batch);
	for (size_t i = 0; i < intake->file_count; i++)
		free(intake->files[i].name);
	free(intake->files);
	for (size_t i = 0; i < intake->work.folder_count; i++)
		free(intake->work.folders[i].node);
	free(intake->work.folders);
}

int intake_spool(struct store *store, const char *const *spools, size_t spool_count,
		 const struct intake_calls *calls, int64_t now_unix_us,
		 struct intake_stats *ret_stats, struct jo_err *err)
{
	struct spool_intake intake = {.file_count = 0};
	struct jo_err error;
	int lock_fd = -1, rc;

	batch_init(&intake.batch, store, calls, now_unix_us);
	rc = lock_runs(store, &lock_fd, err);
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
	if (lock_fd >= 0)
		(void)close(lock_fd);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chunks of records between the threads that read and the one that writes. */
#include <stdlib.h>

#include "intake/chunk.h"
#include "util/alloc.h"

/* Enough that neither side waits for the other's short stops, such as a commit. */
#define CHUNK_COUNT 24

static struct chunk *chunk_new(void)
{
	struct chunk *chunk = xcalloc(1, sizeof(*chunk));

	chunk->records = xreallocarray(NULL, SOURCE_BLOCK_RECORDS, sizeof(*chunk->records));
	return chunk;
}

static void chunk_clear(struct chunk *chunk)
{
	for (size_t i = 0; i < chunk->file_count; i++)
		free(chunk->files[i].name);
	for (size_t i = 0; i < chunk->bad_count; i++)
		free(chunk->bad[i].text);
	chunk->record_count = chunk->file_count = chunk->bad_count = 0;
}

static void chunk_free_list(struct chunk *chunk)
{
	while (chunk != NULL) {
		struct chunk *next = chunk->next;

		chunk_clear(chunk);
		free(chunk->records);
		free(chunk->files);
		free(chunk->bad);
		free(chunk);
		chunk = next;
	}
}

void chunk_add_file(struct chunk *chunk, const struct spool_folder *folder, const char *name)
{
	chunk->files = xgrow(chunk->files, chunk->file_count, &chunk->file_capacity,
			     sizeof(*chunk->files));
	chunk->files[chunk->file_count++] = (struct chunk_file){folder, xstrdup(name)};
}

void chunk_add_bad(struct chunk *chunk, const struct spool_folder *folder, const char *text)
{
	chunk->bad = xgrow(chunk->bad, chunk->bad_count, &chunk->bad_capacity, sizeof(*chunk->bad));
	chunk->bad[chunk->bad_count++] = (struct chunk_bad){folder, xstrdup(text)};
}

void chunk_queue_init(struct chunk_queue *queue, int reader_count)
{
	*queue = (struct chunk_queue){.reader_count = reader_count};
	(void)pthread_mutex_init(&queue->mutex, NULL);
	(void)pthread_cond_init(&queue->has_full, NULL);
	(void)pthread_cond_init(&queue->has_empty, NULL);
	for (int i = 0; i < CHUNK_COUNT; i++) {
		struct chunk *chunk = chunk_new();

		chunk->next = queue->empty;
		queue->empty = chunk;
	}
}

void chunk_queue_release(struct chunk_queue *queue)
{
	chunk_free_list(queue->full_first);
	chunk_free_list(queue->empty);
	(void)pthread_cond_destroy(&queue->has_empty);
	(void)pthread_cond_destroy(&queue->has_full);
	(void)pthread_mutex_destroy(&queue->mutex);
}

struct chunk *chunk_queue_empty(struct chunk_queue *queue)
{
	struct chunk *chunk = NULL;

	(void)pthread_mutex_lock(&queue->mutex);
	while (queue->empty == NULL && !queue->is_stopped)
		(void)pthread_cond_wait(&queue->has_empty, &queue->mutex);
	if (!queue->is_stopped) {
		chunk = queue->empty;
		queue->empty = chunk->next;
		chunk->next = NULL;
	}
	(void)pthread_mutex_unlock(&queue->mutex);
	return chunk;
}

void chunk_queue_put(struct chunk_queue *queue, struct chunk *chunk)
{
	(void)pthread_mutex_lock(&queue->mutex);
	if (queue->full_last != NULL)
		queue->full_last->next = chunk;
	else
		queue->full_first = chunk;
	queue->full_last = chunk;
	(void)pthread_cond_signal(&queue->has_full);
	(void)pthread_mutex_unlock(&queue->mutex);
}

void chunk_queue_error(struct chunk_queue *queue, const struct jo_err *error)
{
	(void)pthread_mutex_lock(&queue->mutex);
	if (queue->error.code == 0)
		queue->error = *error;
	(void)pthread_mutex_unlock(&queue->mutex);
}

void chunk_queue_end(struct chunk_queue *queue)
{
	(void)pthread_mutex_lock(&queue->mutex);
	queue->reader_count--;
	(void)pthread_cond_signal(&queue->has_full);
	(void)pthread_mutex_unlock(&queue->mutex);
}

struct chunk *chunk_queue_take(struct chunk_queue *queue)
{
	struct chunk *chunk;

	(void)pthread_mutex_lock(&queue->mutex);
	while (queue->full_first == NULL && queue->reader_count > 0)
		(void)pthread_cond_wait(&queue->has_full, &queue->mutex);
	chunk = queue->full_first;
	if (chunk != NULL) {
		queue->full_first = chunk->next;
		if (queue->full_first == NULL)
			queue->full_last = NULL;
		chunk->next = NULL;
	}
	(void)pthread_mutex_unlock(&queue->mutex);
	return chunk;
}

bool chunk_queue_is_empty(struct chunk_queue *queue)
{
	bool is_empty;

	(void)pthread_mutex_lock(&queue->mutex);
	is_empty = queue->full_first == NULL;
	(void)pthread_mutex_unlock(&queue->mutex);
	return is_empty;
}

void chunk_queue_give_back(struct chunk_queue *queue, struct chunk *chunk)
{
	chunk_clear(chunk);
	(void)pthread_mutex_lock(&queue->mutex);
	chunk->next = queue->empty;
	queue->empty = chunk;
	(void)pthread_cond_signal(&queue->has_empty);
	(void)pthread_mutex_unlock(&queue->mutex);
}

void chunk_queue_stop(struct chunk_queue *queue)
{
	(void)pthread_mutex_lock(&queue->mutex);
	queue->is_stopped = true;
	(void)pthread_cond_broadcast(&queue->has_empty);
	(void)pthread_mutex_unlock(&queue->mutex);
}

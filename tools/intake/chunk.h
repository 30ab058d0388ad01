/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chunks of records on their way from the threads that read a spool to the one
 * that stores.  Private to intake/.
 */
#ifndef INTAKE_CHUNK_H
#define INTAKE_CHUNK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "intake/source.h"
#include "intake/spool_folder.h"

/* A file of which all is in this chunk or an earlier one. */
struct chunk_file {
	const struct spool_folder *folder;
	char *name;
};

/* Something that was set aside. */
struct chunk_bad {
	const struct spool_folder *folder;
	char *text;
};

struct chunk {
	struct chunk *next;
	struct jo_record *records; /* SOURCE_BLOCK_RECORDS */
	size_t record_count;
	struct chunk_file *files;
	size_t file_count, file_capacity;
	struct chunk_bad *bad;
	size_t bad_count, bad_capacity;
};

/* Full ones go from the readers to the writer, empty ones back. */
struct chunk_queue {
	pthread_mutex_t mutex;
	pthread_cond_t has_full, has_empty;
	struct chunk *full_first, *full_last, *empty;
	int reader_count; /* that still work */
	bool is_stopped;
	struct jo_err error; /* the first of any reader; code 0 for none */
};

/* A queue with its chunks, all empty, for so many readers. */
void chunk_queue_init(struct chunk_queue *queue, int reader_count);
/* When no thread knows it any more: its chunks go, too. */
void chunk_queue_release(struct chunk_queue *queue);

/* ---- the reader's side ---- */

/* Wait for an empty chunk.  NULL: the writer wants no more. */
struct chunk *chunk_queue_empty(struct chunk_queue *queue);
/* Hand over a full one. */
void chunk_queue_put(struct chunk_queue *queue, struct chunk *chunk);
/* Keep what could not be read, when it is the first. */
void chunk_queue_error(struct chunk_queue *queue, const struct jo_err *error);
/* The last word of a reader. */
void chunk_queue_end(struct chunk_queue *queue);

/* ---- the writer's side ---- */

/* Wait for a full chunk.  NULL: all readers have ended and everything was taken. */
struct chunk *chunk_queue_take(struct chunk_queue *queue);
/* Whether the next chunk would have to be waited for. */
bool chunk_queue_is_empty(struct chunk_queue *queue);
/* Hand it back, to be emptied. */
void chunk_queue_give_back(struct chunk_queue *queue, struct chunk *chunk);
/* Want no more. */
void chunk_queue_stop(struct chunk_queue *queue);

/* Add a file that is read to its end; the name is copied, the folder is the caller's. */
void chunk_add_file(struct chunk *chunk, const struct spool_folder *folder, const char *name);
/* Add what was set aside, in words, which are copied. */
void chunk_add_bad(struct chunk *chunk, const struct spool_folder *folder, const char *text);

#endif

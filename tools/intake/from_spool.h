/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of reading a spool: threads read files into chunks, the caller's
 * thread gives the chunks to the store, and one more removes the files.  To
 * read a record and to remove its file each cost more than to store it.
 * Private to intake/.
 */
#ifndef INTAKE_FROM_SPOOL_H
#define INTAKE_FROM_SPOOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "intake/batch.h"

/* One node's folder in one spool. */
struct spool_folder {
	const char *spool;
	char *node;
};

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
	struct jo_record *records; /* BATCH_RECORDS */
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

void chunk_queue_init(struct chunk_queue *queue, int reader_count);
void chunk_queue_release(struct chunk_queue *queue);

/* The reader's side.  NULL: stop.  error is what could not be read, or NULL. */
struct chunk *chunk_queue_empty(struct chunk_queue *queue);
void chunk_queue_put(struct chunk_queue *queue, struct chunk *chunk);
void chunk_queue_error(struct chunk_queue *queue, const struct jo_err *error);
void chunk_queue_end(struct chunk_queue *queue);

/* The writer's side: NULL when all readers have ended and everything was taken. */
struct chunk *chunk_queue_take(struct chunk_queue *queue);
void chunk_queue_give_back(struct chunk_queue *queue, struct chunk *chunk);
void chunk_queue_stop(struct chunk_queue *queue);

void chunk_add_file(struct chunk *chunk, const struct spool_folder *folder, const char *name);
void chunk_add_bad(struct chunk *chunk, const struct spool_folder *folder, const char *text);

/* What all readers work through. */
struct spool_work {
	struct chunk_queue queue;
	struct spool_folder *folders;
	size_t folder_count;
	size_t next_folder; /* guarded by queue.mutex */
};

/* A thread of its own: read folders until there are no more; work is a struct spool_work. */
void *spool_read(void *work);

/* Descriptor of SPOOL/NODE/new, following no link; or a negative errno. */
int spool_open_new(const struct spool_folder *folder, struct jo_err *err);

/*
 * Put a line, or the thing itself (line NULL), of new_fd's NAME into SPOOL/bad,
 * with the reason beside it.  The same again ends in the same files.
 */
int spool_set_aside(const struct spool_folder *folder, int new_fd, const char *name,
		    int64_t line_number, const char *line, size_t len, const char *reason,
		    struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads that read spools into chunks.  Private to intake/. */
#ifndef INTAKE_SPOOL_READER_H
#define INTAKE_SPOOL_READER_H

#include "intake/chunk.h"

/* A file holds one record, or what sjobforward carried at once; one that somebody filled by hand
 * may hold more. */
#define SPOOL_FILE_BYTES_MAX (64 << 20)

/* What all readers work through. */
struct spool_work {
	struct chunk_queue queue;
	struct spool_folder *folders;
	size_t folder_count, folder_capacity;
	size_t next_folder; /* guarded by queue.mutex */
};

/* A thread of its own: read folders until there are no more; work is a struct spool_work.
 * Returns NULL; what failed is the queue's error. */
void *spool_reader_run(void *work);

#endif

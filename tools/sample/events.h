/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel says of a program that is sampled: a ring of memory for each processor,
 * whose records are put into the order in which things happened.
 */
#ifndef SAMPLE_EVENTS_H
#define SAMPLE_EVENTS_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

/* An event of the kernel's, and the memory that it writes records to. */
struct events_ring {
	int fd;
	struct perf_event_mmap_page *memory;
	size_t bytes; /* of the records' part: a power of two */
};

/* A record with what follows it, which waits until all that came before it is surely there. */
struct events_record {
	uint64_t time_ns;
	struct perf_event_header *header;
};

/* Zeroed memory has none. */
struct events {
	struct events_ring *rings;
	size_t ring_count;
	struct events_record *held;
	size_t held_count, held_room;
};

/* Take over the events of these descriptors.  To be released in any case. */
int events_open(struct events *events, const int *fds, size_t fd_count, struct jo_err *err);
void events_release(struct events *events);

/*
 * Call take() for each record that is to be had, in the order of time; those of the last
 * moment, of which another processor's may be missing, the next time, or at once if
 * `is_last`.  What there is no memory for is passed by.
 */
void events_read(struct events *events, bool is_last,
		 void (*take)(const struct perf_event_header *record, void *arg), void *arg);

#endif

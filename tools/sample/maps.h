/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file's code is where in the processes that are sampled. */
#ifndef SAMPLE_MAPS_H
#define SAMPLE_MAPS_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>

/* Code of one file from an address on. */
struct maps_range {
	uint64_t begin, end, offset; /* offset: in the file, of begin */
	const char *path;            /* as the kernel names it; one pointer for each name */
};

/* Zeroed memory has none. */
struct maps {
	void *processes; /* a tree of struct process */
	void *paths;     /* a tree of names */
	size_t range_count;
};

/* Free what it holds; zeroed memory is fine. */
void maps_release(struct maps *maps);

/* Learn what a record of the kernel's says: of a file that is mapped, or of a process that begins,
 * runs another program, or ends.  Others say nothing of that. */
void maps_take(struct maps *maps, const struct perf_event_header *record);

/* Where an address of a process is, or NULL; until the next record. */
const struct maps_range *maps_find(const struct maps *maps, uint32_t pid, uint64_t address);

#endif

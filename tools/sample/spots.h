/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places in programs, as files and offsets in them: so that they can be named when the
 * processes are gone, and are the same wherever a library was put.
 */
#ifndef SAMPLE_SPOTS_H
#define SAMPLE_SPOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/maps.h"

/* The place whose file is not known. */
#define SPOTS_UNKNOWN 0

/* A program or library. */
struct spots_object {
	const char *path; /* maps' own; NULL: not known */
	int fd;           /* of its file, or -1 */
	bool is_made;     /* no file: the program made the code as it ran */
};

struct spots_entry {
	uint32_t object; /* its number; 0: not known */
	uint64_t offset; /* in the file */
	char *name;      /* "function (file:line)", or NULL as long as none was looked up */
};

struct spots {
	struct spots_object *objects;
	struct spots_entry *list;
	size_t object_count, object_room, count, room;
	void *tree;
};

/* Only SPOTS_UNKNOWN.  Returns 0 or -ENOMEM; to be released in any case. */
int spots_init(struct spots *spots);
void spots_release(struct spots *spots);

/*
 * The number of a place: of an address in what is mapped there, or SPOTS_UNKNOWN where
 * that is NULL.  The process is asked for the file the first time, as it alone may see it.
 */
uint32_t spots_find(struct spots *spots, uint32_t pid, const struct maps_range *range,
		    uint64_t address);

static inline const struct spots_object *spots_object_of(const struct spots *spots, uint32_t place)
{
	return &spots->objects[spots->list[place].object];
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number for each, by a tree. */
#include "sample/spots.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files that are kept open.  Programs have some hundred libraries at most. */
#define OBJECTS_MAX 512

/* 4 MB; what is sampled longer comes to the same places again. */
#define SPOTS_MAX 65536

/* Names that the kernel gives to memory without a file, or with one that nobody else sees. */
static const char *const made[] = {"//anon",  "[anon",     "[heap]", "[stack",
				   "/memfd:", "/dev/zero", "/SYSV",  "anon_inode:"};

/* A node of the tree; the places' array moves as it grows. */
struct node {
	uint32_t object, place;
	uint64_t offset;
};

static int by_place(const void *a, const void *b)
{
	const struct node *left = a, *right = b;

	if (left->object != right->object)
		return left->object < right->object ? -1 : 1;
	return (left->offset > right->offset) - (left->offset < right->offset);
}

int spots_init(struct spots *spots)
{
	*spots = (struct spots){.objects = NULL};
	spots->objects = calloc(1, sizeof(*spots->objects));
	spots->list = calloc(1, sizeof(*spots->list));
	if (spots->objects == NULL || spots->list == NULL)
		return -ENOMEM;
	spots->objects[0].fd = -1;
	spots->object_count = spots->object_room = 1;
	spots->count = spots->room = 1;
	return 0;
}

void spots_release(struct spots *spots)
{
	tdestroy(spots->tree, free);
	for (size_t i = 0; i < spots->object_count; i++)
		if (spots->objects[i].fd >= 0)
			(void)close(spots->objects[i].fd);
	for (size_t i = 0; i < spots->count; i++)
		free(spots->list[i].name);
	free(spots->objects);
	free(spots->list);
	*spots = (struct spots){.objects = NULL};
}

/* The array with room for one more, which it may have; NULL: there is none, and it stays. */
static void *make_room(void *array, size_t count, size_t *room, size_t max, size_t size)
{
	size_t more = 2 * *room < max ? 2 * *room : max;

	if (count < *room)
		return array;
	array = count == max ? NULL : realloc(array, more * size);
	if (array != NULL)
		*room = more;
	return array;
}

static bool is_made(const char *path)
{
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		if (strncmp(path, made[i], strlen(made[i])) == 0)
			return true;
	return false;
}

/* In a container a path means another file than here; of a process that is gone, perhaps the same.
 */
static int open_object(uint32_t pid, const char *path)
{
	char seen[PATH_MAX + 32];
	int fd;

	(void)snprintf(seen, sizeof(seen), "/proc/%u/root%s", pid, path);
	fd = open(seen, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 ? fd : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static uint32_t find_object(struct spots *spots, uint32_t pid, const char *path)
{
	struct spots_object *objects, *object;

	/* Names are the same where they are one, and the newest is asked for most. */
	for (size_t i = spots->object_count - 1; i > 0; i--)
		if (spots->objects[i].path == path)
			return (uint32_t)i;
	objects = make_room(spots->objects, spots->object_count, &spots->object_room, OBJECTS_MAX,
			    sizeof(*objects));
	if (objects == NULL)
		return 0;
	spots->objects = objects;
	object = &objects[spots->object_count];
	*object = (struct spots_object){.path = path, .fd = -1, .is_made = is_made(path)};
	if (!object->is_made && path[0] == '/')
		object->fd = open_object(pid, path);
	return (uint32_t)spots->object_count++;
}

uint32_t spots_find(struct spots *spots, uint32_t pid, const struct maps_range *range,
		    uint64_t address)
{
	struct node key = {.place = SPOTS_UNKNOWN}, *node;
	struct node *const *found;
	struct spots_entry *list;

	if (range == NULL)
		return SPOTS_UNKNOWN;
	key.object = find_object(spots, pid, range->path);
	if (key.object == 0)
		return SPOTS_UNKNOWN;
	/* Code that is made has no names, wherever it is. */
	if (!spots->objects[key.object].is_made)
		key.offset = address - range->begin + range->offset;
	found = tfind(&key, &spots->tree, by_place);
	if (found != NULL)
		return (*found)->place;
	list = make_room(spots->list, spots->count, &spots->room, SPOTS_MAX, sizeof(*list));
	if (list == NULL)
		return SPOTS_UNKNOWN;
	spots->list = list;
	node = malloc(sizeof(*node));
	if (node == NULL)
		return SPOTS_UNKNOWN;
	*node = key;
	node->place = (uint32_t)spots->count;
	if (tsearch(node, &spots->tree, by_place) == NULL) {
		free(node);
		return SPOTS_UNKNOWN;
	}
	list[spots->count] = (struct spots_entry){.object = key.object, .offset = key.offset};
	return (uint32_t)spots->count++;
}

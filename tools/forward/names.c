/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read to the end before the first is used: none is missed when files are removed meanwhile. */
#include "forward/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add(struct names *names, const char *name)
{
	char *copy;

	if (names->count == names->capacity) {
		size_t capacity = 2 * names->capacity + 256;
		char **list = reallocarray(names->list, capacity, sizeof(*list));

		if (list == NULL)
			return -ENOMEM;
		names->list = list;
		names->capacity = capacity;
	}
	copy = strdup(name);
	if (copy == NULL)
		return -ENOMEM;
	names->list[names->count++] = copy;
	return 0;
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

int names_read(struct names *names, int folder_fd)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	names_release(names);
	if (dir == NULL) {
		rc = -errno;
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	while (rc == 0 && (errno = 0, entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			rc = add(names, entry->d_name);
	if (rc == 0)
		rc = -errno;
	(void)closedir(dir);
	if (names->count > 0)
		qsort(names->list, names->count, sizeof(*names->list), compare);
	return rc;
}

size_t names_from(const struct names *names, const char *name)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names->list[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct names){0};
}

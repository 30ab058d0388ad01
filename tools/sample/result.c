/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes stacks of the same names one, and writes the heaviest. */
#include "sample/result.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/native.h"

/* Four times what a record has room for. */
#define FILE_BYTES_MAX 16384

/* As the plugin and all that reads profiles have it. */
#define OTHER_FRAME "[other]"

/* A stack of that many frames of that many bytes is the longest line. */
#define LINE_BYTES_MAX 12288

/*
 * What runs programs whose own functions and lines its code does not tell: by the file's
 * name, or how that begins.
 */
static const struct {
	const char *file;
	bool is_beginning;
	const char *language;
} runtimes[] = {
	{"libjvm.so", false, "Java"}, {"libR.so", false, "R"},       {"R", false, "R"},
	{"python", true, "Python"},   {"libpython", true, "Python"}, {"perl", false, "Perl"},
	{"libperl.so", true, "Perl"}, {"libjulia", true, "Julia"},
};

#define RUNTIME_COUNT (sizeof(runtimes) / sizeof(runtimes[0]))

struct text {
	char *bytes;
	size_t used, size;
};

/* A name, and the first place that has it. */
struct named {
	const char *name;
	uint32_t place;
};

static int by_name(const void *a, const void *b)
{
	const struct named *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void keep(void *node)
{
	(void)node; /* the list has it */
}

/* Of each place the first with the same name, as new memory; NULL for none. */
static uint32_t *find_same(const struct spots *spots)
{
	uint32_t *same = malloc(spots->count * sizeof(*same));
	struct named *list = malloc(spots->count * sizeof(*list));
	void *tree = NULL;

	for (size_t i = 0; same != NULL && list != NULL && i < spots->count; i++) {
		struct named *const *found;

		same[i] = (uint32_t)i;
		if (spots->list[i].name == NULL)
			continue;
		list[i] = (struct named){spots->list[i].name, (uint32_t)i};
		found = tsearch(&list[i], &tree, by_name);
		if (found != NULL)
			same[i] = (*found)->place;
	}
	tdestroy(tree, keep);
	if (list == NULL) {
		free(same);
		same = NULL;
	}
	free(list);
	return same;
}

static int merge(const struct counts *counts, const struct spots *spots, struct counts *merged)
{
	uint32_t *same = find_same(spots), stack[JO_NATIVE_DEPTH_MAX];

	if (same == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < counts->stack_count; i++) {
		const struct counts_stack *one = counts->list[i];

		for (size_t j = 0; j < one->depth; j++)
			stack[j] = same[one->spots[j]];
		counts_add(merged, stack, one->depth, one->count);
	}
	merged->other_count += counts->other_count;
	counts_sort(merged);
	free(same);
	return 0;
}

/* Append a stack, the outermost call first; nothing where there is no room. */
static bool add_line(struct text *text, const struct counts_stack *stack, const struct spots *spots)
{
	char line[LINE_BYTES_MAX];
	size_t len = 0;

	for (size_t i = stack->depth; i > 0; i--) {
		const char *name = spots->list[stack->spots[i - 1]].name;

		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%s",
					i < stack->depth ? ";" : "",
					name == NULL ? "[unknown]" : name);
		if (len >= sizeof(line))
			return false;
	}
	len += (size_t)snprintf(line + len, sizeof(line) - len, " %" PRId64 "\n", stack->count);
	if (len >= sizeof(line) || text->used + len + 64 > text->size)
		return false;
	memcpy(text->bytes + text->used, line, len);
	text->used += len;
	return true;
}

/* Which of the runtimes the file is; RUNTIME_COUNT: code that was made as it ran; else more. */
static size_t runtime_of(const struct spots_object *object)
{
	const char *slash = object->path == NULL ? NULL : strrchr(object->path, '/');

	if (object->is_made)
		return RUNTIME_COUNT;
	for (size_t i = 0; slash != NULL && i < RUNTIME_COUNT; i++)
		if (strncmp(slash + 1, runtimes[i].file,
			    strlen(runtimes[i].file) + !runtimes[i].is_beginning) == 0)
			return i;
	return RUNTIME_COUNT + 1;
}

/* What most of the time went to, if that says nothing of the program itself; else NULL. */
static const char *find_language(const struct counts *counts, const struct spots *spots)
{
	int64_t sums[RUNTIME_COUNT + 2] = {0}, unnamed = 0;
	size_t most = RUNTIME_COUNT;

	for (size_t i = 0; i < counts->stack_count; i++)
		sums[runtime_of(spots_object_of(spots, counts->list[i]->spots[0]))] +=
			counts->list[i]->count;
	for (size_t i = 0; i <= RUNTIME_COUNT; i++)
		unnamed += sums[i];
	for (size_t i = 0; i < RUNTIME_COUNT; i++)
		if (sums[i] > 0 && (most == RUNTIME_COUNT || sums[i] > sums[most]))
			most = i;
	if (unnamed <= sums[RUNTIME_COUNT + 1])
		return NULL;
	return most < RUNTIME_COUNT ? runtimes[most].language : "code that was made as it ran";
}

static int write_file(const char *path, const char *bytes, size_t size, struct jo_err *err)
{
	char new_path[PATH_MAX];
	int fd, rc = 0;

	/* A copy of us may be at it, too. */
	if (snprintf(new_path, sizeof(new_path), "%s.%d", path, (int)getpid()) >=
	    (int)sizeof(new_path))
		return jo_err_set(err, -ENAMETOOLONG, "%s", path);
	fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return jo_err_sys(err, -errno, "make %s", new_path);
	if (write(fd, bytes, size) != (ssize_t)size)
		rc = jo_err_set(err, -ENOSPC, "write %s: cut", new_path);
	(void)close(fd);
	if (rc == 0 && rename(new_path, path) < 0)
		rc = jo_err_sys(err, -errno, "rename %s", new_path);
	if (rc < 0)
		(void)unlink(new_path);
	return rc;
}

int result_write_missing(const char *path, const char *reason, struct jo_err *err)
{
	char text[256];
	int len = snprintf(text, sizeof(text), JO_NATIVE_MISSING "%.200s\n", reason);

	return write_file(path, text, (size_t)len, err);
}

static int write_stacks(const char *path, const char *kind, const struct counts *merged,
			const struct spots *spots, struct jo_err *err)
{
	struct text text = {.bytes = malloc(FILE_BYTES_MAX), .size = FILE_BYTES_MAX};
	int64_t other_count = merged->other_count;
	int rc;

	if (text.bytes == NULL)
		return jo_err_set(err, -ENOMEM, "no memory for %d bytes", FILE_BYTES_MAX);
	text.used = (size_t)snprintf(text.bytes, text.size, "%s\n", kind);
	for (size_t i = 0; i < merged->stack_count; i++)
		if (!add_line(&text, merged->list[i], spots))
			other_count += merged->list[i]->count;
	if (other_count > 0)
		text.used += (size_t)snprintf(text.bytes + text.used, text.size - text.used,
					      OTHER_FRAME " %" PRId64 "\n", other_count);
	rc = write_file(path, text.bytes, text.used, err);
	free(text.bytes);
	return rc;
}

int result_write(const char *path, const char *kind, const struct counts *counts,
		 const struct spots *spots, struct jo_err *err)
{
	struct counts merged = {.tree = NULL};
	const char *language = find_language(counts, spots);
	char reason[128];
	int rc;

	if (counts->stack_count == 0)
		return result_write_missing(path, "other programs took too little CPU time", err);
	if (language != NULL) {
		(void)snprintf(reason, sizeof(reason),
			       "most of the time went in %s, which is not sampled", language);
		return result_write_missing(path, reason, err);
	}
	rc = merge(counts, spots, &merged);
	if (rc < 0)
		rc = jo_err_set(err, rc, "no memory for %zu places", spots->count);
	else
		rc = write_stacks(path, kind, &merged, spots, err);
	counts_release(&merged);
	return rc;
}

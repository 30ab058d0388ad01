/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of ranges for each process, the newest last, which holds where two overlap. */
#include "sample/maps.h"

#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A program has some hundred at most; what makes code as it runs, one for each piece of it. */
#define PROCESS_RANGES_MAX 2048

/* 40 MB of all processes of a task; further ones have no names. */
#define RANGES_MAX 1000000

struct process {
	uint32_t pid;
	struct maps_range *ranges;
	size_t count, room;
};

/* As the kernel writes them, behind the header. */
struct mmap_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t address, length, offset;
	char path[];
};

struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
};

struct task_record {
	struct perf_event_header header;
	uint32_t pid, parent_pid, tid, parent_tid;
};

static int by_pid(const void *a, const void *b)
{
	const struct process *left = a, *right = b;

	return (left->pid > right->pid) - (left->pid < right->pid);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static struct process *find_process(const struct maps *maps, uint32_t pid)
{
	const struct process key = {.pid = pid};
	struct process *const *found = tfind(&key, &maps->processes, by_pid);

	return found == NULL ? NULL : *found;
}

static struct process *make_process(struct maps *maps, uint32_t pid)
{
	struct process *process = find_process(maps, pid);

	if (process != NULL)
		return process;
	process = calloc(1, sizeof(*process));
	if (process == NULL)
		return NULL;
	process->pid = pid;
	if (tsearch(process, &maps->processes, by_pid) == NULL) {
		free(process);
		return NULL;
	}
	return process;
}

static void empty(struct maps *maps, struct process *process)
{
	maps->range_count -= process->count;
	free(process->ranges);
	process->ranges = NULL;
	process->count = process->room = 0;
}

static void end_process(struct maps *maps, uint32_t pid)
{
	struct process *process = find_process(maps, pid);

	if (process == NULL)
		return;
	(void)tdelete(process, &maps->processes, by_pid);
	empty(maps, process);
	free(process);
}

void maps_release(struct maps *maps)
{
	while (maps->processes != NULL)
		end_process(maps, (*(struct process **)maps->processes)->pid);
	tdestroy(maps->paths, free);
	*maps = (struct maps){.processes = NULL};
}

static const char *keep_path(struct maps *maps, const char *path)
{
	char *const *found = tfind(path, &maps->paths, by_text);
	char *copy;

	if (found != NULL)
		return *found;
	copy = strdup(path);
	if (copy != NULL && tsearch(copy, &maps->paths, by_text) == NULL) {
		free(copy);
		copy = NULL;
	}
	return copy;
}

static bool make_room(struct process *process)
{
	size_t room = process->room == 0 ? 32 : 2 * process->room;
	struct maps_range *ranges;

	if (process->count < process->room)
		return true;
	ranges = realloc(process->ranges, room * sizeof(*ranges));
	if (ranges == NULL)
		return false;
	process->ranges = ranges;
	process->room = room;
	return true;
}

static void add(struct maps *maps, struct process *process, struct maps_range range)
{
	size_t kept = 0;

	/* What it covers is there no more. */
	for (size_t i = 0; i < process->count; i++)
		if (process->ranges[i].begin < range.begin || process->ranges[i].end > range.end)
			process->ranges[kept++] = process->ranges[i];
	maps->range_count -= process->count - kept;
	process->count = kept;
	if (process->count == PROCESS_RANGES_MAX || maps->range_count == RANGES_MAX ||
	    !make_room(process))
		return;
	process->ranges[process->count++] = range;
	maps->range_count++;
}

static void take_mmap(struct maps *maps, const struct mmap_record *record)
{
	size_t room = record->header.size - offsetof(struct mmap_record, path);
	struct process *process = make_process(maps, record->pid);
	const char *path =
		memchr(record->path, '\0', room) == NULL ? NULL : keep_path(maps, record->path);

	if (process != NULL && path != NULL)
		add(maps, process,
		    (struct maps_range){record->address, record->address + record->length,
					record->offset, path});
}

static void take_fork(struct maps *maps, const struct task_record *record)
{
	const struct process *parent = find_process(maps, record->parent_pid);
	struct process *child;

	/* A thread shares all of it. */
	if (record->pid == record->parent_pid || parent == NULL)
		return;
	end_process(maps, record->pid);
	child = make_process(maps, record->pid);
	for (size_t i = 0; child != NULL && i < parent->count; i++)
		add(maps, child, parent->ranges[i]);
}

void maps_take(struct maps *maps, const struct perf_event_header *record)
{
	const struct comm_record *comm = (const void *)record;
	const struct task_record *task = (const void *)record;
	struct process *process;

	switch (record->type) {
	case PERF_RECORD_MMAP:
		if (record->size > offsetof(struct mmap_record, path))
			take_mmap(maps, (const void *)record);
		break;
	case PERF_RECORD_COMM:
		process = find_process(maps, comm->pid);
		if ((record->misc & PERF_RECORD_MISC_COMM_EXEC) != 0 && process != NULL)
			empty(maps, process);
		break;
	case PERF_RECORD_FORK:
		if (record->size >= sizeof(*task))
			take_fork(maps, task);
		break;
	case PERF_RECORD_EXIT:
		if (record->size >= sizeof(*task) && task->pid == task->tid)
			end_process(maps, task->pid);
		break;
	default:
		break;
	}
}

const struct maps_range *maps_find(const struct maps *maps, uint32_t pid, uint64_t address)
{
	const struct process *process = find_process(maps, pid);

	for (size_t i = process == NULL ? 0 : process->count; i > 0; i--) {
		const struct maps_range *range = &process->ranges[i - 1];

		if (address >= range->begin && address < range->end)
			return range;
	}
	return NULL;
}

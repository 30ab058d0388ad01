/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file is where, by records as the kernel writes them, whole and not. */
#include "sample/maps.h"
#include "tap.h"

#include <stdlib.h>

static struct maps maps;

/* A record in memory of its own, so that a sanitizer sees what reads beyond. */
static void take(const void *record, uint32_t type, uint16_t misc, size_t size)
{
	struct perf_event_header *header = malloc(size);

	memcpy(header, record, size);
	*header = (struct perf_event_header){type, misc, (uint16_t)size};
	maps_take(&maps, header);
	free(header);
}

static void map(uint32_t pid, uint64_t begin, uint64_t length, uint64_t offset, const char *path)
{
	struct {
		struct perf_event_header header;
		uint32_t pid, tid;
		uint64_t begin, length, offset;
		char path[64];
	} record = {.pid = pid, .tid = pid, .begin = begin, .length = length, .offset = offset};

	(void)snprintf(record.path, sizeof(record.path), "%s", path);
	take(&record, PERF_RECORD_MMAP, 0, sizeof(record));
}

static void change(uint32_t type, uint16_t misc, uint32_t pid, uint32_t parent_pid, uint32_t tid)
{
	const struct {
		struct perf_event_header header;
		uint32_t pid, parent_pid, tid, parent_tid;
		uint64_t time_ns;
	} record = {.pid = pid, .parent_pid = parent_pid, .tid = tid, .parent_tid = parent_pid};

	take(&record, type, misc, sizeof(record));
}

static void is_at(uint32_t pid, uint64_t address, const char *path, uint64_t offset)
{
	const struct maps_range *range = maps_find(&maps, pid, address);

	if (path == NULL) {
		ok(range == NULL, "nothing is at %#lx of %u", (unsigned long)address, pid);
		return;
	}
	ok(range != NULL && strcmp(range->path, path) == 0 &&
		   address - range->begin + range->offset == offset,
	   "%#lx of %u is in %s at %lu", (unsigned long)address, pid, path, (unsigned long)offset);
}

/* Of such a size is no record, but it is read all the same. */
static void check_cut_ones(void)
{
	static const uint32_t types[] = {PERF_RECORD_MMAP, PERF_RECORD_COMM, PERF_RECORD_FORK,
					 PERF_RECORD_EXIT, PERF_RECORD_LOST};
	char bytes[128];

	memset(bytes, 'x', sizeof(bytes));
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (size_t size = 24; size <= sizeof(bytes); size += 8)
			take(bytes, types[i], 0, size);
	is_at(0x78787878, 0x7878787878787878, NULL, 0);
}

int main(void)
{
	check_cut_ones();
	map(1, 0x1000, 0x1000, 0x200, "/bin/a");
	map(1, 0x3000, 0x1000, 0, "/lib/b");
	is_at(1, 0xfff, NULL, 0);
	is_at(1, 0x1000, "/bin/a", 0x200);
	is_at(1, 0x1fff, "/bin/a", 0x11ff);
	is_at(1, 0x2000, NULL, 0);
	is_at(1, 0x3001, "/lib/b", 1);
	is_at(2, 0x1000, NULL, 0);

	map(1, 0x1800, 0x100, 0, "//anon");
	is_at(1, 0x1880, "//anon", 0x80);
	is_at(1, 0x1700, "/bin/a", 0x900);
	map(1, 0x1000, 0x1000, 0, "/bin/c");
	is_at(1, 0x1880, "/bin/c", 0x880);

	change(PERF_RECORD_FORK, 0, 2, 1, 2);
	is_at(2, 0x3001, "/lib/b", 1);
	ok(maps_find(&maps, 1, 0x3000)->path == maps_find(&maps, 2, 0x3000)->path,
	   "a name is kept once");
	map(2, 0x3000, 0x1000, 0, "/lib/d");
	is_at(1, 0x3001, "/lib/b", 1);
	is_at(2, 0x3001, "/lib/d", 1);
	change(PERF_RECORD_FORK, 0, 1, 1, 17);
	is_at(1, 0x3001, "/lib/b", 1);

	change(PERF_RECORD_COMM, 0, 2, 0, 2);
	is_at(2, 0x3001, "/lib/d", 1);
	change(PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC, 2, 0, 2);
	is_at(2, 0x3001, NULL, 0);

	change(PERF_RECORD_EXIT, 0, 1, 0, 17);
	is_at(1, 0x3001, "/lib/b", 1);
	change(PERF_RECORD_EXIT, 0, 1, 0, 1);
	is_at(1, 0x3001, NULL, 0);
	is_int(maps.range_count, 0, "nothing is left of processes that are gone");

	/* What makes code as it runs, and a user who starts processes without an end. */
	for (uint64_t i = 0; i < 10000; i++)
		map(3, 0x100000 + 0x10 * i, 0x10, 0, "//anon");
	ok(maps.range_count < 10000, "a process has no more than is good: %zu", maps.range_count);
	is_at(3, 0x100000, "//anon", 0);
	for (uint32_t pid = 10; pid < 2000; pid++)
		change(PERF_RECORD_FORK, 0, pid, 3, pid);
	ok(maps.range_count <= 1000000, "nor have all together: %zu", maps.range_count);
	maps_release(&maps);
	is_at(3, 0x100000, NULL, 0);
	maps_release(&maps);
	return tap_done();
}

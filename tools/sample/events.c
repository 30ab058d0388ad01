/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps the kernel's rings, and sorts what is in them. */
#include "sample/events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/*
 * Of one ring, in pages.  A process that begins needs 2 kB; what a user may lock is 516 kB for each
 * processor unless the site has set another limit, and eight tasks share it.  Where it is used up,
 * less has to do.
 */
#define PAGES_MAX 8

/* A second in which nothing was taken from them; memory of the step's is not ours to fill. */
#define HELD_MAX 65536

static int map_ring(struct events_ring *ring, int fd, size_t page_bytes)
{
	for (size_t pages = PAGES_MAX; pages > 0; pages /= 2) {
		void *memory = mmap(NULL, (1 + pages) * page_bytes, PROT_READ | PROT_WRITE,
				    MAP_SHARED, fd, 0);

		if (memory != MAP_FAILED) {
			*ring = (struct events_ring){fd, memory, pages * page_bytes};
			return 0;
		}
		if (errno != EPERM)
			break;
	}
	return -errno;
}

int events_open(struct events *events, const int *fds, size_t fd_count, struct jo_err *err)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	int rc = 0;

	events->rings = calloc(fd_count, sizeof(*events->rings));
	if (events->rings == NULL)
		return jo_err_set(err, -ENOMEM, "no memory for %zu processors", fd_count);
	for (size_t i = 0; i < fd_count && rc == 0; i++) {
		rc = map_ring(&events->rings[i], fds[i], page_bytes);
		if (rc == 0)
			events->ring_count++;
	}
	if (rc == -EPERM)
		return jo_err_set(err, rc,
				  "the user's memory for samples is in use (perf_event_mlock_kb)");
	return rc < 0 ? jo_err_sys(err, rc, "map the kernel's samples") : 0;
}

void events_release(struct events *events)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < events->ring_count; i++) {
		(void)munmap(events->rings[i].memory, page_bytes + events->rings[i].bytes);
		(void)close(events->rings[i].fd);
	}
	for (size_t i = 0; i < events->held_count; i++)
		free(events->held[i].header);
	free(events->held);
	free(events->rings);
	*events = (struct events){.rings = NULL};
}

/* A sample has its time behind address and process, all else at its end. */
static uint64_t time_of(const struct perf_event_header *header)
{
	size_t at = header->type == PERF_RECORD_SAMPLE ? sizeof(*header) + 2 * sizeof(uint64_t)
						       : (size_t)header->size - sizeof(uint64_t);
	uint64_t time_ns;

	memcpy(&time_ns, (const char *)header + at, sizeof(time_ns));
	return time_ns;
}

static struct events_record *make_room(struct events *events)
{
	size_t room = events->held_room == 0 ? 256 : 2 * events->held_room;
	struct events_record *held;

	if (events->held_count < events->held_room)
		return &events->held[events->held_count];
	if (room > HELD_MAX)
		return NULL;
	held = realloc(events->held, room * sizeof(*held));
	if (held == NULL)
		return NULL;
	events->held = held;
	events->held_room = room;
	return &held[events->held_count];
}

/* Keep the record of `size` bytes that begins at this place of the ring, and may go round its end.
 */
static void hold(struct events *events, const char *data, size_t at, size_t bytes, size_t size)
{
	struct events_record *record = make_room(events);
	size_t first = size < bytes - at ? size : bytes - at;
	char *copy;

	if (record == NULL)
		return;
	copy = malloc(size);
	if (copy == NULL)
		return;
	memcpy(copy, data + at, first);
	memcpy(copy + first, data, size - first);
	record->header = (struct perf_event_header *)(void *)copy;
	record->time_ns = time_of(record->header);
	events->held_count++;
}

static void drain(struct events *events, struct events_ring *ring, size_t page_bytes)
{
	const char *data = (const char *)ring->memory + page_bytes;
	uint64_t head = __atomic_load_n(&ring->memory->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = ring->memory->data_tail;

	while (tail < head) {
		size_t at = (size_t)(tail & (ring->bytes - 1));
		struct perf_event_header header;

		/* Records are multiples of 8 bytes, so a header never goes round. */
		memcpy(&header, data + at, sizeof(header));
		if (header.size < sizeof(header) + 2 * sizeof(uint64_t) ||
		    header.size > head - tail)
			break;
		hold(events, data, at, ring->bytes, header.size);
		tail += header.size;
	}
	__atomic_store_n(&ring->memory->data_tail, head, __ATOMIC_RELEASE);
}

static int by_time(const void *a, const void *b)
{
	const struct events_record *left = a, *right = b;

	return (left->time_ns > right->time_ns) - (left->time_ns < right->time_ns);
}

void events_read(struct events *events, bool is_last,
		 void (*take)(const struct perf_event_header *record, void *arg), void *arg)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE), taken = 0;
	struct timespec now;
	uint64_t now_ns;

	/* Of all that is older, nothing can be in a ring that was read after this. */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	for (size_t i = 0; i < events->ring_count; i++)
		drain(events, &events->rings[i], page_bytes);
	if (events->held_count > 0)
		qsort(events->held, events->held_count, sizeof(*events->held), by_time);
	while (taken < events->held_count && (is_last || events->held[taken].time_ns < now_ns)) {
		take(events->held[taken].header, arg);
		free(events->held[taken].header);
		taken++;
	}
	if (taken == 0)
		return;
	events->held_count -= taken;
	memmove(events->held, events->held + taken, events->held_count * sizeof(*events->held));
}

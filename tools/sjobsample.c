/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts where the native programs of a task are, as the kernel samples them, and names the
 * places when the step is over.  A task of a step with --job-profile starts it; users do not.
 *
 * It runs as the step's user, in the task's control groups, with the task's limits.  What it
 * reads is the user's, and may do to it what it likes: nobody but that user's profile suffers.
 * The program is not to notice it: it is no child of the program's, and has no descriptor of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "joboutliers/dirents.h"
#include "joboutliers/fds.h"
#include "joboutliers/native.h"
#include "sample/counts.h"
#include "sample/events.h"
#include "sample/maps.h"
#include "sample/spots.h"
#include "sample/result.h"
#include "sample/symbols.h"

/* Processors of the largest nodes, several times over. */
#define FDS_MAX 4096

/* Rings are emptied that often, or when one of them is half full. */
#define READ_MS 1000

/* Warnings of the step's end after which the samples are saved: each costs a copy of us. */
#define SAVES_MAX 4

/* A damaged file can ask for any amount; beyond this its places have no names. */
#define DATA_BYTES_MAX (512 << 20)

struct sampler {
	struct events events;
	struct maps maps;
	struct spots spots;
	struct counts counts;
	const char *path; /* of the file that the plugin reads */
	int saves_left;
};

/* As the kernel writes it; see JO_NATIVE_SAMPLE_TYPE. */
struct sample_record {
	struct perf_event_header header;
	uint64_t address;
	uint32_t pid, tid;
	uint64_t time_ns;
	uint64_t depth;
	uint64_t calls[];
};

static volatile sig_atomic_t is_warned;

static void on_warning(int signal_number)
{
	(void)signal_number;
	is_warned = 1;
}

/* Nothing that is sent to the step is meant for us, but that it will end. */
static void set_signals(void)
{
	static const int kept[] = {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGCONT};
	struct sigaction warning = {.sa_handler = on_warning};
	sigset_t none;

	for (int i = 1; i <= SIGRTMAX; i++) {
		bool is_kept = false;

		for (size_t j = 0; j < sizeof(kept) / sizeof(kept[0]); j++)
			is_kept = is_kept || kept[j] == i;
		(void)signal(i, is_kept ? SIG_DFL : SIG_IGN);
	}
	(void)sigaction(SIGTERM, &warning, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_limits(void)
{
	struct rlimit limit = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &limit);
	if (getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur > DATA_BYTES_MAX) {
		limit.rlim_cur = DATA_BYTES_MAX;
		(void)setrlimit(RLIMIT_DATA, &limit);
	}
	/* One descriptor for each processor, and for each library. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Close what came from the task, such as the pipes of its output, which are waited for. */
static void close_others(void)
{
	struct jo_dirents dirents;
	const struct jo_dirent *dirent;
	int fd = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	jo_dirents_init(&dirents, fd);
	while ((dirent = jo_dirents_next(&dirents)) != NULL) {
		int other = atoi(dirent->name);

		if (other > JO_NATIVE_FD && other != fd)
			(void)close(other);
	}
	(void)close(fd);
}

/* The events' descriptors, all that the task sends; returns how many. */
static size_t receive_fds(int *fds)
{
	size_t count = 0;
	int received;

	while ((received = jo_fds_receive(JO_NATIVE_FD, 0, fds + count, FDS_MAX - count, NULL)) > 0)
		count += (size_t)received;
	return count;
}

static void take_sample(struct sampler *sampler, const struct sample_record *record)
{
	uint32_t stack[JO_NATIVE_DEPTH_MAX];
	size_t depth = 0, room = (record->header.size - sizeof(*record)) / sizeof(uint64_t);

	stack[depth++] = spots_find(&sampler->spots, record->pid,
				    maps_find(&sampler->maps, record->pid, record->address),
				    record->address);
	for (size_t i = 0, seen = 0; i < record->depth && i < room && depth < JO_NATIVE_DEPTH_MAX;
	     i++) {
		const struct maps_range *range;

		/* Marks of the kernel's between addresses; and the first of these is the sample's.
		 */
		if (record->calls[i] >= PERF_CONTEXT_MAX || seen++ == 0)
			continue;
		/* Where a call returns to is behind it. */
		range = maps_find(&sampler->maps, record->pid, record->calls[i] - 1);
		/* Without a frame pointer there is anything, and nothing true above it. */
		if (range == NULL)
			break;
		stack[depth++] =
			spots_find(&sampler->spots, record->pid, range, record->calls[i] - 1);
	}
	counts_add(&sampler->counts, stack, depth, 1);
}

static void take(const struct perf_event_header *record, void *arg)
{
	struct sampler *sampler = arg;

	if (record->type != PERF_RECORD_SAMPLE)
		maps_take(&sampler->maps, record);
	else if (record->size >= sizeof(struct sample_record))
		take_sample(sampler, (const void *)record);
}

/* The functions at once, and the lines of source where there is time left for them. */
static void tell(struct sampler *sampler)
{
	(void)alarm(JO_NATIVE_NAMES_S);
	symbols_name(&sampler->spots, false);
	if (result_write(sampler->path, JO_NATIVE_KIND_FUNCTIONS, &sampler->counts, &sampler->spots,
			 NULL) < 0)
		return;
	symbols_name(&sampler->spots, true);
	(void)result_write(sampler->path, JO_NATIVE_KIND, &sampler->counts, &sampler->spots, NULL);
}

/* The step was told to end, and may be killed next: let a copy of us tell what there is. */
static void save(struct sampler *sampler)
{
	is_warned = 0;
	if (sampler->saves_left-- <= 0 || fork() != 0)
		return;
	tell(sampler);
	_exit(0);
}

/* Until the program is gone, or the step over. */
static int follow(struct sampler *sampler)
{
	size_t count = sampler->events.ring_count, left = count;
	struct pollfd *polled = calloc(count + 1, sizeof(*polled));

	if (polled == NULL)
		return -ENOMEM;
	polled[0] = (struct pollfd){.fd = JO_NATIVE_FD, .events = POLLIN};
	for (size_t i = 0; i < count; i++)
		polled[i + 1] =
			(struct pollfd){.fd = sampler->events.rings[i].fd, .events = POLLIN};
	while (left > 0 && polled[0].revents == 0) {
		if (poll(polled, count + 1, READ_MS) < 0 && errno != EINTR)
			break;
		for (size_t i = 1; i <= count; i++)
			if (polled[i].fd >= 0 && (polled[i].revents & POLLHUP) != 0) {
				polled[i].fd = -1;
				left--;
			}
		events_read(&sampler->events, false, take, sampler);
		if (is_warned)
			save(sampler);
	}
	events_read(&sampler->events, true, take, sampler);
	free(polled);
	return 0;
}

static void sample(struct sampler *sampler)
{
	static int fds[FDS_MAX];
	struct jo_err err = {.text = "no memory for samples"};
	size_t count = receive_fds(fds);
	bool is_open;

	/* The task could not ask for any, and says why itself. */
	if (count == 0)
		return;
	is_open = spots_init(&sampler->spots) == 0 &&
		  events_open(&sampler->events, fds, count, &err) == 0;
	(void)send(JO_NATIVE_FD, "", 1, MSG_NOSIGNAL);
	if (!is_open)
		(void)result_write_missing(sampler->path, err.text, NULL);
	else if (follow(sampler) == 0)
		tell(sampler);
}

int main(int argc, char **argv)
{
	struct sampler sampler = {.saves_left = SAVES_MAX};

	if (argc != 2) {
		(void)fprintf(stderr, "sjobsample: the plugin of joboutliers starts it, for srun "
				      "--job-profile\n");
		return 2;
	}
	set_signals();
	set_limits();
	close_others();
	/* The task waits for its child, and does not get another one. */
	if (fork() != 0)
		_exit(0);
	(void)setsid();
	(void)chdir("/");
	sampler.path = argv[1];
	sample(&sampler);
	events_release(&sampler.events);
	maps_release(&sampler.maps);
	spots_release(&sampler.spots);
	counts_release(&sampler.counts);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of perf_event_open(2), and the program that has them. */
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "joboutliers/fds.h"
#include "joboutliers/units.h"

/* Not in step with what a program does each so many milliseconds. */
#define PERIOD_NS_OF_1_HZ 997002991

/* Above all numbers that sjobsample finds its own under. */
#define FD_MIN 10

/* A busy node may be slow to start a program; what is lost then are names. */
#define READY_MS 500

/* Processors; the kernel refuses to tell of more than there is room for. */
#define CPU_SETS 8
#define CPUS_MAX (CPU_SETS * CPU_SETSIZE)

void native_init(struct native *native)
{
	*native = (struct native){.from_tasks_fd = -1, .to_step_fd = -1};
}

/* Two sockets, out of the way of those numbers that a new program is given. */
static int make_pair(int *ret_fds, struct jo_err *err)
{
	int low[2], high[2], rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, low) < 0)
		return jo_err_sys(err, -errno, "make sockets");
	high[0] = fcntl(low[0], F_DUPFD_CLOEXEC, FD_MIN);
	high[1] = fcntl(low[1], F_DUPFD_CLOEXEC, FD_MIN);
	rc = high[0] < 0 || high[1] < 0 ? jo_err_sys(err, -errno, "move sockets") : 0;
	(void)close(low[0]);
	(void)close(low[1]);
	if (rc == 0) {
		memcpy(ret_fds, high, sizeof(high));
		return 0;
	}
	if (high[0] >= 0)
		(void)close(high[0]);
	return rc;
}

int native_begin(struct native *native, struct jo_err *err)
{
	int fds[2], rc = make_pair(fds, err);

	if (rc < 0)
		return rc;
	native->from_tasks_fd = fds[0];
	native->to_step_fd = fds[1];
	return 0;
}

/* ---- in a task ---- */

static void describe(struct perf_event_attr *ret_attr, int rate_hz)
{
	*ret_attr = (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(*ret_attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = (uint64_t)(PERIOD_NS_OF_1_HZ / rate_hz),
		.sample_type = JO_NATIVE_SAMPLE_TYPE,
		.sample_max_stack = JO_NATIVE_DEPTH_MAX,
		.disabled = 1,
		.enable_on_exec = 1,
		.inherit = 1,
		/* What a user may see whose node has perf_event_paranoid=2, and alike everywhere.
		 */
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.exclude_callchain_kernel = 1,
		.mmap = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.sample_id_all = 1,
		.watermark = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
}

static int say_why(int code, struct jo_err *err)
{
	char level[16] = "";
	int fd;

	if (code == -ENOSYS || code == -ENOENT || code == -EOPNOTSUPP)
		return jo_err_set(err, code, "the kernel has no perf events");
	if (code != -EACCES && code != -EPERM)
		return jo_err_sys(err, code, "perf_event_open");
	fd = open("/proc/sys/kernel/perf_event_paranoid", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		(void)read(fd, level, sizeof(level) - 1);
		(void)close(fd);
	}
	level[strcspn(level, "\n")] = '\0';
	if (atoi(level) > 2)
		return jo_err_set(err, code, "perf_event_paranoid is %s on the node, not 2 or less",
				  level);
	return jo_err_set(err, code, "the node forbids perf_event_open");
}

/* Ask for samples of ourselves on each processor that we may be on, and send what we got. */
static int send_events(int socket_fd, int rate_hz, struct jo_err *err)
{
	cpu_set_t cpus[CPU_SETS];
	struct perf_event_attr attr;
	int fds[JO_FDS_MAX], rc = 0;
	size_t count = 0;

	describe(&attr, rate_hz);
	if (sched_getaffinity(0, sizeof(cpus), cpus) < 0)
		return jo_err_sys(err, -errno, "ask for the task's processors");
	for (int cpu = 0; cpu < CPUS_MAX && rc == 0; cpu++) {
		int fd;

		if (!CPU_ISSET_S((size_t)cpu, sizeof(cpus), cpus))
			continue;
		fd = (int)syscall(SYS_perf_event_open, &attr, 0, cpu, -1, PERF_FLAG_FD_CLOEXEC);
		if (fd < 0) {
			rc = say_why(-errno, err);
			break;
		}
		fds[count++] = fd;
		if (count < JO_FDS_MAX)
			continue;
		rc = jo_fds_send(socket_fd, fds, count, err);
		while (count > 0)
			(void)close(fds[--count]);
	}
	if (rc == 0 && count > 0)
		rc = jo_fds_send(socket_fd, fds, count, err);
	while (count > 0)
		(void)close(fds[--count]);
	return rc;
}

/* Start the sampler with the socket, and with nothing of ours besides. */
static int spawn(const char *sampler, const char *folder, int number, int socket_fd,
		 struct jo_err *err)
{
	char path[PATH_MAX + 32], *argv[] = {(char *)(uintptr_t)sampler, path, NULL},
				  *none[] = {NULL};
	posix_spawn_file_actions_t actions;
	struct sigaction ignored = {.sa_handler = SIG_IGN}, before;
	pid_t pid;
	int rc;

	(void)snprintf(path, sizeof(path), "%s/" JO_NATIVE_FILE, folder, number);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return jo_err_set(err, -ENOMEM, "no memory to start %s", sampler);
	rc = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, 0, 1);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, 0, 2);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, socket_fd, JO_NATIVE_FD);
	/* Of a child that nobody waits for, the program finds neither signal nor time. */
	(void)sigaction(SIGCHLD, &ignored, &before);
	if (rc == 0)
		rc = posix_spawn(&pid, sampler, &actions, NULL, argv, none);
	/* Its own child is the sampler, and belongs to nobody. */
	while (rc == 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	(void)sigaction(SIGCHLD, &before, NULL);
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc == 0 ? 0 : jo_err_sys(err, -rc, "start %s", sampler);
}

int native_start(const struct native *native, const char *sampler, const char *folder, int number,
		 int rate_hz, struct jo_err *err)
{
	struct pollfd ready = {.events = POLLIN};
	int fds[2], yes = 1, rc;

	if (native->to_step_fd < 0)
		return jo_err_set(err, -EBADF, "slurmstepd had no socket to spare");
	rc = make_pair(fds, err);
	if (rc < 0)
		return rc;
	/* By its first word slurmstepd knows which process the sampler is. */
	(void)setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes));
	rc = spawn(sampler, folder, number, fds[1], err);
	(void)close(fds[1]);
	/* Only now: a child would be sampled, too. */
	if (rc == 0)
		rc = send_events(fds[0], rate_hz, err);
	if (rc == 0)
		rc = jo_fds_send(fds[0], NULL, 0, err);
	ready.fd = fds[0];
	if (rc == 0 && poll(&ready, 1, READY_MS) >= 0)
		rc = jo_fds_send(native->to_step_fd, fds, 1, err);
	(void)close(fds[0]);
	return rc;
}

/* ---- in slurmstepd ---- */

void native_end(struct native *native)
{
	while (native->from_tasks_fd >= 0 && native->sampler_count < JO_NATIVE_TASKS_MAX) {
		int fd;

		if (jo_fds_receive(native->from_tasks_fd, MSG_DONTWAIT, &fd, 1, NULL) != 1)
			return;
		(void)shutdown(fd, SHUT_WR);
		native->samplers[native->sampler_count++] = fd;
	}
}

/* A descriptor that can be read once the process is gone; -1 where the kernel has none. */
static int open_process(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	errno = ENOSYS;
	return -1;
#endif
}

/*
 * Until its end is closed, or its process gone: another of the user's may have that end, too.
 * What it says tells who it is, and is of no other interest.  Returns whether it is done.
 */
static bool wait_for(int fd, int64_t end_us)
{
	struct pollfd polled[2] = {{.fd = fd, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
	bool is_done = false;
	int64_t left_us;

	while (!is_done && (left_us = end_us - clock_now_us(CLOCK_MONOTONIC)) > 0) {
		pid_t pid = 0;
		int rc = poll(polled, 2, (int)(left_us / 1000) + 1);

		if (rc < 0 && errno != EINTR)
			break;
		if (rc <= 0)
			continue;
		if (polled[0].revents != 0)
			rc = jo_fds_receive(fd, MSG_DONTWAIT, NULL, 0, &pid);
		is_done = polled[1].revents != 0 || rc == -EPIPE || rc == -ECONNRESET;
		if (pid == 0 || polled[1].fd >= 0)
			continue;
		polled[1].fd = open_process(pid);
		is_done = is_done || (polled[1].fd < 0 && errno == ESRCH);
	}
	if (polled[1].fd >= 0)
		(void)close(polled[1].fd);
	return is_done;
}

bool native_wait(struct native *native)
{
	int64_t end_us = clock_now_us(CLOCK_MONOTONIC) + JO_NATIVE_NAMES_S * JO_US_PER_S;
	bool are_done = true;

	for (int i = 0; i < native->sampler_count; i++) {
		are_done = wait_for(native->samplers[i], end_us) && are_done;
		(void)close(native->samplers[i]);
	}
	native->sampler_count = 0;
	return are_done;
}

void native_close(struct native *native)
{
	for (int i = 0; i < native->sampler_count; i++)
		(void)close(native->samplers[i]);
	if (native->from_tasks_fd >= 0)
		(void)close(native->from_tasks_fd);
	if (native->to_step_fd >= 0)
		(void)close(native->to_step_fd);
	native_init(native);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program between files in memory; who runs it and why is the caller's. */
#include "util/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/when.h"
#include "util/write_all.h"

static int memory_file(const void *bytes, size_t size, int *ret_fd, struct jo_err *err)
{
	int fd = memfd_create("run", MFD_CLOEXEC | MFD_ALLOW_SEALING), rc;

	if (fd < 0)
		return jo_err_sys(err, -errno, "memfd_create");
	rc = write_all(fd, bytes, size);
	if (rc < 0) {
		(void)close(fd);
		return jo_err_sys(err, rc, "write to a memory file");
	}
	(void)lseek(fd, 0, SEEK_SET);
	*ret_fd = fd;
	return 0;
}

/* One for output; size_max 0: as much as memory holds. */
static int output_file(size_t size_max, int *ret_fd, struct jo_err *err)
{
	int rc = memory_file(NULL, 0, ret_fd, err);

	if (rc == 0 && size_max > 0 &&
	    (ftruncate(*ret_fd, (off_t)size_max) < 0 ||
	     fcntl(*ret_fd, F_ADD_SEALS, F_SEAL_GROW) < 0))
		rc = jo_err_sys(err, -errno, "bound a memory file");
	return rc;
}

/* In a process group of its own, so that a hanging one can be ended with all it started. */
static int spawn(const char *const argv[], const char *const environment[], const int fds[3],
		 pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int rc = 0;

	(void)sigemptyset(&none);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd < 3 && rc == 0; fd++)
		rc = posix_spawn_file_actions_adddup2(&actions, fds[fd], fd);
	if (rc == 0)
		rc = posix_spawnp(ret_pid, argv[0], &actions, &attributes, (char *const *)argv,
				  (char *const *)environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return -rc;
}

/* Who waits for a file system that does not answer may not even die of SIGKILL. */
#define DYING_US (2 * JO_US_PER_S)

/* SIGCHLD, which is blocked, ends each waiting; pidfd_open(2) is not on EL8. */
static int wait_for(pid_t pid, const sigset_t *child_signal, int timeout_s, int *ret_status)
{
	int64_t deadline_us = when_monotonic_us() + timeout_s * JO_US_PER_S;
	bool is_over = false;

	while (waitpid(pid, ret_status, WNOHANG) == 0) {
		int64_t left_us = deadline_us - when_monotonic_us();
		struct timespec left = {.tv_sec = left_us / JO_US_PER_S,
					.tv_nsec = left_us % JO_US_PER_S * 1000};

		if (left_us > 0) {
			(void)sigtimedwait(child_signal, NULL, &left);
			continue;
		}
		if (is_over)
			break;
		is_over = true;
		(void)kill(-pid, SIGKILL);
		deadline_us = when_monotonic_us() + DYING_US;
	}
	return is_over ? -ETIMEDOUT : 0;
}

static int read_all(int fd, char **ret_bytes, size_t *ret_size, struct jo_err *err)
{
	struct stat st = {0};
	char *bytes;
	size_t size = 0;
	ssize_t n = 1;

	(void)fstat(fd, &st);
	bytes = xmalloc((size_t)st.st_size + 1);
	while (n > 0 && size < (size_t)st.st_size) {
		n = pread(fd, bytes + size, (size_t)st.st_size - size, (off_t)size);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			size += (size_t)n;
	}
	if (n < 0) {
		free(bytes);
		return jo_err_sys(err, -errno, "read from a memory file");
	}
	bytes[size] = '\0';
	*ret_bytes = bytes;
	*ret_size = size;
	return 0;
}

static char *first_line(int fd)
{
	char line[200];
	ssize_t n = pread(fd, line, sizeof(line) - 1, 0);

	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return xstrdup(line);
}

int run_program_bounded(const char *const argv[], const char *const environment[],
			size_t output_max, const void *input, size_t input_size, int timeout_s,
			struct run_result *ret_result, struct jo_err *err)
{
	int fds[3] = {-1, -1, -1}, status = 0, rc;
	sigset_t child_signal, saved_mask;
	pid_t pid;

	(void)sigemptyset(&child_signal);
	(void)sigaddset(&child_signal, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child_signal, &saved_mask);
	rc = memory_file(input, input_size, &fds[0], err);
	if (rc == 0)
		rc = output_file(output_max, &fds[1], err);
	if (rc == 0)
		rc = output_file(output_max, &fds[2], err);
	if (rc != 0)
		goto out;
	rc = spawn(argv, environment, fds, &pid);
	if (rc != 0) {
		(void)jo_err_sys(err, rc, "%s", argv[0]);
		goto out;
	}
	rc = wait_for(pid, &child_signal, timeout_s, &status);
	if (rc != 0) {
		(void)jo_err_set(err, rc, "%s did not end within %d s", argv[0], timeout_s);
		goto out;
	}
	rc = read_all(fds[1], &ret_result->output, &ret_result->size, err);
	if (rc < 0)
		goto out;
	ret_result->wait_status = status;
	ret_result->complaint = first_line(fds[2]);
out:
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	(void)sigprocmask(SIG_SETMASK, &saved_mask, NULL);
	return rc;
}

int run_program(const char *const argv[], const void *input, size_t input_size, int timeout_s,
		struct run_result *ret_result, struct jo_err *err)
{
	return run_program_bounded(argv, (const char *const *)environ, 0, input, input_size,
				   timeout_s, ret_result, err);
}

int run_result_check(const char *program, const struct run_result *result, struct jo_err *err)
{
	if (WIFSIGNALED(result->wait_status))
		return jo_err_set(err, -EIO, "%s was ended by signal %d", program,
				  WTERMSIG(result->wait_status));
	if (WEXITSTATUS(result->wait_status) != 0)
		return jo_err_set(err, -EIO, "%s ended with status %d%s%s", program,
				  WEXITSTATUS(result->wait_status),
				  result->complaint[0] == '\0' ? "" : ": ", result->complaint);
	return 0;
}

int run_program_ok(const char *const argv[], const void *input, size_t input_size, int timeout_s,
		   struct run_result *ret_result, struct jo_err *err)
{
	struct run_result result = {0};
	int rc = run_program(argv, input, input_size, timeout_s, &result, err);

	if (rc != 0)
		return rc;
	rc = run_result_check(argv[0], &result, err);
	if (rc != 0)
		run_result_release(&result);
	else
		*ret_result = result;
	return rc;
}

void run_result_release(struct run_result *result)
{
	free(result->output);
	free(result->complaint);
	*result = (struct run_result){0};
}

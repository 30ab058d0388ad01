/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery through a sendmail program.  It gets the message as a file without
 * a name, so that no pipe can fill or break, and no shell is involved.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mail/doc.h"
#include "mail/transport.h"

#define COMPLAINT_MAX 200

/* By custom sendmail reads lines that end in "\n" alone. */
static int message_file(const char *message, size_t size, int *ret_fd, struct jo_err *err)
{
	GString *text = g_string_sized_new(size);
	size_t written = 0;
	int fd, rc = 0;

	for (size_t i = 0; i < size; i++)
		if (message[i] != '\r' || i + 1 == size || message[i + 1] != '\n')
			g_string_append_c(text, message[i]);
	fd = memfd_create("mail", MFD_CLOEXEC);
	if (fd < 0) {
		rc = jo_err_sys(err, -errno, "memfd_create");
		goto out;
	}
	while (written < text->len) {
		ssize_t n = write(fd, text->str + written, text->len - written);

		if (n < 0) {
			rc = jo_err_sys(err, -errno, "write to memory file");
			(void)close(fd);
			goto out;
		}
		written += (size_t)n;
	}
	(void)lseek(fd, 0, SEEK_SET);
	*ret_fd = fd;
out:
	(void)g_string_free(text, TRUE);
	return rc;
}

/* In a process group of its own, so that a hanging one can be ended with all it started. */
static int spawn(const char *program, char *const argv[], int message_fd, int complaint_fd,
		 pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int rc;

	(void)sigemptyset(&none);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setflags(&attributes,
				       POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawn_file_actions_init(&actions);
	rc = posix_spawn_file_actions_adddup2(&actions, message_fd, STDIN_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, complaint_fd, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, complaint_fd, STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawn(ret_pid, program, &actions, &attributes, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return -rc;
}

static int64_t clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Wait for the child; SIGCHLD, which the caller has blocked, ends the waiting.
 * Returns 0 with its status, or -ETIMEDOUT after it was killed.
 */
static int wait_for(pid_t pid, const sigset_t *child_signal, int timeout_s, int *ret_status)
{
	int64_t deadline_ms = clock_ms() + (int64_t)timeout_s * 1000;

	while (waitpid(pid, ret_status, WNOHANG) == 0) {
		int64_t left_ms = deadline_ms - clock_ms();
		struct timespec left = {.tv_sec = left_ms / 1000,
					.tv_nsec = left_ms % 1000 * 1000000};

		if (left_ms <= 0) {
			(void)kill(-pid, SIGKILL);
			(void)waitpid(pid, ret_status, 0);
			return -ETIMEDOUT;
		}
		(void)sigtimedwait(child_signal, NULL, &left);
	}
	return 0;
}

/* The first of what the program had to say. */
static char *read_complaint(int fd)
{
	char buf[COMPLAINT_MAX + 1];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);
	char *text;

	buf[MAX(n, 0)] = '\0';
	text = mail_clean(buf, COMPLAINT_MAX);
	return g_strstrip(text);
}

static enum mail_outcome judge_end(const char *program, int rc, int status, int timeout_s,
				   const char *complaint, struct jo_err *err)
{
	if (rc == -ETIMEDOUT)
		(void)jo_err_set(err, rc,
				 "%s did not end within %d s, so the mail may have been taken",
				 program, timeout_s);
	else if (WIFSIGNALED(status))
		(void)jo_err_set(err, -EIO, "%s was ended by signal %d", program, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		(void)jo_err_set(err, -EIO, "%s ended with status %d%s%s", program,
				 WEXITSTATUS(status), complaint[0] == '\0' ? "" : ": ", complaint);
	return rc == 0 && WIFEXITED(status) ? mail_sendmail_outcome(WEXITSTATUS(status))
					    : MAIL_UNREACHABLE;
}

enum mail_outcome mail_sendmail_send(const char *program, int timeout_s, const char *from_address,
				     const char *to_address, const void *message, size_t size,
				     struct jo_err *err)
{
	/* -i: a line of one dot is text */
	char *const argv[] = {(char *)program,	    "-i", "-f", (char *)from_address,
			      (char *)to_address, NULL};
	enum mail_outcome outcome = MAIL_UNREACHABLE;
	int message_fd = -1, complaint_fd = -1, status = 0, rc;
	sigset_t child_signal, saved_mask;
	char *complaint;
	pid_t pid;

	(void)sigemptyset(&child_signal);
	(void)sigaddset(&child_signal, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child_signal, &saved_mask);
	if (message_file(message, size, &message_fd, err) != 0)
		goto out;
	complaint_fd = memfd_create("complaint", MFD_CLOEXEC);
	if (complaint_fd < 0) {
		(void)jo_err_sys(err, -errno, "memfd_create");
		goto out;
	}
	rc = spawn(program, argv, message_fd, complaint_fd, &pid);
	if (rc != 0) {
		(void)jo_err_sys(err, rc, "%s", program);
		goto out;
	}
	rc = wait_for(pid, &child_signal, timeout_s, &status);
	complaint = read_complaint(complaint_fd);
	outcome = judge_end(program, rc, status, timeout_s, complaint, err);
	g_free(complaint);
out:
	if (message_fd >= 0)
		(void)close(message_fd);
	if (complaint_fd >= 0)
		(void)close(complaint_fd);
	(void)sigprocmask(SIG_SETMASK, &saved_mask, NULL);
	return outcome;
}

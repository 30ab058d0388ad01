/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors by a socket: what comes, what does not, and that none is left open. */
#include "joboutliers/fds.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static void open_ends(void)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		exit(1);
}

static int open_count(void)
{
	int count = 0;

	for (int fd = 0; fd < 1000; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void close_all(const int *fds, int count)
{
	for (int i = 0; i < count; i++)
		(void)close(fds[i]);
}

static void check_refusals(void)
{
	struct jo_err err = {.code = 0};
	int fd = -1;

	open_ends();
	is_int(jo_fds_receive(ends[0], MSG_DONTWAIT, &fd, 1, NULL), -EAGAIN, "nothing was sent");
	(void)close(ends[1]);
	is_int(jo_fds_receive(ends[0], 0, &fd, 1, NULL), -EPIPE, "the other end is closed");
	is_int(jo_fds_send(ends[0], NULL, 0, &err), -EPIPE, "to which nothing is sent");
	ok(err.code == -EPIPE && fd == -1, "%s", err.text);
	(void)close(ends[0]);
	is_int(jo_fds_receive(ends[0], 0, &fd, 1, NULL), -EBADF, "no socket");
}

static void check_counts(void)
{
	static const size_t counts[][3] = {
		/* sent, room, kept */
		{0, 4, 0}, {1, 4, 1}, {1, 0, 0}, {4, 4, 4}, {5, 4, 4}, {JO_FDS_MAX, 1, 1},
	};
	int sent[JO_FDS_MAX], fds[8], before;
	pid_t sender = 0;

	open_ends();
	for (int i = 0; i < JO_FDS_MAX; i++)
		sent[i] = ends[0];
	before = open_count();
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		int got;

		is_int(jo_fds_send(ends[1], sent, counts[i][0], NULL), 0, "%zu are sent",
		       counts[i][0]);
		got = jo_fds_receive(ends[0], 0, fds, counts[i][1], &sender);
		is_int(got, (int64_t)counts[i][2], "of which %zu have room", counts[i][1]);
		ok(got <= 0 || (fcntl(fds[0], F_GETFD) & FD_CLOEXEC) != 0,
		   "and are not for other programs");
		close_all(fds, got);
		is_int(open_count(), before, "no other is left open");
	}
	is_int(sender, 0, "who sends is not told unless it is asked for");
	close_all(ends, 2);
}

static void check_sender(void)
{
	int yes = 1, fds[1], status;
	pid_t pid, sender = 0;

	open_ends();
	(void)setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes));
	pid = fork();
	if (pid == 0)
		_exit(jo_fds_send(ends[1], ends, 1, NULL) == 0 ? 0 : 1);
	(void)waitpid(pid, &status, 0);
	is_int(jo_fds_receive(ends[0], 0, fds, 1, &sender), 1, "one, and by whom");
	is_int(sender, pid, "though it has ended");
	close_all(fds, 1);
	close_all(ends, 2);
}

int main(void)
{
	check_refusals();
	check_counts();
	check_sender();
	return tap_done();
}

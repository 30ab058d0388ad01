/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCM_RIGHTS and SCM_CREDENTIALS of unix(7). */
#include "joboutliers/fds.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int jo_fds_send(int socket_fd, const int *fds, size_t count, struct jo_err *err)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(JO_FDS_MAX * sizeof(int))];
	} control = {.room = {0}};
	char byte = 0;
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (count > 0) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	}
	if (sendmsg(socket_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return jo_err_sys(err, -errno, "send descriptors");
	return 0;
}

/* Keep those that there is room for, behind the `count` that are there; returns how many these are
 * then. */
static int keep(const struct cmsghdr *header, int *fds, size_t room, int count)
{
	size_t received = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < received; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
		if ((size_t)count < room)
			fds[count++] = fd;
		else
			(void)close(fd);
	}
	return count;
}

static void read_sender(const struct cmsghdr *header, pid_t *ret_pid)
{
	struct ucred sender;

	memcpy(&sender, CMSG_DATA(header), sizeof(sender));
	if (sender.pid > 0)
		*ret_pid = sender.pid;
}

int jo_fds_receive(int socket_fd, int flags, int *fds, size_t room, pid_t *ret_pid)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(JO_FDS_MAX * sizeof(int))];
	} control;
	char byte;
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	ssize_t len = recvmsg(socket_fd, &message, flags | MSG_CMSG_CLOEXEC);
	int count = 0;

	if (len <= 0)
		return len < 0 ? -errno : -EPIPE;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
	     header = CMSG_NXTHDR(&message, header)) {
		if (header->cmsg_level != SOL_SOCKET)
			continue;
		if (header->cmsg_type == SCM_RIGHTS)
			count = keep(header, fds, room, count);
		else if (header->cmsg_type == SCM_CREDENTIALS && ret_pid != NULL)
			read_sender(header, ret_pid);
	}
	return count;
}

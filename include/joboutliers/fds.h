/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that one process gives to another, by a socket between them. */
#ifndef JOBOUTLIERS_FDS_H
#define JOBOUTLIERS_FDS_H

#include <stddef.h>
#include <sys/types.h>

#include "joboutliers/err.h"

/* In one message: as many as the kernel takes. */
#define JO_FDS_MAX 253

/*
 * Send at most JO_FDS_MAX descriptors, which stay the caller's, or none, in a message of
 * one byte.  Does not wait: -EAGAIN where there is no room.
 */
int jo_fds_send(int socket_fd, const int *fds, size_t count, struct jo_err *err);

/*
 * Take the next message, whatever it is, with `flags` of recv(2).  Returns how many
 * descriptors came with it, which are in `fds` and are the caller's to close: those beyond
 * `room` were closed.  Returns -EPIPE when the other end is closed, or what recv(2) says.
 * *ret_pid, which may be NULL, is the sender where the socket has SO_PASSCRED and the sender
 * can be seen from here, and else untouched.
 */
int jo_fds_receive(int socket_fd, int flags, int *fds, size_t room, pid_t *ret_pid);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is at the other end of a connection, as far as the kernel knows: the user of a process of
 * this host, or else another host.  Private to receive/.
 */
#ifndef RECEIVE_PEER_H
#define RECEIVE_PEER_H

#include "joboutliers/err.h"

/* "uid:1000"; an address of IPv4; or the network of 64 bits of one of IPv6, which one host may have
 * all of: "2001:db8::/64". */
#define PEER_NAME_SIZE 56

/* What the kernel is asked by: a descriptor, the caller's to close; or a negative errno, where it
 * cannot be asked. */
int peer_open(struct jo_err *err);

/*
 * Name who is connected to the socket; ask_fd as peer_open() had it, or negative, and then this
 * host's own users are one.  So is who has gone already, as nobody is there to be asked about.
 */
void peer_name(int ask_fd, int socket_fd, char ret_name[PEER_NAME_SIZE]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel tells of one socket by its two addresses (sock_diag(7)), where /proc/net/tcp would be
 * all of them, each time.
 */
#include "receive/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "otel/spans.h"

#define NETWORK_BYTES 8 /* of an address of IPv6 */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage storage;
};

int peer_open(struct jo_err *err)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);

	return fd < 0 ? jo_err_sys(err, -errno, "ask the kernel whose connections are") : fd;
}

/* One of IPv4 in the clothes of IPv6 is what it is. */
static void undress(union address *address)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = address->v6.sin6_port};

	if (address->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr))
		return;
	memcpy(&v4.sin_addr, &address->v6.sin6_addr.s6_addr[12], sizeof(v4.sin_addr));
	address->v4 = v4;
}

static void set_end(const union address *address, __be16 *ret_port, __be32 ret_address[4])
{
	memset(ret_address, 0, 4 * sizeof(ret_address[0]));
	if (address->any.sa_family == AF_INET) {
		*ret_port = address->v4.sin_port;
		memcpy(ret_address, &address->v4.sin_addr, sizeof(address->v4.sin_addr));
	} else {
		*ret_port = address->v6.sin6_port;
		memcpy(ret_address, &address->v6.sin6_addr, sizeof(address->v6.sin6_addr));
	}
}

/* What the kernel answers to this question: 1 with a socket, or 0. */
static bool read_answer(int ask_fd, uint32_t sequence, struct inet_diag_msg *ret_socket)
{
	struct {
		struct nlmsghdr head;
		char rest[4096];
	} answer;

	/* Of a question that was given up there may be an answer still. */
	for (;;) {
		ssize_t len = recv(ask_fd, &answer, sizeof(answer), 0);

		if (len < (ssize_t)sizeof(answer.head))
			return false;
		if (answer.head.nlmsg_seq != sequence)
			continue;
		if (answer.head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    answer.head.nlmsg_len < NLMSG_LENGTH(sizeof(*ret_socket)) ||
		    (size_t)len < NLMSG_LENGTH(sizeof(*ret_socket)))
			return false;
		memcpy(ret_socket, NLMSG_DATA(&answer.head), sizeof(*ret_socket));
		return true;
	}
}

/* Whether a process of this host has the other end, and whose it is. */
static bool find_user(int ask_fd, const union address *here, const union address *there,
		      uint32_t *ret_uid)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 socket;
	} question = {
		.head = {.nlmsg_len = sizeof(question),
			 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			 .nlmsg_flags = NLM_F_REQUEST},
		.socket = {.sdiag_family = (uint8_t)there->any.sa_family,
			   .sdiag_protocol = IPPROTO_TCP,
			   .idiag_states = ~0U,
			   .id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};
	struct inet_diag_sockid *id = &question.socket.id;
	struct inet_diag_msg found;

	set_end(there, &id->idiag_sport, id->idiag_src);
	set_end(here, &id->idiag_dport, id->idiag_dst);
	question.head.nlmsg_seq = (uint32_t)ntohs(id->idiag_sport) << 16 | ntohs(id->idiag_dport);
	if (send(ask_fd, &question, sizeof(question), 0) != sizeof(question) ||
	    !read_answer(ask_fd, question.head.nlmsg_seq, &found))
		return false;
	/* A socket that no process has any more is said to be root's, and where there is none,
	 * another that listens there is told of. */
	if (found.idiag_inode == 0 || found.idiag_state == TCP_LISTEN ||
	    found.id.idiag_dport != id->idiag_dport)
		return false;
	*ret_uid = found.idiag_uid;
	return true;
}

static void name_address(union address *there, char ret_name[PEER_NAME_SIZE])
{
	char text[INET6_ADDRSTRLEN] = "";

	if (there->any.sa_family == AF_INET) {
		uint32_t address = ntohl(there->v4.sin_addr.s_addr);

		/* This host has a whole network of addresses of its own. */
		if (address >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET)
			there->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		(void)inet_ntop(AF_INET, &there->v4.sin_addr, text, sizeof(text));
		(void)snprintf(ret_name, PEER_NAME_SIZE, "%s", text);
	} else {
		memset(&there->v6.sin6_addr.s6_addr[NETWORK_BYTES], 0,
		       sizeof(there->v6.sin6_addr) - NETWORK_BYTES);
		(void)inet_ntop(AF_INET6, &there->v6.sin6_addr, text, sizeof(text));
		(void)snprintf(ret_name, PEER_NAME_SIZE, "%s/%d", text, 8 * NETWORK_BYTES);
	}
}

void peer_name(int ask_fd, int socket_fd, char ret_name[PEER_NAME_SIZE])
{
	union address here = {0}, there = {0};
	socklen_t here_size = sizeof(here), there_size = sizeof(there);
	uint32_t uid;

	(void)getsockname(socket_fd, &here.any, &here_size);
	(void)getpeername(socket_fd, &there.any, &there_size);
	if (ask_fd >= 0 && find_user(ask_fd, &here, &there, &uid)) {
		(void)snprintf(ret_name, PEER_NAME_SIZE, OTEL_SENDER_USER "%u", uid);
		return;
	}
	undress(&there);
	name_address(&there, ret_name);
}

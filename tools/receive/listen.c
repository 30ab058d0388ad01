/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address and a port are numbers: nobody is asked for names. */
#include "receive/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "receive/receiver.h"

#define ADDRESS_SIZE 64 /* INET6_ADDRSTRLEN, and a zone behind it */

#define BACKLOG 1024 /* connections that wait while a file is synced */

/* Take "ADDRESS:PORT" or "[ADDRESS]:PORT" apart. */
static int find_address(const char *text, struct addrinfo **ret_list, struct jo_err *err)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
					      .ai_flags =
						      AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	char address[ADDRESS_SIZE];

	if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len > 0 && len < sizeof(address) && colon[1] != '\0') {
		memcpy(address, text, len);
		address[len] = '\0';
		if (getaddrinfo(address, colon + 1, &hints, ret_list) == 0)
			return 0;
	}
	return jo_err_set(err, -EINVAL,
			  "expected an address and a port in numbers, such as 127.0.0.1:4318 or "
			  "[::1]:4318, found '%.64s'",
			  text);
}

int receive_listen_check(const char *text, struct jo_err *err)
{
	struct addrinfo *list;
	int rc = find_address(text, &list, err);

	if (rc == 0)
		freeaddrinfo(list);
	return rc;
}

int listen_open(const char *text, struct jo_err *err)
{
	static const int on = 1;
	struct addrinfo *list;
	int fd, rc = find_address(text, &list, err);

	if (rc < 0)
		return rc;
	fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, list->ai_addr, list->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
		rc = jo_err_sys(err, -errno, "listen on %s", text);
		if (fd >= 0)
			(void)close(fd);
	} else {
		rc = fd;
	}
	freeaddrinfo(list);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A secret that senders have: who may read its file can send. */
#include "receive/receiver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"

#define TOKEN_MAX 512 /* of a header's line, and longer than any that is made */

int receive_token_read(const char *path, char **ret_token, struct jo_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char text[TOKEN_MAX + 1];
	struct stat st;
	ssize_t len;

	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s", path);
	len = fstat(fd, &st) < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (len < 0)
		return jo_err_sys(err, -errno, "read %s", path);
	if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IRWXO | S_IWGRP)) != 0)
		return jo_err_set(err, -EPERM,
				  "%s: expected a file that others cannot read: chmod 640", path);
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	/* What a header can carry. */
	for (const char *at = text; *at != '\0' || at == text; at++)
		if (*at <= ' ' || *at > '~')
			return jo_err_set(
				err, -EBADMSG,
				"%s: expected a token of visible characters of ASCII in its "
				"first line",
				path);
	*ret_token = xstrdup(text);
	return 0;
}

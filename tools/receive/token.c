/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A secret that senders have: who may read its file can send. */
#include "receive/receiver.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"
#include "util/secret.h"

int receive_token_read(const char *path, char **ret_token, struct jo_err *err)
{
	char line[SECRET_LINE_SIZE];
	int rc = secret_read_line(path, SECRET_A_GROUP, line, err);

	/* What a header can carry. */
	for (const char *at = line; rc == 0 && *at != '\0'; at++)
		if (*at <= ' ' || *at > '~')
			rc = jo_err_set(
				err, -EBADMSG,
				"%s: expected a token of visible characters of ASCII in its "
				"first line",
				path);
	if (rc == 0)
		*ret_token = xstrdup(line);
	explicit_bzero(line, sizeof(line));
	return rc;
}

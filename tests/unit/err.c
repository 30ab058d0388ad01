/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct jo_err: one line, whatever was quoted in it, and never beyond its end. */
#include "joboutliers/err.h"
#include "tap.h"

#include <errno.h>

int main(void)
{
	struct jo_err err = {0};
	char long_text[1000];

	is_int(jo_err_set(NULL, -EINVAL, "x"), -EINVAL, "nobody needs to want the text");

	is_int(jo_err_set(&err, -EINVAL, "%s:%d: bad", "file", 3), -EINVAL, "the code is returned");
	is_int(err.code, -EINVAL, "and kept");
	is_str(err.text, "file:3: bad", "with the text");

	(void)jo_err_set(&err, -EINVAL, "a\nb\033[31mc\177");
	is_str(err.text, "a?b?[31mc?", "control characters cannot reach a terminal or a log");

	(void)jo_err_sys(&err, -ENOENT, "open %s", "/x");
	is_str(err.text, "open /x: No such file or directory", "a system error is in words");

	errno = EPERM;
	(void)jo_err_sys(&err, -ENOENT, "x");
	is_int(errno, EPERM, "errno is kept");

	memset(long_text, 'y', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	(void)jo_err_set(&err, -EINVAL, "%s", long_text);
	is_int(strlen(err.text), sizeof(err.text) - 1, "a long text is cut to the buffer");
	is_str(err.text + sizeof(err.text) - 5, "y...", "and says that it was cut");
	(void)jo_err_prefix(&err, "more");
	is_int(strlen(err.text), sizeof(err.text) - 1, "a prefix does not run over the end");

	(void)jo_err_set(&err, -EIO, "inner");
	is_int(jo_err_prefix(&err, "node %s", "n1"), -EIO, "a prefix keeps the code");
	is_str(err.text, "node n1: inner", "and comes first");
	is_int(jo_err_prefix(NULL, "x"), 0, "a prefix to nothing is nothing");
	return tap_done();
}

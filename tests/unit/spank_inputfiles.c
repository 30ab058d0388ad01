/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --input-files sums, and what it refuses. */
#include "fakes/tree.h"
#include "inputfiles.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *paths;
	int rc;
	int64_t bytes;
	const char *in_error;
} rows[] = {
	{"", -EINVAL, 0, "empty path"},
	{",", -EINVAL, 0, NULL},
	{"a,", -EINVAL, 0, NULL},
	{"a,,b", -EINVAL, 0, NULL},
	{"missing", -ENOENT, 0, "missing"},
	{"a,missing", -ENOENT, 0, NULL},
	{"missing*", -ENOENT, 0, "nothing matches"},
	{"dangling", -ENOENT, 0, "dangling"},
	{"loop", -ELOOP, 0, NULL},
	{"fifo", -EINVAL, 0, "a file or a folder"},
	{"/dev/null", -EINVAL, 0, NULL},
	{"a/b", -ENOTDIR, 0, NULL},
	{"a", 0, 10, NULL},
	{"a,b", 0, 30, NULL},
	{"a,a", 0, 20, NULL},
	{"empty", 0, 0, NULL},
	{"link", 0, 10, NULL},
	{"sparse", 0, INT64_C(1) << 40, NULL},
	{"sub", 0, 500, NULL},
	{"sub/", 0, 500, NULL},
	{"sublink", 0, 500, NULL},
	{"[ab]", 0, 30, NULL},
	{"./?", 0, 30, NULL},
	{"*.txt", 0, 7, NULL},
	{"star*.txt", 0, 7, NULL},
	{"sub,a,sub/deep/[xy]", 0, 910, NULL},
};

static void check_unreadable(void)
{
	struct jo_err err = {0};
	int64_t bytes = -77;

	/* Root reads everything, so be somebody else. */
	if (geteuid() == 0 && seteuid(65534) < 0) {
		skip("cannot change the user", "unreadable files");
		return;
	}
	is_int(input_files_size(tree_at("locked/file"), &bytes, &err), -EACCES,
	       "an unreadable file");
	ok(strstr(err.text, "locked/file") != NULL, "is named");
	is_int(input_files_size(tree_at("locked/folder"), &bytes, &err), -EACCES,
	       "an unreadable folder");
	is_int(input_files_size(tree_at("locked"), &bytes, &err), -EACCES, "or one that holds one");
	is_int(bytes, -77, "give no sum");
	if (geteuid() != getuid())
		(void)!seteuid(getuid());
}

int main(void)
{
	static char long_path[6000];
	struct jo_err err;
	int64_t bytes;

	if (chdir(tree_make()) < 0)
		return 1;
	(void)chmod(".", 0755);
	tree_shell("printf 0123456789 >a; printf 01234567890123456789 >b; : >empty; mkfifo fifo;"
		   "ln -s a link; ln -s nowhere dangling; ln -s loop loop; ln -s sub sublink;"
		   "truncate -s 1T sparse; printf 1234567 >'star*.txt'; mkdir -p sub/deep;"
		   "truncate -s 100 sub/x; truncate -s 400 sub/deep/y;"
		   "ln -s ../.. sub/deep/up; ln -s ../../a sub/deep/z; ln -s loop sub/deep/l;"
		   "mkdir -p locked/folder; printf x >locked/file;"
		   "chmod 0 locked/folder locked/file");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err.text[0] = '\0';
		bytes = -77;
		is_int(input_files_size(rows[i].paths, &bytes, &err), rows[i].rc, "'%s' is %s",
		       rows[i].paths, rows[i].rc == 0 ? "summed" : "refused");
		is_int(bytes, rows[i].rc == 0 ? rows[i].bytes : -77, "as it should");
		if (rows[i].in_error != NULL && strstr(err.text, rows[i].in_error) == NULL)
			ok(0, "the error says: %s", err.text);
	}
	memset(long_path, 'x', sizeof(long_path) - 1);
	is_int(input_files_size(long_path, &bytes, &err), -ENAMETOOLONG, "a path of 6 kB");
	check_unreadable();
	if (chdir("/") < 0)
		return 1;
	tree_remove();
	return tap_done();
}

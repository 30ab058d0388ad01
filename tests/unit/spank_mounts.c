/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which paths lie where a step could wait, told from mountinfo alone. */
#include "fakes/tree.h"
#include "mounts.h"
#include "tap.h"

#include <errno.h>

/* T is the test's folder. */
static void make_mountinfo(const char *top)
{
	static const char *const mounts[][2] = {
		{"/", "ext4"},          {"T/nfs", "nfs4"},          {"T/fuse", "fuse.sshfs"},
		{"T/new", "newfs"},     {"T/auto", "autofs"},       {"T/nfs/tmp", "tmpfs"},
		{"T/covered", "ext4"},  {"T/covered", "lustre"},    {"T/uncovered", "beegfs"},
		{"T/uncovered", "xfs"}, {"T/with\\040space", "9p"},
	};
	char text[8192] = "garbage\n - \n1 2 3\n\n", path[1024];

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", mounts[i][0][0] == 'T' ? top : "",
			       mounts[i][0] + (mounts[i][0][0] == 'T'));
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			       "36 25 0:31 / %s rw shared:1 - %s source rw\n", path, mounts[i][1]);
	}
	tree_file("proc/self/mountinfo", text);
}

int main(void)
{
	static const struct {
		const char *path;
		int rc;
	} rows[] = {
		{"spool", 0},
		{"missing/at/all", 0},
		{"nfs", -EREMOTE},
		{"nfs/spool", -EREMOTE},
		{"nfs-beside", 0},
		{"fuse/x", -EREMOTE},
		{"new", -EREMOTE},
		{"auto/spool", -EREMOTE},
		{"nfs/tmp/spool", 0},
		{"covered/x", -EREMOTE},
		{"uncovered/x", 0},
		{"with space/x", -EREMOTE},
		{"to-nfs", -EREMOTE},
		{"to-nfs/x", -EREMOTE},
		{"relative/x", -EREMOTE},
		{"nfs/../spool", 0},
		{"spool/.././nfs//x", -EREMOTE},
		{"loop", -ELOOP},
	};
	const char *top = tree_make();
	struct mounts mounts;
	struct jo_err err;
	char path[5000];

	make_mountinfo(top);
	tree_shell("mkdir spool nfs fuse sub; ln -s \"$PWD/nfs\" to-nfs; ln -s loop loop\n"
		   "ln -s sub/../nfs relative");
	is_int(mounts_read(top, &mounts, &err), 0, "the mounts are read");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(mounts_check_local(&mounts, tree_at(rows[i].path), &err), rows[i].rc, "%s",
		       rows[i].path);
	(void)mounts_check_local(&mounts, tree_at("nfs/spool"), &err);
	ok(strstr(err.text, "nfs/spool lies on nfs4") != NULL, "said: %s", err.text);
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	is_int(mounts_check_local(&mounts, path, &err), -ENAMETOOLONG, "a path that is too long");
	mounts_free(&mounts);

	tree_file("proc/self/mountinfo", "");
	is_int(mounts_read(top, &mounts, &err), 0, "no mount at all");
	is_int(mounts_check_local(&mounts, "/spool", &err), -EREMOTE,
	       "nothing is known: not local");
	mounts_free(&mounts);
	is_int(mounts_read(tree_at("nowhere"), &mounts, &err), -ENOENT, "no /proc");
	mounts_free(&mounts);
	tree_remove();
	return tap_done();
}

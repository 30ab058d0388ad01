/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which paths lie where a step could wait, told from mountinfo alone. */
#include "fakes/tree.h"
#include "joboutliers/mounts.h"
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
	(void)snprintf(
		text + strlen(text), sizeof(text) - strlen(text),
		"30 21 0:46 / %s/short\n31 21 0:47 / %s/last rw - lustre 10.0.0.1@o2ib:/lu rw", top,
		top);
	tree_file("proc/self/mountinfo", text);
}

/* The quick answer may not know, but never says of a path what the table of mounts denies. */
static void check_on_root(void)
{
	static const char *const paths[] = {"/",    "/usr",     "/var/tmp", "/dev/shm",
					    "/run", "/proc/1/", "/sys",     "/etc/passwd"};
	struct jo_mounts mounts;

	is_int(jo_mounts_read("", &mounts, NULL), 0, "this machine's mounts");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		ok(!jo_mounts_is_on_root(paths[i]) ||
			   jo_mounts_check_local(&mounts, paths[i], NULL) == 0,
		   "%s: not called local against the table of mounts", paths[i]);
	ok(!jo_mounts_is_on_root("/proc/self"), "another mount is not the root's");
	ok(!jo_mounts_is_on_root("/usr/../proc"), "by no way");
	ok(!jo_mounts_is_on_root("/nowhere/at/all"), "nor is what is not there");
	tree_shell("ln -s /proc/self elsewhere");
	ok(!jo_mounts_is_on_root(tree_at("elsewhere")), "nor what a link leads to");
	jo_mounts_free(&mounts);
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
		{"loop/x", -ELOOP},
		{"spool/", 0},
		{"spool/./..//spool/.", 0},
		{"to-local", 0},
		{"to-local/not/yet/there", 0},
		/* a chain of links, and ".." behind one */
		{"chain/x", -EREMOTE},
		{"up/../nfs", -EREMOTE},
		{"up/../spool", 0},
		/* what a link says that lies where nobody answers is not asked */
		{"nfs/back", -EREMOTE},
		{"short", 0},
		{"last/x", -EREMOTE},
	};
	const char *top = tree_make();
	struct jo_mounts mounts;
	struct jo_err err;
	char path[5000];

	make_mountinfo(top);
	tree_shell("mkdir spool nfs fuse sub; ln -s ../spool nfs/back; ln -s spool/ to-local\n"
		   "ln -s to-nfs chain; ln -s sub up\n"
		   "ln -s \"$PWD/nfs\" to-nfs; ln -s loop loop\n"
		   "ln -s sub/../nfs relative");
	is_int(jo_mounts_read(top, &mounts, &err), 0, "the mounts are read");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(jo_mounts_check_local(&mounts, tree_at(rows[i].path), &err), rows[i].rc,
		       "%s", rows[i].path);
	(void)jo_mounts_check_local(&mounts, tree_at("nfs/spool"), &err);
	ok(strstr(err.text, "nfs/spool lies on nfs4") != NULL, "said: %s", err.text);
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	is_int(jo_mounts_check_local(&mounts, path, &err), -ENAMETOOLONG,
	       "a path that is too long");
	jo_mounts_free(&mounts);

	tree_file("proc/self/mountinfo", "");
	is_int(jo_mounts_read(top, &mounts, &err), 0, "no mount at all");
	is_int(jo_mounts_check_local(&mounts, "/spool", &err), -EREMOTE,
	       "nothing is known: not local");
	jo_mounts_free(&mounts);
	is_int(jo_mounts_read(tree_at("nowhere"), &mounts, &err), -ENOENT, "no /proc");
	jo_mounts_free(&mounts);
	is_int(jo_mounts_read("", &mounts, &err), 0, "this machine");
	is_int(jo_mounts_check_local(&mounts, "/proc/self", &err), -EREMOTE, "/proc is no disk");
	ok(strstr(err.text, "/proc/self lies on proc") != NULL, "said: %s", err.text);
	jo_mounts_free(&mounts);
	check_on_root();
	tree_remove();
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of mounts as kernels write them, and paths with links on the way. */
#include "joboutliers/mount.h"
#include "tap.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/joboutliers-mount-XXXXXX";

static const char *at(const char *path)
{
	static char full[PATH_MAX];

	(void)snprintf(full, sizeof(full), "%s%s", root, path);
	return full;
}

static void list(const char *text)
{
	FILE *file = fopen(at("/proc/self/mountinfo"), "w");

	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		printf("Bail out! cannot write the list of mounts\n");
}

static void folder(const char *path)
{
	if (mkdir(at(path), 0700) != 0)
		printf("Bail out! cannot make %s\n", path);
}

static void link_to(const char *target, const char *path)
{
	if (symlink(target, at(path)) != 0)
		printf("Bail out! cannot link %s\n", path);
}

static void lies_on(const char *path, const char *want)
{
	char type[JO_MOUNT_TYPE_SIZE] = "";
	struct jo_err err = {0};

	is_int(jo_mount_type(root, path, type, &err), 0, "%s: %s", path, err.text);
	is_str(type, want, "%s is on %s", path, want);
}

static void is_refused(const char *path, int code, const char *text)
{
	char type[JO_MOUNT_TYPE_SIZE] = "untouched";
	struct jo_err err = {0};

	is_int(jo_mount_type(root, path, type, &err), code, "'%.40s' is refused", path);
	ok(strstr(err.text, text) != NULL, "and says '%s': %s", text, err.text);
	is_str(type, "untouched", "nothing is told of it");
}

static const char mounts[] = "21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
			     "22 21 0:5 / /dev rw,nosuid - devtmpfs udev rw,size=1k\n"
			     "23 21 0:31 / /var rw - xfs /dev/vdb rw\n"
			     "24 23 0:40 /export /var/spool rw,noatime shared:3 master:2 - nfs4 "
			     "head:/export rw,vers=4.2\n"
			     "25 21 0:41 / /scratch rw - lustre 10.0.0.1@o2ib:/lu rw,flock\n"
			     "26 21 0:42 / /my\\040folder rw - fuse.sshfs me@there:/ rw\n"
			     "27 21 0:43 / /twice rw - nfs head:/a rw\n"
			     "28 27 0:44 / /twice rw - tmpfs tmpfs rw\n"
			     "29 21 0:45 / /net rw - autofs systemd-1 rw,fd=5\n"
			     "a line that is none\n"
			     "30 21 0:46 / /short\n"
			     "31 21 0:47 / /last rw - tmpfs tmpfs rw\n";

static void test_refusals(void)
{
	char path[2 * PATH_MAX];

	list(mounts);
	is_refused("", -EINVAL, "absolute");
	is_refused("var/spool", -EINVAL, "absolute");
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	is_refused(path, -ENAMETOOLONG, "too long");
	list("23 21 0:31 / /var rw - xfs /dev/vdb rw\n");
	is_refused("/var/spool", -ENOENT, "no file system");
	list("");
	is_refused("/", -ENOENT, "no file system");
	(void)unlink(at("/proc/self/mountinfo"));
	is_refused("/", -ENOENT, "mountinfo");
}

static void test_mounts(void)
{
	list(mounts);
	lies_on("/", "ext4");
	lies_on("/home", "ext4");
	lies_on("/var", "xfs");
	lies_on("/var/", "xfs");
	lies_on("/variant", "ext4");
	lies_on("//var/./lib//x/.", "xfs");
	lies_on("/var/spool", "nfs4");
	lies_on("/var/spool/joboutliers", "nfs4");
	lies_on("/scratch/a/b/c", "lustre");
	lies_on("/my folder/spool", "fuse.sshfs");
	lies_on("/var/lib/../spool", "nfs4");
	lies_on("/../home/..", "ext4");
	lies_on("/twice", "tmpfs");
	lies_on("/net/home", "autofs");
	lies_on("/short", "ext4");
	lies_on("/last", "tmpfs");
}

static void test_links(void)
{
	list(mounts);
	folder("/local");
	folder("/last");
	folder("/last/spool");
	folder("/scratch");
	link_to("/scratch/spool", "/local/absolute");
	link_to("../last", "/local/up");
	link_to("absolute", "/local/chain");
	link_to("/last/spool/", "/local/fast");
	link_to("loop", "/local/loop");
	link_to("/last", "/scratch/back");
	lies_on("/local/absolute", "lustre");
	lies_on("/local/absolute/more", "lustre");
	lies_on("/local/chain", "lustre");
	lies_on("/local/fast", "tmpfs");
	lies_on("/local/fast/not-there/yet", "tmpfs");
	is_refused("/local/loop/x", -ELOOP, "symbolic links");
	lies_on("/local/up", "tmpfs");
	lies_on("/local/up/../var/x", "xfs");
	/* What lies behind a file system that can hang is not looked at. */
	lies_on("/scratch/back", "lustre");
}

static void test_types(void)
{
	static const char *const far[] = {"nfs",  "nfs4",       "lustre",  "gpfs", "beegfs",
					  "fuse", "fuse.sshfs", "fuseblk", "9p",   "cifs",
					  "smb3", "ceph",       "autofs"};
	static const char *const near[] = {"ext4", "xfs",     "btrfs", "tmpfs", "zfs",
					   "",     "overlay", "nfsd",  "9",     "f2fs"};

	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		ok(jo_mount_can_hang(far[i]), "%s can hang", far[i]);
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		ok(!jo_mount_can_hang(near[i]), "'%s' is here", near[i]);
}

static void test_machine(void)
{
	char type[JO_MOUNT_TYPE_SIZE] = "";
	struct jo_err err = {0};

	is_int(jo_mount_type("", "/proc/self", type, &err), 0, "this machine: %s", err.text);
	is_str(type, "proc", "/proc is on proc");
}

int main(void)
{
	char command[64];

	if (mkdtemp(root) == NULL)
		return 1;
	folder("/proc");
	folder("/proc/self");
	test_refusals();
	test_mounts();
	test_links();
	test_types();
	test_machine();
	(void)snprintf(command, sizeof(command), "rm -rf %s", root);
	is_int(system(command), 0, "cleaned up");
	return tap_done();
}

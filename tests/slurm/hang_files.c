/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounts a file system of which nobody answers a request, until it is killed:
 * whoever touches it waits.
 *
 * usage: hang_files FOLDER
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char options[96];
	int fd;

	if (argc != 2) {
		(void)fputs("usage: hang_files FOLDER\n", stderr);
		return 2;
	}
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		perror("/dev/fuse");
		return 1;
	}
	/* Writable for its owner alone, as a spool is. */
	(void)snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0", fd);
	if (mount("hang", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0) {
		perror(argv[1]);
		return 1;
	}
	(void)pause();
	return 0;
}

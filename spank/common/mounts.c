/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads mountinfo, and follows a path through it.  Asking the path itself, even
 * by statfs(2), would wait where its file system does not answer.
 */
#include "joboutliers/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Nodes with thousands of containers have less; more than this is no table of mounts. */
#define TEXT_MAX (8 << 20)

/* The first piece that is read: most nodes' tables are smaller. */
#define TEXT_FIRST 16384

/* As the kernel. */
#define LINKS_MAX 40

/* Of openat2(2), for headers that are older than Linux 5.6; the number is that of all machines. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef RESOLVE_NO_XDEV
#define RESOLVE_NO_XDEV 1
#endif

/*
 * File systems that the node's own kernel and disks answer for, and what
 * statfs(2) calls them.  A list of those that can hang would miss the next one.
 */
static const struct {
	const char *type;
	unsigned long magic;
} local_types[] = {
	{"ext2", 0xef53},        {"ext3", 0xef53},       {"ext4", 0xef53},
	{"xfs", 0x58465342},     {"btrfs", 0x9123683e},  {"tmpfs", 0x01021994},
	{"ramfs", 0x858458f6},   {"rootfs", 0x858458f6}, {"zfs", 0x2fc12fc1},
	{"f2fs", 0xf2f52010},    {"jfs", 0x3153464a},    {"reiserfs", 0x52654973},
	{"nilfs2", 0x3434},      {"vfat", 0x4d44},       {"bcachefs", 0xca451a4e},
	{"overlay", 0x794c7630},
};

static bool is_local(const char *type)
{
	for (size_t i = 0; i < sizeof(local_types) / sizeof(local_types[0]); i++)
		if (strcmp(local_types[i].type, type) == 0)
			return true;
	return false;
}

static bool is_local_magic(unsigned long magic)
{
	for (size_t i = 0; i < sizeof(local_types) / sizeof(local_types[0]); i++)
		if (local_types[i].magic == magic)
			return true;
	return false;
}

bool jo_mounts_is_on_root(const char *path)
{
	/* Without O_DIRECTORY, what is mounted only when it is used is not. */
	const struct {
		uint64_t flags, mode, resolve;
	} how = {O_PATH | O_CLOEXEC, 0, RESOLVE_NO_XDEV};
	struct statfs root;
	long fd;

	/* Asking "/" waits for nobody: slurmd was started from there. */
	if (statfs("/", &root) < 0 || !is_local_magic((unsigned long)root.f_type))
		return false;
	fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (fd >= 0)
		(void)close((int)fd);
	return fd >= 0;
}

/* mountinfo writes space, tab, newline and backslash as "\040" and so on. */
static void unescape(char *text)
{
	char *to = text;

	for (char *from = text; *from != '\0';) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
		    from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				       (from[3] - '0'));
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

/* "36 25 0:31 ROOT PATH OPTIONS [optional...] - TYPE SOURCE SUPER-OPTIONS" */
static bool parse_line(char *line, struct jo_mount *ret_mount)
{
	char *field[6], *rest = line, *type, *options;
	char *dash = strstr(line, " - ");

	if (dash == NULL)
		return false;
	*dash = '\0';
	for (size_t i = 0; i < 6; i++) {
		field[i] = strsep(&rest, " ");
		if (field[i] == NULL)
			return false;
	}
	rest = dash + strlen(" - ");
	type = strsep(&rest, " ");
	(void)strsep(&rest, " ");
	options = strsep(&rest, " ");
	if (options == NULL)
		return false;
	unescape(field[3]);
	unescape(field[4]);
	*ret_mount = (struct jo_mount){field[3], field[4], type, options};
	return true;
}

/* The whole file, with a NUL. */
static int read_text(int fd, char **ret_text)
{
	size_t size = TEXT_FIRST, used = 0;
	char *text = malloc(size), *larger;
	ssize_t n;
	int rc;

	if (text == NULL)
		return -ENOMEM;
	while ((n = read(fd, text + used, size - 1 - used)) > 0) {
		used += (size_t)n;
		if (used < size - 1)
			continue;
		larger = size > TEXT_MAX ? NULL : realloc(text, 2 * size);
		if (larger == NULL) {
			rc = size > TEXT_MAX ? -EFBIG : -ENOMEM;
			free(text);
			return rc;
		}
		text = larger;
		size *= 2;
	}
	if (n < 0) {
		rc = -errno;
		free(text);
		return rc;
	}
	text[used] = '\0';
	*ret_text = text;
	return 0;
}

static size_t count_lines(const char *text)
{
	size_t count = 1;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		count++;
	return count;
}

int jo_mounts_read(const char *root, struct jo_mounts *ret_mounts, struct jo_err *err)
{
	struct jo_mounts mounts = {0};
	char path[PATH_MAX], *rest, *line;
	int fd, rc;

	*ret_mounts = mounts;
	if (snprintf(path, sizeof(path), "%s/proc/self/mountinfo", root) >= (int)sizeof(path))
		return jo_err_set(err, -ENAMETOOLONG, "%s/proc/self/mountinfo", root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s", path);
	rc = read_text(fd, &mounts.text);
	(void)close(fd);
	if (rc < 0)
		return jo_err_sys(err, rc, "read %s", path);
	mounts.list = calloc(count_lines(mounts.text), sizeof(*mounts.list));
	if (mounts.list == NULL) {
		jo_mounts_free(&mounts);
		return jo_err_sys(err, -ENOMEM, "read %s", path);
	}
	rest = mounts.text;
	while ((line = strsep(&rest, "\n")) != NULL)
		mounts.count += parse_line(line, &mounts.list[mounts.count]);
	*ret_mounts = mounts;
	return 0;
}

void jo_mounts_free(struct jo_mounts *mounts)
{
	free(mounts->list);
	free(mounts->text);
	*mounts = (struct jo_mounts){0};
}

/* The mount on which a path without links lies: the longest, and of equal ones the last. */
static const char *type_of(const struct jo_mounts *mounts, const char *path)
{
	const char *type = "no file system";
	size_t longest = 0;

	for (size_t i = 0; i < mounts->count; i++) {
		size_t len = strlen(mounts->list[i].path);

		/* "/" is every path's, also of those whose next byte is no '/'. */
		if (len < longest || strncmp(path, mounts->list[i].path, len) != 0 ||
		    (len > 1 && path[len] != '/' && path[len] != '\0'))
			continue;
		longest = len;
		type = mounts->list[i].type;
	}
	return type;
}

static void drop_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash != NULL)
		*slash = '\0';
}

/* Put what the link at *resolved says in front of *rest; 0 also when it is no link. */
static int follow(char *resolved, char *rest)
{
	char target[PATH_MAX], joined[2 * PATH_MAX];
	ssize_t n = readlink(resolved, target, sizeof(target) - 1);

	if (n <= 0)
		return 0;
	target[n] = '\0';
	if (snprintf(joined, sizeof(joined), "%s/%s", target, rest) >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(rest, joined, strlen(joined) + 1);
	if (target[0] == '/')
		resolved[0] = '\0';
	else
		drop_last(resolved);
	return 1;
}

int jo_mounts_check_local(const struct jo_mounts *mounts, const char *path, struct jo_err *err)
{
	char resolved[2 * PATH_MAX] = "", rest[PATH_MAX];
	int links = 0, rc;

	if (strlen(path) >= sizeof(rest))
		return jo_err_set(err, -ENAMETOOLONG, "%.100s...: the path is too long", path);
	memcpy(rest, path, strlen(path) + 1);
	for (;;) {
		size_t skip = strspn(rest, "/"), len = strcspn(rest + skip, "/");
		char name[NAME_MAX + 1];

		if (len == 0)
			break;
		if (len >= sizeof(name) || strlen(resolved) + len + 2 > PATH_MAX)
			return jo_err_set(err, -ENAMETOOLONG, "%.100s: the path is too long", path);
		memcpy(name, rest + skip, len);
		name[len] = '\0';
		memmove(rest, rest + skip + len, strlen(rest + skip + len) + 1);
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			drop_last(resolved);
			continue;
		}
		strcat(strcat(resolved, "/"), name);
		/* What can hang is not asked; whether it is a link then makes no difference. */
		if (!is_local(type_of(mounts, resolved)))
			continue;
		rc = follow(resolved, rest);
		if (rc < 0)
			return jo_err_sys(err, rc, "%s", path);
		links += rc;
		if (links > LINKS_MAX)
			return jo_err_sys(err, -ELOOP, "%s", path);
	}
	if (!is_local(type_of(mounts, resolved[0] == '\0' ? "/" : resolved)))
		return jo_err_set(err, -EREMOTE,
				  "%s lies on %s, which can hang: expected a file system of this "
				  "host's own",
				  path, type_of(mounts, resolved[0] == '\0' ? "/" : resolved));
	return 0;
}

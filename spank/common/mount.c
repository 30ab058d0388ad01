/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the list of mounts, and of the path no more than links on file systems that are here. */
#include "joboutliers/mount.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As the kernel's own limit. */
#define LINKS_MAX 40

bool jo_mount_can_hang(const char *type)
{
	/* Names of the kernel's modules; an entry that ends in '*' is the beginning of many. */
	static const char *const types[] = {
		"nfs",  "nfs4",  "lustre",   "gpfs",   "beegfs", "fuse*",    "9p",       "cifs",
		"smb*", "ceph",  "afs",      "coda",   "panfs",  "pvfs2",    "orangefs", "wekafs",
		"gfs2", "ocfs2", "gluster*", "davfs*", "ncpfs",  "virtiofs", "autofs",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t len = strcspn(types[i], "*");

		if (types[i][len] == '*' ? strncmp(type, types[i], len) == 0
					 : strcmp(type, types[i]) == 0)
			return true;
	}
	return false;
}

/* ---- the list of mounts ---- */

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

/* Whether path is the folder or lies in it; both absolute, without "." and "//". */
static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/*
 * "36 25 0:31 ROOT PATH OPTIONS [optional...] - TYPE SOURCE SUPER-OPTIONS"; see
 * proc(5).  Takes the line apart; false for one that is not so.
 */
static bool parse_line(char *line, char **ret_path, char **ret_type)
{
	char *dash = strstr(line, " - "), *rest = line, *type;

	if (dash == NULL)
		return false;
	*dash = '\0';
	for (int i = 0; i < 5; i++) {
		*ret_path = strsep(&rest, " ");
		if (*ret_path == NULL)
			return false;
	}
	rest = dash + strlen(" - ");
	type = strsep(&rest, " \n");
	if (type == NULL || type[0] == '\0')
		return false;
	unescape(*ret_path);
	*ret_type = type;
	return true;
}

/* The list as it was when it was opened. */
static int find_type(FILE *mounts, const char *path, char ret_type[static JO_MOUNT_TYPE_SIZE],
		     struct jo_err *err)
{
	char *line = NULL, *mount_path, *type;
	size_t size = 0, longest = 0;
	bool is_found = false;

	rewind(mounts);
	while (getline(&line, &size, mounts) > 0) {
		if (!parse_line(line, &mount_path, &type) || !is_below(path, mount_path))
			continue;
		/* Of two on one folder the later one lies on top. */
		if (is_found && strlen(mount_path) < longest)
			continue;
		is_found = true;
		longest = strlen(mount_path);
		(void)snprintf(ret_type, JO_MOUNT_TYPE_SIZE, "%s", type);
	}
	free(line);
	if (ferror(mounts))
		return jo_err_set(err, -EIO, "the list of mounts cannot be read");
	return is_found ? 0 : jo_err_set(err, -ENOENT, "%s: no file system is mounted there", path);
}

/* ---- the path ---- */

/* Append the next part of *rest to path, in which all links are followed already, so that ".."
 * takes its last part off; 0 when there is none, or -ENAMETOOLONG. */
static int take_part(char path[static PATH_MAX], const char **rest)
{
	size_t used = strlen(path), len;

	do {
		*rest += strspn(*rest, "/");
		len = strcspn(*rest, "/");
		if (len == 1 && (*rest)[0] == '.')
			*rest += 1;
		else
			break;
	} while (len > 0);
	if (len == 0)
		return 0;
	if (len == 2 && strncmp(*rest, "..", 2) == 0) {
		*rest += 2;
		if (used > 0)
			*strrchr(path, '/') = '\0';
		return 1;
	}
	if (used + 1 + len >= PATH_MAX)
		return -ENAMETOOLONG;
	path[used] = '/';
	memcpy(path + used + 1, *rest, len);
	path[used + 1 + len] = '\0';
	*rest += len;
	return 1;
}

/* The target of the link at path into target; 0 for what is no link, or is not there. */
static int read_link(const char *root, const char *path, char target[static PATH_MAX])
{
	char full[PATH_MAX];
	ssize_t len;

	if (snprintf(full, sizeof(full), "%s%s", root, path) >= (int)sizeof(full))
		return -ENAMETOOLONG;
	len = readlink(full, target, PATH_MAX - 1);
	if (len < 0)
		return 0;
	target[len] = '\0';
	return 1;
}

/* What is left to walk after a link: its target, then the rest; path becomes where that begins. */
static int follow(char path[static PATH_MAX], const char *target, char todo[static PATH_MAX],
		  const char *rest)
{
	char joined[PATH_MAX];

	if (snprintf(joined, sizeof(joined), "%s/%s", target, rest) >= (int)sizeof(joined))
		return -ENAMETOOLONG;
	if (target[0] == '/')
		path[0] = '\0';
	else
		*strrchr(path, '/') = '\0';
	memcpy(todo, joined, sizeof(joined));
	return 0;
}

/* Walk from the root as open() does. */
static int walk(const char *root, FILE *mounts, char todo[static PATH_MAX],
		char ret_type[static JO_MOUNT_TYPE_SIZE], struct jo_err *err)
{
	char path[PATH_MAX] = "", target[PATH_MAX];
	const char *rest = todo;
	int link_count = 0, rc;

	for (;;) {
		rc = find_type(mounts, path[0] == '\0' ? "/" : path, ret_type, err);
		if (rc < 0 || jo_mount_can_hang(ret_type))
			return rc;
		rc = path[0] == '\0' ? 0 : read_link(root, path, target);
		if (rc > 0 && ++link_count > LINKS_MAX)
			rc = -ELOOP;
		if (rc > 0) {
			rc = follow(path, target, todo, rest);
			rest = todo;
			if (rc == 0)
				continue;
		}
		if (rc == 0)
			rc = take_part(path, &rest);
		if (rc < 0)
			return jo_err_sys(err, rc, "%s/%s", path, rest);
		if (rc == 0)
			return 0;
	}
}

int jo_mount_type(const char *root, const char *path, char ret_type[static JO_MOUNT_TYPE_SIZE],
		  struct jo_err *err)
{
	char list[PATH_MAX], todo[PATH_MAX], type[JO_MOUNT_TYPE_SIZE];
	FILE *mounts;
	int rc;

	if (path[0] != '/')
		return jo_err_set(err, -EINVAL, "'%.80s': expected an absolute path", path);
	if (snprintf(todo, sizeof(todo), "%s", path) >= (int)sizeof(todo) ||
	    snprintf(list, sizeof(list), "%s/proc/self/mountinfo", root) >= (int)sizeof(list))
		return jo_err_sys(err, -ENAMETOOLONG, "%.80s", path);
	mounts = fopen(list, "re");
	if (mounts == NULL)
		return jo_err_sys(err, -errno, "open %s", list);
	rc = walk(root, mounts, todo, type, err);
	(void)fclose(mounts);
	if (rc == 0)
		memcpy(ret_type, type, sizeof(type));
	return rc;
}

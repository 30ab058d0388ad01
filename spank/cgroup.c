/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds a step's control group; what is read from it is cgroup_read.c's. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* Twelve v1 hierarchies with long paths fit; more than that is cut and not found. */
#define PROC_CGROUP_MAX 16384

/* Slurm names a step's folder so, in every version and on both kinds of cgroup. */
#define STEP_FOLDER "/step_"

void cgroup_init(struct cgroup *cgroup)
{
	memset(cgroup, 0, sizeof(*cgroup));
	cgroup->proc_fd = -1;
	cgroup->unified.fd = cgroup->memory.fd = cgroup->cpuacct.fd = -1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void cgroup_close(struct cgroup *cgroup)
{
	close_fd(&cgroup->proc_fd);
	close_fd(&cgroup->unified.fd);
	close_fd(&cgroup->memory.fd);
	close_fd(&cgroup->cpuacct.fd);
	cgroup->source = JO_MEM_NONE;
}

/* Whether `word` stands in a list of words with commas between. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *c = list; *c != '\0'; c += strcspn(c, ","), c += *c == ',')
		if (strcspn(c, ",") == len && strncmp(c, word, len) == 0)
			return true;
	return false;
}

static void open_mount(struct cgroup_mount *mount, const char *prefix, const char *path,
		       const char *root)
{
	char full[PATH_MAX];

	/* Mounted twice (in a container's folder, say): the first is the host's own. */
	if (mount->fd >= 0 || strlen(root) >= sizeof(mount->root) ||
	    snprintf(full, sizeof(full), "%s%s", prefix, path) >= (int)sizeof(full))
		return;
	mount->fd = open(full, DIR_FLAGS);
	/* "/" is the whole hierarchy; keep it as "", so that root + rest is a path. */
	(void)snprintf(mount->root, sizeof(mount->root), "%s", strcmp(root, "/") == 0 ? "" : root);
}

static void take_mount(struct cgroup *cgroup, const char *prefix, const struct jo_mount *mount)
{
	bool is_v1 = strcmp(mount->type, "cgroup") == 0;

	if (strcmp(mount->type, "cgroup2") == 0)
		open_mount(&cgroup->unified, prefix, mount->path, mount->root);
	if (is_v1 && has_word(mount->options, "memory"))
		open_mount(&cgroup->memory, prefix, mount->path, mount->root);
	/* May share the hierarchy with memory, so no "else" for this one. */
	if (is_v1 && has_word(mount->options, "cpuacct"))
		open_mount(&cgroup->cpuacct, prefix, mount->path, mount->root);
}

int cgroup_open(struct cgroup *cgroup, const char *root, const struct jo_mounts *mounts,
		struct jo_err *err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/proc", root) >= (int)sizeof(path))
		return jo_err_set(err, -ENAMETOOLONG, "%s/proc", root);
	cgroup->proc_fd = open(path, DIR_FLAGS);
	if (cgroup->proc_fd < 0)
		return jo_err_sys(err, -errno, "open %s", path);
	for (size_t i = 0; i < mounts->count; i++)
		take_mount(cgroup, root, &mounts->list[i]);
	return 0;
}

/*
 * Put the folder of the step in which `path`, a process's place in a hierarchy,
 * lies into ret_step[PATH_MAX]; false when it is in none.
 */
static bool find_step(const struct cgroup_mount *mount, const char *path, char *ret_step)
{
	size_t root_len = strlen(mount->root), len;
	const char *step = NULL, *next;

	/* Outside what is mounted here, or seen from another cgroup namespace. */
	if (mount->fd < 0 || strncmp(path, mount->root, root_len) != 0 || path[root_len] != '/' ||
	    strstr(path, "/..") != NULL)
		return false;
	path += root_len;
	for (next = strstr(path, STEP_FOLDER); next != NULL; next = strstr(next + 1, STEP_FOLDER))
		step = next;
	if (step == NULL)
		return false;
	/* Without the first '/', as it is opened from the mount. */
	path++;
	len = (size_t)(step + 1 - path) + strcspn(step + 1, "/");
	if (len >= PATH_MAX)
		return false;
	memcpy(ret_step, path, len);
	ret_step[len] = '\0';
	if (faccessat(mount->fd, ret_step, F_OK, 0) == 0)
		return true;
	ret_step[0] = '\0';
	return false;
}

static void find_v1(struct cgroup *cgroup, const char *controllers, const char *path)
{
	if (cgroup->source == JO_MEM_NONE && has_word(controllers, "memory") &&
	    find_step(&cgroup->memory, path, cgroup->step_path))
		cgroup->source = JO_MEM_CGROUP_V1;
	if (has_word(controllers, "cpuacct"))
		(void)find_step(&cgroup->cpuacct, path, cgroup->cpuacct_path);
}

/* The unified hierarchy counts when it has the memory; beside v1 it is often empty. */
static void find_v2(struct cgroup *cgroup, const char *path)
{
	char step[PATH_MAX], file[PATH_MAX];

	if (!find_step(&cgroup->unified, path, step) ||
	    snprintf(file, sizeof(file), "%s/memory.current", step) >= (int)sizeof(file) ||
	    faccessat(cgroup->unified.fd, file, F_OK, 0) < 0)
		return;
	memcpy(cgroup->step_path, step, sizeof(step));
	cgroup->source = JO_MEM_CGROUP_V2;
}

int cgroup_find(struct cgroup *cgroup, pid_t pid, struct jo_err *err)
{
	char name[32], text[PROC_CGROUP_MAX], *rest = text, *line, *path, *unified_path = NULL;
	size_t used = 0;
	ssize_t n;
	int fd;

	(void)snprintf(name, sizeof(name), "%d/cgroup", (int)pid);
	fd = openat(cgroup->proc_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return jo_err_sys(err, -errno, "open /proc/%s", name);
	while (used < sizeof(text) - 1 && (n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	(void)close(fd);
	text[used] = '\0';

	/* "NUMBER:CONTROLLERS:PATH", with no controllers on the line of v2. */
	while ((line = strsep(&rest, "\n")) != NULL) {
		(void)strsep(&line, ":");
		path = line;
		if (line == NULL || strsep(&path, ":") == NULL || path == NULL)
			continue;
		if (*line == '\0')
			unified_path = path;
		else
			find_v1(cgroup, line, path);
	}
	if (cgroup->source == JO_MEM_NONE && unified_path != NULL)
		find_v2(cgroup, unified_path);
	if (cgroup->source == JO_MEM_NONE)
		return jo_err_set(err, -ENOENT, "process %d is in no step's control group",
				  (int)pid);
	cgroup->job_hits_before = cgroup_job_hits(cgroup);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds a step's control group; what is read from it is cgroup_read.c's. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* Twelve v1 hierarchies with long paths fit; more than that is cut and not found. */
#define PROC_CGROUP_MAX 16384

/* Slurm names a step's folder so, in every version and on both kinds of cgroup. */
#define STEP_FOLDER "/step_"

/* statfs(2)'s names for the two kinds. */
#define MAGIC_V1 0x27e0eb
#define MAGIC_V2 0x63677270

void cgroup_init(struct cgroup *cgroup)
{
	cgroup->proc_fd = -1;
	cgroup->unified = cgroup->memory = cgroup->cpuacct = (struct cgroup_mount){-1, NULL};
	cgroup->has_roots = false;
	cgroup->source = JO_MEM_NONE;
	cgroup->job_hits_before = JO_MISSING;
	cgroup->step_path[0] = cgroup->cpuacct_path[0] = '\0';
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void close_mount(struct cgroup_mount *mount)
{
	close_fd(&mount->fd);
	free(mount->root);
	mount->root = NULL;
}

void cgroup_close(struct cgroup *cgroup)
{
	close_fd(&cgroup->proc_fd);
	close_mount(&cgroup->unified);
	close_mount(&cgroup->memory);
	close_mount(&cgroup->cpuacct);
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

static int open_proc(struct cgroup *cgroup, const char *path, struct jo_err *err)
{
	cgroup->proc_fd = open(path, DIR_FLAGS);
	return cgroup->proc_fd < 0 ? jo_err_sys(err, -errno, "open %s", path) : 0;
}

static void open_usual(struct cgroup_mount *mount, const char *path, unsigned long magic)
{
	struct statfs fs;

	mount->fd = open(path, DIR_FLAGS);
	if (mount->fd >= 0 && (fstatfs(mount->fd, &fs) < 0 || (unsigned long)fs.f_type != magic))
		close_fd(&mount->fd);
}

int cgroup_open_usual(struct cgroup *cgroup, struct jo_err *err)
{
	int rc = open_proc(cgroup, "/proc", err);

	if (rc < 0)
		return rc;
	open_usual(&cgroup->unified, "/sys/fs/cgroup", MAGIC_V2);
	if (cgroup->unified.fd >= 0)
		return 0;
	open_usual(&cgroup->memory, "/sys/fs/cgroup/memory", MAGIC_V1);
	if (cgroup->memory.fd >= 0) {
		open_usual(&cgroup->cpuacct, "/sys/fs/cgroup/cpuacct", MAGIC_V1);
		return 0;
	}
	cgroup_close(cgroup);
	return jo_err_set(err, -ENOENT, "no control groups in /sys/fs/cgroup");
}

/* "/" is the whole hierarchy; keep it as "", so that root + rest is a path. */
static void learn_root(struct cgroup_mount *mount, const struct jo_mount *mounted)
{
	if (mount->fd >= 0 && mount->root == NULL)
		mount->root = strdup(strcmp(mounted->root, "/") == 0 ? "" : mounted->root);
}

static void open_mount(struct cgroup_mount *mount, const char *prefix,
		       const struct jo_mount *mounted)
{
	char full[PATH_MAX];

	/* Mounted twice (in a container's folder, say): the first is the host's own. */
	if (mount->fd < 0 &&
	    snprintf(full, sizeof(full), "%s%s", prefix, mounted->path) < (int)sizeof(full))
		mount->fd = open(full, DIR_FLAGS);
}

/* Learn which folders are mounted; with a prefix, open those that are not open yet. */
static void take_mounts(struct cgroup *cgroup, const char *prefix, const struct jo_mounts *mounts)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct jo_mount *mounted = &mounts->list[i];
		bool is_v1 = strcmp(mounted->type, "cgroup") == 0;
		/* Two of them may share a hierarchy. */
		struct cgroup_mount *const of[] = {
			strcmp(mounted->type, "cgroup2") == 0 ? &cgroup->unified : NULL,
			is_v1 && has_word(mounted->options, "memory") ? &cgroup->memory : NULL,
			is_v1 && has_word(mounted->options, "cpuacct") ? &cgroup->cpuacct : NULL,
		};

		for (size_t k = 0; k < sizeof(of) / sizeof(of[0]); k++) {
			if (of[k] == NULL)
				continue;
			if (prefix != NULL)
				open_mount(of[k], prefix, mounted);
			learn_root(of[k], mounted);
		}
	}
	cgroup->has_roots = true;
}

int cgroup_open(struct cgroup *cgroup, const char *root, const struct jo_mounts *mounts,
		struct jo_err *err)
{
	char path[PATH_MAX];
	int rc;

	if (snprintf(path, sizeof(path), "%s/proc", root) >= (int)sizeof(path))
		return jo_err_set(err, -ENAMETOOLONG, "%s/proc", root);
	rc = open_proc(cgroup, path, err);
	if (rc == 0)
		take_mounts(cgroup, root, mounts);
	return rc;
}

/*
 * Put the folder of the step in which `path`, a process's place in a hierarchy,
 * lies into ret_step[PATH_MAX]; false when it is in none.
 */
static bool find_step(const struct cgroup_mount *mount, const char *path, char *ret_step)
{
	const char *root = mount->root == NULL ? "" : mount->root, *step = NULL, *next;
	size_t root_len = strlen(root), len;

	/* Outside what is mounted here, or seen from another cgroup namespace. */
	if (mount->fd < 0 || strncmp(path, root, root_len) != 0 || path[root_len] != '/' ||
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
	return true;
}

static void find_v1(struct cgroup *cgroup, const char *controllers, const char *path)
{
	if (cgroup->source == JO_MEM_NONE && has_word(controllers, "memory") &&
	    find_step(&cgroup->memory, path, cgroup->step_path) &&
	    faccessat(cgroup->memory.fd, cgroup->step_path, F_OK, 0) == 0)
		cgroup->source = JO_MEM_CGROUP_V1;
	if (has_word(controllers, "cpuacct"))
		(void)find_step(&cgroup->cpuacct, path, cgroup->cpuacct_path);
}

/* The unified hierarchy counts when it has the memory; beside v1 it is often empty. */
static void find_v2(struct cgroup *cgroup, const char *path)
{
	static const char file[] = "/memory.current";
	size_t len;

	if (!find_step(&cgroup->unified, path, cgroup->step_path))
		return;
	len = strlen(cgroup->step_path);
	if (len + sizeof(file) > sizeof(cgroup->step_path))
		return;
	memcpy(cgroup->step_path + len, file, sizeof(file));
	if (faccessat(cgroup->unified.fd, cgroup->step_path, F_OK, 0) == 0)
		cgroup->source = JO_MEM_CGROUP_V2;
	cgroup->step_path[len] = '\0';
}

/* Look for the step in the file in which /proc has a process's places. */
static int find_in(struct cgroup *cgroup, const char *name, struct jo_err *err)
{
	char text[PROC_CGROUP_MAX], *rest = text, *line, *path, *unified_path = NULL;
	size_t used = 0;
	ssize_t n;
	int fd;

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
	return cgroup->source == JO_MEM_NONE
		       ? jo_err_set(err, -ENOENT, "/proc/%s: in no step's control group", name)
		       : 0;
}

/* Where not the topmost folders are mounted, as in a container, names begin with those that are. */
static void learn_roots(struct cgroup *cgroup)
{
	struct jo_mounts mounts;

	if (jo_mounts_read("", &mounts, NULL) < 0)
		return;
	/* A descriptor that is opened here might be of another process than slurmstepd. */
	take_mounts(cgroup, NULL, &mounts);
	jo_mounts_free(&mounts);
}

int cgroup_find(struct cgroup *cgroup, pid_t pid, struct jo_err *err)
{
	char name[32];
	int rc;

	(void)snprintf(name, sizeof(name), "%d/cgroup", (int)pid);
	rc = find_in(cgroup, name, err);
	if (rc == -ENOENT && !cgroup->has_roots) {
		learn_roots(cgroup);
		rc = find_in(cgroup, name, err);
	}
	if (rc == 0)
		cgroup->job_hits_before = cgroup_job_hits(cgroup);
	return rc;
}

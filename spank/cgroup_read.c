/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a step's control group into a record.  A file that is not there, or is
 * not as expected, leaves its fields missing: kernels differ in what they give.
 */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/dirents.h"

/* memory.stat is the longest file read here, 1.5 kB on Linux 6.1. */
#define TEXT_MAX 8192
#define IO_TEXT_MAX 32768 /* some 80 bytes for each device that was touched */

/* A number of 64 bits with its newline, and more than one. */
#define NUMBER_MAX 32

/* What v1 writes for "no limit" is PAGE_COUNTER_MAX in bytes; no node has a quarter of it. */
#define NO_LIMIT_BYTES (INT64_MAX / 4)

/* Tasks of one step on one node are far fewer; a bound all the same. */
#define CHILDREN_MAX 8192

#define NS_PER_US 1000 /* cpuacct.usage counts in nano-seconds */

/* Of the group's CPU time, what processes that were waited for must have had to stand for all: of
 * the rest, a tenth at most can be of the other kind. */
#define WAITED_SHARE 0.9

/* A step's folders, open for one reading. */
struct view {
	int step_fd;  /* for memory (v1) or for everything (v2) */
	int tasks_fd; /* v2: the tasks alone where Slurm keeps slurmstepd apart, else the step */
};

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static int open_folder(int dir_fd, const char *path)
{
	return dir_fd < 0 || path[0] == '\0' ? -1 : openat(dir_fd, path, DIR_FLAGS);
}

static void close_folder(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

static struct view open_view(const struct cgroup *cgroup)
{
	bool is_v2 = cgroup->source == JO_MEM_CGROUP_V2;
	struct view view;

	view.step_fd =
		open_folder(is_v2 ? cgroup->unified.fd : cgroup->memory.fd, cgroup->step_path);
	view.tasks_fd = is_v2 ? open_folder(view.step_fd, "user") : -1;
	if (is_v2 && view.tasks_fd < 0)
		view.tasks_fd = open_folder(view.step_fd, ".");
	return view;
}

static void close_view(const struct view *view)
{
	close_folder(view->step_fd);
	close_folder(view->tasks_fd);
}

/* How many bytes that are, with a NUL behind; -1 for a file that is not there, or does not fit. */
static ssize_t read_text(int dir_fd, const char *name, char *text, size_t size)
{
	ssize_t n;
	int fd;

	if (dir_fd < 0)
		return -1;
	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	/* The kernel makes such a file in one piece, and gives all of it that fits. */
	n = read(fd, text, size - 1);
	(void)close(fd);
	if (n < 0 || (size_t)n == size - 1)
		return -1;
	text[n] = '\0';
	return n;
}

/* A number that ends where a field ends: "max", "-1" and a cut file are none. */
static bool parse_number(const char *text, int64_t *ret_value)
{
	unsigned long long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || value > INT64_MAX || (*end != '\n' && *end != ' '))
		return false;
	*ret_value = (int64_t)value;
	return true;
}

static void read_number(int dir_fd, const char *name, int64_t *ret_value)
{
	char text[NUMBER_MAX];

	if (read_text(dir_fd, name, text, sizeof(text)) > 0)
		(void)parse_number(text, ret_value);
}

/* The number behind "key" and a separator, where key starts a line. */
static bool find_number(const char *text, const char *key, char separator, int64_t *ret_value)
{
	size_t len = strlen(key);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) == 0 && line[len] == separator)
			return parse_number(line + len + 1, ret_value);
	}
	return false;
}

/* One file of "key number" lines, and where the numbers go. */
struct key_target {
	const char *key;
	int64_t *ret_value;
};

static void read_keys(int dir_fd, const char *name, const struct key_target *targets)
{
	char text[TEXT_MAX];

	if (read_text(dir_fd, name, text, sizeof(text)) <= 0)
		return;
	for (; targets->key != NULL; targets++)
		(void)find_number(text, targets->key, ' ', targets->ret_value);
}

static void take_smaller(int64_t *limit, int64_t value)
{
	if (value < NO_LIMIT_BYTES && (*limit == JO_MISSING || value < *limit))
		*limit = value;
}

/* v2 keeps a limit at each level; the smallest on the way up is the one that holds. */
static void read_limit_v2(const struct cgroup *cgroup, const struct view *view, int64_t *ret_limit)
{
	char name[PATH_MAX] = "memory.max", up[PATH_MAX];
	int64_t limit = JO_MISSING, value;

	value = JO_MISSING;
	read_number(view->tasks_fd, "memory.max", &value);
	if (value != JO_MISSING)
		take_smaller(&limit, value);
	/* One level for each folder of the path: never above the mount. */
	for (const char *c = cgroup->step_path; c != NULL; c = strchr(c + 1, '/')) {
		value = JO_MISSING;
		read_number(view->step_fd, name, &value);
		if (value != JO_MISSING)
			take_smaller(&limit, value);
		if (strlen(name) + 4 > sizeof(name))
			break;
		memcpy(up, name, sizeof(up));
		memcpy(name, "../", 3);
		memcpy(name + 3, up, strlen(up) + 1);
	}
	if (limit != JO_MISSING)
		*ret_limit = limit;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=1234" and the same for "full". */
static void read_pressure(int dir_fd, const char *name, int64_t *ret_some, int64_t *ret_full)
{
	static const char *const words[] = {"some ", "full "};
	int64_t *const targets[] = {ret_some, ret_full};
	char text[TEXT_MAX];

	if (read_text(dir_fd, name, text, sizeof(text)) <= 0)
		return;
	for (size_t i = 0; i < 2; i++) {
		const char *line = strstr(text, words[i]), *total;

		if (line == NULL || targets[i] == NULL)
			continue;
		total = strstr(line, "total=");
		if (total != NULL)
			(void)parse_number(total + strlen("total="), targets[i]);
	}
}

/* One line per device: "8:0 rbytes=1 wbytes=2 rios=3 ..."; none yet means nothing was read. */
static void read_io(int dir_fd, int64_t *ret_read, int64_t *ret_written)
{
	static const char *const words[] = {" rbytes=", " wbytes="};
	int64_t sums[2] = {0, 0}, value;
	char text[IO_TEXT_MAX];

	/* An empty file is an answer; no file, or one that does not fit, is none. */
	if (read_text(dir_fd, "io.stat", text, sizeof(text)) < 0)
		return;
	for (size_t i = 0; i < 2; i++) {
		const char *found = text;

		while ((found = strstr(found, words[i])) != NULL) {
			found += strlen(words[i]);
			if (parse_number(found, &value) &&
			    __builtin_add_overflow(sums[i], value, &sums[i]))
				return;
		}
	}
	*ret_read = sums[0];
	*ret_written = sums[1];
}

static void read_v2(const struct cgroup *cgroup, const struct view *view, struct jo_record *record)
{
	int tasks_fd = view->tasks_fd;

	read_number(tasks_fd, "memory.peak", &record->mem_peak_bytes);
	if (record->mem_peak_bytes != JO_MISSING)
		record->mem_source = JO_MEM_CGROUP_V2;
	read_number(tasks_fd, "memory.swap.peak", &record->swap_peak_bytes);
	read_limit_v2(cgroup, view, &record->mem_limit_bytes);
	/* Slurm limits the step's folder, above that of the tasks; events count upwards. */
	read_keys(view->step_fd, "memory.events",
		  (const struct key_target[]){{"max", &record->mem_limit_hit_count},
					      {"oom_kill", &record->oom_kill_count},
					      {NULL, NULL}});
	read_keys(tasks_fd, "memory.stat",
		  (const struct key_target[]){{"pgmajfault", &record->major_fault_count},
					      {NULL, NULL}});
	read_keys(tasks_fd, "cpu.stat",
		  (const struct key_target[]){{"user_usec", &record->cpu_user_us},
					      {"system_usec", &record->cpu_system_us},
					      {NULL, NULL}});
	/* Slurm suspends a step by freezing the folder of its tasks. */
	read_keys(
		tasks_fd, "cgroup.stat.local",
		(const struct key_target[]){{"frozen_usec", &record->suspended_us}, {NULL, NULL}});
	read_io(tasks_fd, &record->read_bytes, &record->write_bytes);
	read_pressure(tasks_fd, "cpu.pressure", &record->psi_cpu_some_us, NULL);
	read_pressure(tasks_fd, "memory.pressure", &record->psi_memory_some_us,
		      &record->psi_memory_full_us);
	read_pressure(tasks_fd, "io.pressure", &record->psi_io_some_us, &record->psi_io_full_us);
}

/* v1 counts a kill where the victim was: in the step's folder or that of a task. */
static void read_kills_v1(int step_fd, int64_t *ret_count)
{
	char text[TEXT_MAX], name[NAME_MAX + sizeof("/memory.oom_control")];
	const struct jo_dirent *entry;
	struct jo_dirents dirents;
	int64_t sum = 0, value;
	int seen = 0;

	if (read_text(step_fd, "memory.oom_control", text, sizeof(text)) <= 0 ||
	    !find_number(text, "oom_kill", ' ', &sum))
		return;
	jo_dirents_init(&dirents, step_fd);
	while (seen++ < CHILDREN_MAX && (entry = jo_dirents_next(&dirents)) != NULL) {
		if (entry->type != DT_DIR || entry->name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "%s/memory.oom_control", entry->name);
		if (read_text(step_fd, name, text, sizeof(text)) > 0 &&
		    find_number(text, "oom_kill", ' ', &value))
			sum += value;
	}
	*ret_count = sum;
}

/* By its whole path, as mostly one file is read there. */
static void read_cpuacct(const struct cgroup *cgroup, const char *name, int64_t *ret_value)
{
	char path[PATH_MAX];

	if (cgroup->cpuacct_path[0] != '\0' &&
	    snprintf(path, sizeof(path), "%s/%s", cgroup->cpuacct_path, name) < (int)sizeof(path))
		read_number(cgroup->cpuacct.fd, path, ret_value);
}

/*
 * Only the sum is counted on v1; for the two parts the kernel looks at each tick
 * which it is, and what runs between ticks is in neither.  So the parts tell how
 * to split the sum.  Those of getrusage, which are there already, do where they
 * are of nearly all of it; else the group's own are read.
 */
static void read_cpu_v1(const struct cgroup *cgroup, struct jo_record *record)
{
	int64_t sum_ns = JO_MISSING, user = record->cpu_user_us, system = record->cpu_system_us;
	int64_t own_user = JO_MISSING, own_system = JO_MISSING;
	double user_share = 1;

	read_cpuacct(cgroup, "cpuacct.usage", &sum_ns);
	if (sum_ns == JO_MISSING)
		return;
	if (user == JO_MISSING || system == JO_MISSING ||
	    (double)user + (double)system < WAITED_SHARE * (double)sum_ns / NS_PER_US) {
		read_cpuacct(cgroup, "cpuacct.usage_user", &own_user);
		read_cpuacct(cgroup, "cpuacct.usage_sys", &own_system);
	}
	if (own_user != JO_MISSING && own_system != JO_MISSING &&
	    (own_user != 0 || own_system != 0)) {
		user = own_user;
		system = own_system;
	}
	if (user != JO_MISSING && system != JO_MISSING && (user != 0 || system != 0))
		user_share = (double)user / ((double)user + (double)system);
	record->cpu_user_us = (int64_t)((double)(sum_ns / NS_PER_US) * user_share);
	record->cpu_system_us = sum_ns / NS_PER_US - record->cpu_user_us;
}

static void read_v1(const struct cgroup *cgroup, const struct view *view, struct jo_record *record)
{
	int64_t limit = JO_MISSING;

	read_number(view->step_fd, "memory.max_usage_in_bytes", &record->mem_peak_bytes);
	if (record->mem_peak_bytes != JO_MISSING)
		record->mem_source = JO_MEM_CGROUP_V1;
	read_number(view->step_fd, "memory.failcnt", &record->mem_limit_hit_count);
	read_keys(view->step_fd, "memory.stat",
		  (const struct key_target[]){{"hierarchical_memory_limit", &limit},
					      {"total_pgmajfault", &record->major_fault_count},
					      {NULL, NULL}});
	if (limit != JO_MISSING)
		take_smaller(&record->mem_limit_bytes, limit);
	read_kills_v1(view->step_fd, &record->oom_kill_count);
	read_cpu_v1(cgroup, record);
}

int64_t cgroup_job_hits(const struct cgroup *cgroup)
{
	bool is_v2 = cgroup->source == JO_MEM_CGROUP_V2;
	int fd = is_v2 ? cgroup->unified.fd : cgroup->memory.fd;
	int64_t count = JO_MISSING;
	char name[PATH_MAX];

	/* The job's folder is the one around the step's; ".local" leaves out the steps' own. */
	if (cgroup->source == JO_MEM_NONE ||
	    snprintf(name, sizeof(name), "%s/../%s", cgroup->step_path,
		     is_v2 ? "memory.events.local" : "memory.failcnt") >= (int)sizeof(name))
		return JO_MISSING;
	if (is_v2)
		read_keys(fd, name, (const struct key_target[]){{"max", &count}, {NULL, NULL}});
	else
		read_number(fd, name, &count);
	return count;
}

void cgroup_read(const struct cgroup *cgroup, struct jo_record *record)
{
	struct view view = open_view(cgroup);
	int64_t job_hits;

	switch (cgroup->source) {
	case JO_MEM_NONE:
		break;
	case JO_MEM_CGROUP_V1:
		read_v1(cgroup, &view, record);
		break;
	case JO_MEM_CGROUP_V2:
		read_v2(cgroup, &view, record);
		break;
	}
	job_hits = cgroup_job_hits(cgroup);
	if (record->mem_limit_hit_count != JO_MISSING && job_hits != JO_MISSING &&
	    job_hits > cgroup->job_hits_before && cgroup->job_hits_before != JO_MISSING)
		record->mem_limit_hit_count += job_hits - cgroup->job_hits_before;
	close_view(&view);
}

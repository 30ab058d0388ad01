/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin's hooks as Slurm calls them, and as it should not: each scene is a
 * process of its own, like a slurmstepd, with a Slurm that the test plays.
 * Every hook of a step succeeds in every scene.
 */
#ifndef SPANK_SCENE_H
#define SPANK_SCENE_H

#include "fakes/slurm.h"
#include "fakes/tree.h"
#include "joboutliers/record.h"
#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <slurm/slurm.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECORDS_MAX 16

#define MAYBE_UNUSED __attribute__((unused))

static char spool_arg[256], attributes_arg[256];
static char *plugin_argv[] = {spool_arg, attributes_arg, NULL, NULL, NULL};
static int plugin_argc = 2;

/* In a scene's process: what went wrong in it. */
static int failures;

#define scene_check(cond)                                                                          \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			printf("# line %d: %s (log: %s)\n", __LINE__, #cond, fake_slurm.last_log); \
			failures++;                                                                \
		}                                                                                  \
	} while (0)

#define hook(name) scene_check(slurm_spank_##name(NULL, plugin_argc, plugin_argv) == 0)

MAYBE_UNUSED static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* What Slurm puts into the environment of a task alone, in the task: name, value, ..., NULL. */
static const char *const *task_environment;

/* What a task does with what it finds, or NULL. */
static void (*task_work)(void);

/* Lines that the hooks in a task log. */
static int task_log_count;

/* A task that ends as wait(2) then tells. */
MAYBE_UNUSED static void run_task(int exit_status, int signal)
{
	pid_t pid = fork();

	if (pid == 0) {
		fake_slurm.log_count = 0;
		hook(task_init_privileged);
		for (size_t i = 0; task_environment != NULL && task_environment[i] != NULL; i += 2)
			fake_setenv(task_environment[i], task_environment[i + 1]);
		hook(task_init);
		scene_check(fake_slurm.log_count == task_log_count);
		if (task_work != NULL)
			task_work();
		if (failures != 0)
			_exit(99);
		if (signal != 0)
			(void)raise(signal);
		_exit(exit_status);
	}
	fake_slurm.task_id++;
	fake_slurm.task_pid = pid;
	hook(task_post_fork);
	(void)waitpid(pid, &fake_slurm.task_status, 0);
	hook(task_exit);
}

MAYBE_UNUSED static void begin(void)
{
	hook(init);
	hook(init_post_opt);
	hook(user_init);
}

MAYBE_UNUSED static void whole_step(void)
{
	int before = count_descriptors();

	begin();
	run_task(0, 0);
	hook(exit);
	scene_check(count_descriptors() == before);
}

/* --- what the spool holds afterwards --- */

static json_t *records[RECORDS_MAX];
static size_t record_count;

MAYBE_UNUSED static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

MAYBE_UNUSED static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

MAYBE_UNUSED static void drop_records(void)
{
	while (record_count > 0)
		json_decref(records[--record_count]);
}

/* Reads and removes what is in the node's new/, oldest first. */
MAYBE_UNUSED static void take_records(void)
{
	struct dirent **entries;
	char path[512];
	int count = scandir(tree_at("spool/n1/new"), &entries, is_visible, by_name);

	drop_records();
	for (int i = 0; i < count; i++) {
		json_error_t error;

		(void)snprintf(path, sizeof(path), "%s/%s", tree_at("spool/n1/new"),
			       entries[i]->d_name);
		free(entries[i]);
		if (record_count == RECORDS_MAX)
			continue;
		records[record_count] = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
		if (records[record_count] == NULL)
			ok(0, "%s: %s", path, error.text);
		else
			record_count++;
		(void)unlink(path);
	}
	if (count >= 0)
		free(entries);
}

MAYBE_UNUSED static const char *text_of(size_t i, const char *name)
{
	const char *text =
		i < record_count ? json_string_value(json_object_get(records[i], name)) : NULL;

	return text == NULL ? "" : text;
}

MAYBE_UNUSED static int64_t number_of(size_t i, const char *name)
{
	const json_t *value = i < record_count ? json_object_get(records[i], name) : NULL;

	return json_is_integer(value) ? json_integer_value(value) : JO_MISSING;
}

/* Play a scene in a process of its own, and take the records it left. */
MAYBE_UNUSED static void play(void (*scene)(void), const char *what)
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		fake_slurm_reset(S_CTX_REMOTE);
		scene();
		(void)fflush(stdout);
		exit(failures != 0);
	}
	(void)waitpid(pid, &status, 0);
	is_int(status, 0, "%s: no hook fails and nothing is left open", what);
	take_records();
}

MAYBE_UNUSED static void is_kinds(const char *kinds)
{
	char got[128] = "";

	for (size_t i = 0; i < record_count; i++)
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			       i == 0 ? "" : " ", text_of(i, "kind"));
	is_str(got, kinds, "and leaves the records '%s'", kinds);
}

MAYBE_UNUSED static void begin_scenes(void)
{
	(void)umask(022);
	(void)snprintf(spool_arg, sizeof(spool_arg), "spool=%s/spool", tree_make());
	(void)snprintf(attributes_arg, sizeof(attributes_arg), "attributes=%s", tree_at("."));
	(void)setenv("SLURMD_NODENAME", "n1", 1);
	(void)setenv("SLURM_CONF", tree_at("slurm.conf"), 1);
	tree_shell("mkdir -m 755 spool; echo ClusterName=test >slurm.conf");
}

MAYBE_UNUSED static int end_scenes(void)
{
	drop_records();
	tree_shell("! ls -A | grep -e sjobattr -e sjobprofile");
	tree_remove();
	return tap_done();
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hostile environments, spools that cannot be written, a Slurm that refuses: every hook succeeds.
 */
#include "spank_scene.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static void scene_hostile_environment(void)
{
	static char huge[70000];

	memset(huge, '"', sizeof(huge) - 1);
	fake_setenv("SLURM_JOB_NAME", huge);
	fake_setenv("SLURM_JOB_PARTITION", "a\nb\033[2J\377");
	fake_setenv("SLURM_CLUSTER_NAME", "");
	fake_setenv("SLURM_JOB_ACCOUNT", huge);
	fake_setenv("SLURM_JOB_START_TIME", "-5");
	fake_setenv("SLURM_JOB_END_TIME", "99999999999999999999999");
	fake_setenv("SLURM_HET_SIZE", "999999999999");
	fake_setenv("SLURMD_NODENAME", "../../etc");
	fake_setenv("SLURM_JOBOUTLIERS_INPUT", huge);
	fake_setenv("SLURM_JOBOUTLIERS_CLASS", huge);
	fake_setenv("SLURM_JOBOUTLIERS_ATTRS", huge);
	fake_setenv("SJOB_INPUT_SIZE", huge);
	whole_step();
}

static void scene_no_attributes(void)
{
	(void)snprintf(attributes_arg, sizeof(attributes_arg), "attributes=/nowhere/at/all");
	whole_step();
	scene_check(fake_slurm.log_count == 1);
}

static void scene_setenv_refused(void)
{
	fake_slurm.refuses_setenv = true;
	fake_slurm.refuses_options = true;
	task_log_count = 1;
	whole_step();
	scene_check(fake_slurm.log_count == 1);
}

static void scene_no_spool(void)
{
	(void)snprintf(spool_arg, sizeof(spool_arg), "spool=/nowhere/at/all");
	whole_step();
	scene_check(fake_slurm.log_count == 1);
}

static void scene_open_spool(void)
{
	(void)chmod(tree_at("spool"), 0777);
	whole_step();
	(void)chmod(tree_at("spool"), 0755);
	scene_check(fake_slurm.log_count == 1);
}

static void scene_spool_replaced(void)
{
	begin();
	tree_shell("mv spool moved; ln -s /tmp spool");
	run_task(0, 0);
	hook(exit);
	tree_shell("rm spool; mv moved spool");
	scene_check(fake_slurm.log_count == 0);
}

static void scene_full_spool(void)
{
	plugin_argv[2] = "files_max=1";
	plugin_argc = 3;
	task_log_count = 1;
	begin();
	run_task(0, 0);
	tree_shell("rm -f spool/n1/new/foreign");
	hook(exit);
	scene_check(fake_slurm.log_count == 0);
}

/* From here on the kernel lists no folder for this process. */
static void break_listing(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getdents64, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	scene_check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	scene_check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void scene_sick_spool(void)
{
	break_listing();
	whole_step();
	scene_check(fake_slurm.log_count == 1);
	scene_check(strstr(fake_slurm.last_log, "list new: Input/output error") != NULL);
}

static void scene_bad_argument(void)
{
	plugin_argv[2] = "colour=red";
	plugin_argc = 3;
	whole_step();
	scene_check(fake_slurm.log_count == 1);
	scene_check(strstr(fake_slurm.last_log, "colour=red") != NULL);
}

/* --- */

static void check_hostile_environment(void)
{
	play(scene_hostile_environment, "a hostile environment");
	is_kinds("start end");
	is_str(text_of(1, "input_source"), "invalid", "nonsense is told");
	is_str(text_of(1, "partition"), "a?b?[2J?", "names are cleaned");
	is_str(text_of(1, "node"), "n1", "the node's name is slurmd's word");
	ok(number_of(1, "time_limit_us") == JO_MISSING, "a limit that is none is missing");
}

static void check_missing_items(void)
{
	static int item;

	for (item = 0; item <= S_JOB_ARRAY_TASK_ID; item++) {
		int status = -1;
		pid_t pid;

		(void)fflush(stdout);
		pid = fork();
		if (pid == 0) {
			fake_slurm_reset(S_CTX_REMOTE);
			fake_slurm.is_missing[item] = true;
			whole_step();
			exit(failures != 0);
		}
		(void)waitpid(pid, &status, 0);
		take_records();
		if (status != 0 || (record_count != 2 && item != S_JOB_ID && item != S_JOB_STEPID &&
				    item != S_JOB_UID && item != S_JOB_GID))
			ok(0, "a Slurm without item %d: status %d, %zu records", item, status,
			   record_count);
	}
	ok(1, "a Slurm without one of its items is recorded all the same");
}

static void check_troubles(void)
{
	play(scene_no_attributes, "no folder for attribute files");
	is_kinds("start end");
	play(scene_setenv_refused, "a Slurm that refuses");
	is_kinds("start end");
	play(scene_no_spool, "no spool");
	is_kinds("");
	play(scene_open_spool, "a spool open to all");
	is_kinds("");
	play(scene_spool_replaced, "a spool replaced while the step runs");
	is_kinds("start end");
	tree_shell("mkdir -p spool/n1/new; touch spool/n1/new/foreign");
	play(scene_full_spool, "a full spool, emptied while the step runs");
	is_kinds("end");
	is_int(number_of(0, "dropped_count"), 1, "the end tells of the start that was dropped");
	play(scene_sick_spool, "a spool that cannot be listed");
	is_kinds("");
	play(scene_bad_argument, "an unknown argument");
	is_kinds("start end");
	is_int(number_of(0, "dropped_count"), 3,
	       "both that were not written are counted, and the count does not go down");
}

int main(void)
{
	begin_scenes();
	check_hostile_environment();
	check_missing_items();
	check_troubles();
	return end_scenes();
}

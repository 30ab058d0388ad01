/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hooks record of steps of every kind, and do in the other contexts. */
#include "spank_scene.h"

static void scene_options(void)
{
	hook(init);
	scene_check(fake_option("input-size", "40G", 1) == 0);
	scene_check(fake_option("input-size", "40G", 1) == 0);
	scene_check(fake_option("job-class", "a|b", 1) == 0);
	scene_check(fake_option("job-attr", "k=v", 1) == 0);
	scene_check(fake_option("input-files", "/etc/shadow", 1) == 0);
	hook(init_post_opt);
	hook(user_init);
	run_task(0, 0);
	hook(exit);
	scene_check(fake_slurm.log_count == 0);
}

static void scene_three_tasks(void)
{
	fake_slurm.task_count = 3;
	begin();
	run_task(0, 0);
	run_task(0, SIGTERM);
	run_task(7, 0);
	hook(exit);
}

static void scene_lost_task(void)
{
	fake_slurm.task_count = 2;
	begin();
	run_task(3, 0);
	hook(exit);
}

static void scene_no_task(void)
{
	begin();
	hook(exit);
}

static void scene_twice(void)
{
	hook(init);
	hook(init_post_opt);
	hook(init_post_opt);
	hook(user_init);
	hook(user_init);
	run_task(0, 0);
	hook(task_exit);
	hook(task_exit);
	hook(exit);
	hook(exit);
	hook(task_exit);
}

static void scene_out_of_order(void)
{
	hook(exit);
	hook(task_exit);
	hook(task_post_fork);
	hook(user_init);
	hook(init_post_opt);
	hook(init);
	hook(exit);
}

static void scene_without_init(void)
{
	hook(user_init);
	hook(task_post_fork);
	hook(task_exit);
	hook(exit);
}

static void scene_extern(void)
{
	fake_slurm.step_id = 0xfffffffc;
	whole_step();
	scene_check(fake_getenv("SJOB_ATTRIBUTES") == NULL);
}

static void scene_batch(void)
{
	fake_slurm.step_id = SLURM_BATCH_SCRIPT;
	fake_slurm.node_count = 0;
	whole_step();
}

/*
 * What the script finds in its environment comes after the hooks of its start;
 * the job was submitted from within another one.
 */
static void scene_late_environment(void)
{
	static const char *const added[] = {"SLURM_JOB_USER",
					    "ada",
					    "SLURM_JOB_NAME",
					    "other",
					    "SLURM_RESTART_COUNT",
					    "3",
					    "SLURM_JOB_START_TIME",
					    "1000",
					    "SLURM_JOB_END_TIME",
					    "1060",
					    "SLURM_JOB_SLUID",
					    "sMINE",
					    NULL};

	fake_slurm.step_id = SLURM_BATCH_SCRIPT;
	fake_setenv("SLURM_JOB_START_TIME", "500");
	fake_setenv("SLURM_JOB_END_TIME", "9000");
	fake_setenv("SLURM_JOB_SLUID", "sOUTER");
	task_environment = added;
	whole_step();
}

/* As Slurm 26.05: a step of its own knows the job's end in its tasks alone. */
static void scene_limit_in_task(void)
{
	static const char *const added[] = {"SLURM_JOB_START_TIME",
					    "1000",
					    "SLURM_JOB_END_TIME",
					    "1060",
					    "SLURM_JOB_SLUID",
					    "sMINE",
					    NULL};

	fake_slurm.task_count = 2;
	task_environment = added;
	begin();
	run_task(0, 0);
	run_task(0, 0);
	hook(exit);
}

/* An interactive step in the job of an older Slurm, whose tasks are told no end. */
static void scene_no_limit(void)
{
	fake_slurm.step_id = SLURM_INTERACTIVE_STEP;
	whole_step();
}

static int call_hook(void *hook_function)
{
	scene_check(((spank_f *)hook_function)(NULL, plugin_argc, plugin_argv) == 0);
	return 0;
}

/*
 * As newer Slurm with ContainSpank: a child that shares our memory, but has its
 * own descriptors, of which none that it opens is ours.
 */
static void hook_in_child(spank_f *hook_function)
{
	static _Alignas(16) char stack[1 << 20];
	pid_t pid = clone(call_hook, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
			  (void *)hook_function);

	scene_check(pid > 0 && waitpid(pid, NULL, 0) == pid);
}

static void declare_in_task(void)
{
	FILE *file = fopen(fake_getenv("SJOB_ATTRIBUTES"), "a");

	scene_check(file != NULL && fputs("k=v\n", file) > 0 && fclose(file) == 0);
}

static void scene_hooks_in_children(void)
{
	int before = count_descriptors(), ours;
	pid_t pid;

	hook(init);
	hook(init_post_opt);
	hook_in_child(slurm_spank_user_init);
	/* Takes the number that the child's file had. */
	ours = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		hook(task_init_privileged);
		declare_in_task();
		_exit(failures);
	}
	fake_slurm.task_pid = pid;
	hook_in_child(slurm_spank_task_post_fork);
	(void)waitpid(pid, &fake_slurm.task_status, 0);
	scene_check(fake_slurm.task_status == 0);
	hook_in_child(slurm_spank_task_exit);
	hook(exit);
	scene_check(close(ours) == 0);
	scene_check(count_descriptors() == before);
}

static void scene_interactive(void)
{
	fake_slurm.step_id = SLURM_INTERACTIVE_STEP;
	whole_step();
}

static void scene_identity(void)
{
	static char *argv[] = {"python3", "/home/me/x.py", "--password=hunter2", NULL};

	fake_slurm.argc = 3;
	fake_slurm.argv = argv;
	fake_slurm.array_id = 4000;
	fake_slurm.array_task_id = 0;
	fake_setenv("SLURM_RESTART_COUNT", "2");
	fake_setenv("SLURM_JOB_PARTITION", "long");
	fake_setenv("SLURM_JOB_START_TIME", "1000");
	fake_setenv("SLURM_JOB_END_TIME", "4600");
	fake_setenv("SLURM_HET_SIZE", "2");
	fake_setenv("SLURM_JOB_ID_HET_GROUP_0", "4710");
	fake_setenv("SLURM_JOB_ID_PACK_GROUP_1", "4711");
	fake_setenv("SLURM_JOB_SLUID", "s47NM81K0R3G00");
	whole_step();
}

static void declare_size_in_task(void)
{
	const char *path = fake_getenv("SJOB_ATTRIBUTES");
	FILE *file = path == NULL ? NULL : fopen(path, "a");

	scene_check(file != NULL);
	if (file != NULL) {
		(void)fputs("input_size=5G\nfilter_words=174\nno attribute\n", file);
		(void)fclose(file);
	}
}

static void scene_attributes(void)
{
	task_work = declare_size_in_task;
	whole_step();
	scene_check(fake_slurm.log_count == 1);
}

/* A program that leaves samples where it is told to. */
static void sample_in_task(void)
{
	const char *to = fake_getenv("SJOB_PROFILE_TO");
	char path[PATH_MAX];
	FILE *file;

	scene_check(to != NULL && strncmp(to, "20:/", 4) == 0);
	scene_check(strcmp(fake_getenv("PYTHONPATH"), "/ours:/theirs") == 0);
	(void)snprintf(path, sizeof(path), "%s/ended", to == NULL ? "" : to + 3);
	file = fopen(path, "a");
	scene_check(file != NULL);
	if (file != NULL) {
		(void)fputs("main (a.py:1);f (a.py:2) 7\n", file);
		(void)fclose(file);
	}
}

static void look_in_task(void)
{
	scene_check(fake_getenv("SJOB_PROFILE_TO") == NULL);
	scene_check(fake_getenv("PYTHONPATH") == NULL);
}

static void sample(const char *arg)
{
	static char text[64];

	(void)snprintf(text, sizeof(text), "%s", arg);
	plugin_argv[2] = text;
	plugin_argv[3] = "profile_python=/ours";
	plugin_argc = 4;
	fake_setenv("SLURM_JOBOUTLIERS_PROFILE", "20");
}

static void scene_sampled(void)
{
	sample("profile=ask");
	fake_setenv("PYTHONPATH", "/theirs");
	task_work = sample_in_task;
	whole_step();
	scene_check(fake_slurm.log_count == 0);
}

static void scene_not_sampled(void)
{
	sample("profile=off");
	task_work = look_in_task;
	whole_step();
}

static void scene_without_samples(void)
{
	sample("profile=on");
	whole_step();
	scene_check(fake_slurm.log_count == 0);
}

static void scene_slurmd(void)
{
	fake_slurm.context = S_CTX_SLURMD;
	hook(init);
	hook(exit);
	scene_check(fake_slurm.log_count == 0);
}

static void scene_slurmd_without_conf(void)
{
	fake_slurm.context = S_CTX_SLURMD;
	hook(init);
	scene_check(fake_slurm.log_count == 1);
}

static void scene_named_cluster(void)
{
	plugin_argv[2] = "cluster=other";
	plugin_argc = 3;
	whole_step();
}

static const char *traceparent_setting;

static void see_context(void)
{
	bool is_on = strcmp(traceparent_setting, "traceparent=yes") == 0;

	scene_check((fake_getenv("TRACEPARENT") != NULL) == is_on);
	scene_check((fake_getenv("SLURM_JOBOUTLIERS_TRACE") != NULL) == is_on);
	scene_check((fake_getenv("TRACESTATE") == NULL) == is_on);
}

static void scene_traced(void)
{
	plugin_argv[2] = (char *)(uintptr_t)traceparent_setting;
	plugin_argc = 3;
	fake_setenv("TRACESTATE", "of=nothing");
	task_work = see_context;
	whole_step();
	scene_check(fake_slurm.log_count == (strchr("yn", traceparent_setting[12]) == NULL));
}

static void scene_traced_srun(void)
{
	plugin_argv[2] = (char *)(uintptr_t)traceparent_setting;
	plugin_argc = 3;
	fake_slurm.context = S_CTX_LOCAL;
	hook(init);
	hook(init_post_opt);
	scene_check((getenv("SLURM_JOBOUTLIERS_TRACE") != NULL) ==
		    (strcmp(traceparent_setting, "traceparent=yes") == 0));
	scene_check(fake_slurm.log_count == 0);
	hook(exit);
}

static void scene_job_script(void)
{
	fake_slurm.context = S_CTX_JOB_SCRIPT;
	hook(init);
	hook(init_post_opt);
	hook(exit);
	scene_check(fake_slurm.option_count == 0);
}

static void scene_srun(void)
{
	fake_slurm.context = S_CTX_LOCAL;
	hook(init);
	scene_check(fake_option("input-size", "10Q", 0) < 0);
	scene_check(fake_slurm.log_count == 1);
	scene_check(strstr(fake_slurm.last_log, "'10Q'") != NULL);
	scene_check(fake_option("job-class", "align", 0) == 0);
	scene_check(fake_option("input-size", "1K", 0) == 0);
	hook(init_post_opt);
	scene_check(strcmp(getenv("SLURM_JOBOUTLIERS_INPUT"), "option:1024:") == 0);
	scene_check(strcmp(getenv("SLURM_JOBOUTLIERS_CLASS"), "own:align") == 0);
	hook(exit);
}

/* --- */

static void check_identity(void)
{
	play(scene_identity, "an srun step");
	is_kinds("start end");
	is_str(text_of(1, "class_name"), "nightly/x.py", "class");
	is_str(text_of(1, "program"), "x.py", "the script, not the interpreter");
	is_str(text_of(1, "cluster"), "",
	       "no cluster before slurmd told it, whatever the job says");
	is_str(text_of(1, "partition"), "long", "partition");
	is_str(text_of(1, "node"), "n1", "node");
	is_str(text_of(1, "sluid"), "s47NM81K0R3G00", "SLUID");
	is_int(number_of(1, "job_id"), 4711, "job");
	is_int(number_of(1, "array_job_id"), 4000, "array");
	is_int(number_of(1, "array_task_id"), 0, "its first task is 0");
	is_int(number_of(1, "restart_count"), 2, "restarts");
	is_int(number_of(1, "het_job_id"), 4710, "heterogeneous job");
	is_int(number_of(1, "het_job_offset"), 1, "and its component");
	is_int(number_of(1, "uid"), geteuid(), "user");
	is_int(number_of(1, "mem_request_bytes"), 100 << 20, "memory given");
	is_int(number_of(0, "time_limit_us"), INT64_C(3600000000), "time limit");
	for (size_t i = 0; i < record_count; i++) {
		char *line = json_dumps(records[i], 0);

		ok(strstr(line, "hunter2") == NULL && strstr(line, "/home/me") == NULL,
		   "no argument is in the record");
		free(line);
	}
}

static void check_steps(void)
{
	play(whole_step, "a step");
	is_kinds("start end");
	ok(number_of(0, "wall_us") == JO_MISSING && number_of(0, "exit_status") == JO_MISSING,
	   "a start has taken nothing yet");
	ok(number_of(1, "wall_us") > 0, "an end has a duration");
	ok(number_of(1, "max_rss_bytes") > 0, "and memory");
	is_int(number_of(1, "term_signal"), 0, "no signal is 0");
	ok(number_of(1, "mem_peak_bytes") == JO_MISSING, "a peak that nobody counted is missing");

	play(scene_options, "options that Slurm brings");
	is_int(number_of(1, "input_bytes"), INT64_C(40) << 30, "the size");
	is_str(text_of(1, "class_name"), "nightly/true", "no class that is none");
	is_str(text_of(1, "attr.k"), "v", "the attribute");

	play(scene_three_tasks, "three tasks");
	is_int(number_of(1, "term_signal"), SIGTERM, "a signal is worse than a status");
	is_int(number_of(1, "task_count"), 3, "of three");
	play(scene_lost_task, "a task whose end is not told");
	is_kinds("start end");
	is_int(number_of(1, "exit_status"), 3, "what was told");
	ok(number_of(1, "wall_us") > 0, "and the time until the end");
	play(scene_no_task, "no task at all");
	is_kinds("end");
	ok(number_of(1, "exit_status") == JO_MISSING, "no status is missing, not 0");

	play(scene_twice, "hooks called twice");
	is_kinds("start end");
	play(scene_out_of_order, "hooks in no order");
	ok(record_count <= 2, "at most one step");
	play(scene_without_init, "hooks of a step whose start was not seen");
	is_kinds("");

	play(scene_extern, "the extern step");
	is_kinds("");
	play(scene_batch, "a job script");
	is_kinds("start end");
	is_str(text_of(1, "step_kind"), "batch", "is batch");
	is_str(text_of(1, "class_name"), "nightly", "with the job's name as class");
	is_int(number_of(1, "step_id"), 4294967291, "Slurm's number");
	is_int(number_of(1, "node_count"), 1, "one node");
	play(scene_hooks_in_children, "hooks in children that share our memory");
	is_kinds("start end");
	is_str(text_of(1, "attr.k"), "v", "with all that there is to know");
	ok(number_of(1, "wall_us") > 0, "and the time");
	ok(number_of(1, "max_rss_bytes") > 0, "and what slurmstepd's own children took");
	play(scene_late_environment, "a requeued job script");
	is_kinds("start end");
	is_int(number_of(1, "restart_count"), 3, "knows its restarts in the end");
	is_str(text_of(1, "user"), "ada", "and its user's name");
	is_str(text_of(1, "job_name"), "nightly", "but keeps what it knew");
	is_int(number_of(1, "time_limit_us"), 60000000, "its own time limit");
	is_str(text_of(1, "sluid"), "sMINE", "and its own SLUID");
	ok(number_of(0, "time_limit_us") == JO_MISSING && *text_of(0, "sluid") == '\0',
	   "at its start those of the job it came from are not its");
	play(scene_limit_in_task, "a time limit that the tasks alone know");
	is_int(number_of(1, "time_limit_us"), 60000000, "is in the end record");
	is_str(text_of(1, "sluid"), "sMINE", "as is the SLUID");
	play(scene_no_limit, "a time limit that nobody tells");
	ok(number_of(1, "time_limit_us") == JO_MISSING, "is missing");
	play(scene_interactive, "an interactive step");
	is_str(text_of(1, "step_kind"), "interactive", "is interactive");

	play(scene_attributes, "a program that declares");
	is_int(number_of(1, "input_bytes"), INT64_C(5) << 30, "its size");
	is_str(text_of(1, "input_source"), "program", "as its own word");
	is_str(text_of(1, "attr.filter_words"), "174", "and an attribute");
}

static void check_traces(void)
{
	static const char *const off[] = {"traceparent=no", "traceparent=maybe"};

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		traceparent_setting = off[i];
		play(scene_traced, off[i]);
		is_kinds("start end");
		is_str(text_of(1, "trace_id"), "", "no trace");
		play(scene_traced_srun, "srun");
	}
	traceparent_setting = "traceparent=yes";
	play(scene_traced_srun, "srun with traceparent=yes");
	play(scene_traced, traceparent_setting);
	is_kinds("start end");
	is_int((int64_t)strlen(text_of(0, "trace_id")), 32, "its start has a trace");
	is_int((int64_t)strlen(text_of(0, "span_id")), 16, "and a span");
	is_str(text_of(1, "span_id"), text_of(0, "span_id"), "which its end has too");
}

static void check_samples(void)
{
	play(scene_sampled, "a step that is sampled");
	is_kinds("start end");
	is_str(text_of(0, "profile"), "", "has no profile at its start");
	is_str(text_of(1, "profile"), "main (a.py:1);f (a.py:2) 7\n", "but at its end");
	is_str(text_of(1, "profile_kind"), "python", "of Python");
	is_int(number_of(1, "profile_samples"), 7, "with so many samples");
	is_int(number_of(1, "profile_rate_hz"), 20, "at this rate");
	play(scene_not_sampled, "one that asks where nothing is sampled");
	is_str(text_of(1, "profile_missing"), "switched off on this node", "is told so");
	ok(number_of(1, "profile_rate_hz") == JO_MISSING, "and has no rate");
	play(scene_without_samples, "one that leaves no samples");
	ok(strstr(text_of(1, "profile_missing"), "no Python") != NULL, "is told so: %s",
	   text_of(1, "profile_missing"));
	is_int(number_of(1, "profile_rate_hz"), 20, "and at what rate there are none");
}

static void check_other_contexts(void)
{
	play(scene_slurmd, "slurmd");
	is_kinds("node");
	ok(number_of(0, "core_count") > 0, "cores");
	ok(number_of(0, "node_mem_bytes") > 0, "memory");
	is_str(text_of(0, "slurm_version"), "22.05.8", "Slurm");
	is_str(text_of(0, "plugin_version"), JO_VERSION, "and the plugin");
	is_str(text_of(0, "cluster"), "test", "and the cluster of slurm.conf");
	play(scene_slurmd, "slurmd that is reconfigured");
	is_kinds("");
	play(whole_step, "a step after that");
	is_str(text_of(0, "cluster"), "test", "its start has slurmd's cluster");
	is_str(text_of(1, "cluster"), "test", "as has its end");
	play(scene_named_cluster, "a cluster that plugstack.conf names");
	is_str(text_of(1, "cluster"), "other", "is the one");
	tree_shell("touch -d '-2 days' spool/n1/node");
	play(scene_slurmd, "slurmd days later");
	is_kinds("node");
	tree_shell("echo ClusterName=renamed >slurm.conf");
	play(scene_slurmd, "slurmd of a cluster with a new name");
	is_kinds("node");
	tree_shell("rm slurm.conf");
	play(scene_slurmd_without_conf, "slurmd without a slurm.conf to read");
	is_kinds("node");
	is_str(text_of(0, "cluster"), "", "has no cluster");
	play(whole_step, "a step of an unknown cluster");
	is_str(text_of(1, "cluster"), "", "has none either");
	tree_shell("ln -sf /etc/hostname spool/n1/node");
	play(whole_step, "a link in place of what slurmd left");
	is_str(text_of(1, "cluster"), "", "is not followed");
	play(scene_job_script, "prolog and epilog");
	is_kinds("");
	play(scene_srun, "srun");
	is_kinds("");
}

int main(void)
{
	begin_scenes();
	check_steps();
	check_traces();
	check_identity();
	check_samples();
	check_other_contexts();
	return end_scenes();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step's cgroup, found and read in trees of the shapes that were seen: Slurm
 * 22.05 on v1 and v2, 26.05 on v2 (the job's folder is its SLUID), several
 * slurmd on one host, and what is wrong with each.
 */
#include "cgroup.h"
#include "fakes/tree.h"
#include "tap.h"

#include <errno.h>
#include <unistd.h>

#define V2_MOUNT "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 none rw\n"
#define V1_MOUNTS                                                                                  \
	"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"                                                    \
	"31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"                               \
	"33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct\n"     \
	"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"                        \
	"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

#define V2_STEP "sys/fs/cgroup/system.slice/n1_slurmstepd.scope/job_1/step_0"
#define V1_STEP "sys/fs/cgroup/memory/slurm_n1/uid_0/job_1/step_0"
#define V1_CPU "sys/fs/cgroup/cpu,cpuacct/slurm_n1/uid_0/job_1/step_0"

#define PSI(n) "some avg10=0.00 avg60=0.00 avg300=0.00 total=" n "1\nfull avg10=0.00 total=" n "2\n"

static void make_v2(const char *step)
{
	char path[256];

	static const struct {
		const char *name, *text;
	} files[] = {
		{"memory.current", "4096\n"},
		{"memory.max", "104857600\n"},
		{"memory.events", "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n"},
		{"user/memory.peak", "52428800\n"},
		{"user/memory.max", "max\n"},
		{"user/memory.swap.peak", "0\n"},
		{"user/memory.stat", "anon 1\nfile 2\npgfault 999\npgmajfault 12\n"},
		{"user/cpu.stat", "usage_usec 30\nuser_usec 20\nsystem_usec 10\n"},
		{"user/cgroup.stat.local", "frozen_usec 3000000\n"},
		{"user/io.stat", "8:0 rbytes=1000 wbytes=200 rios=1 wios=1 dbytes=0\n"
				 "8:16 rbytes=30 wbytes=4 rios=1 wios=1\n"},
		{"user/cpu.pressure", PSI("1")},
		{"user/memory.pressure", PSI("2")},
		{"user/io.pressure", PSI("3")},
		{"../memory.max", "99999999\n"},
		{"../memory.events.local", "low 0\nhigh 0\nmax 5\n"},
		{"../../memory.max", "max\n"},
	};

	tree_file("proc/self/mountinfo", V2_MOUNT);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/user/x", step);
		tree_file(path, "");
		(void)snprintf(path, sizeof(path), "%s/%s", step, files[i].name);
		tree_file(path, files[i].text);
	}
}

static void make_v1(void)
{
	tree_file("proc/self/mountinfo", V1_MOUNTS);
	tree_file("proc/9/cgroup",
		  "9:name=systemd:/\n4:memory:/slurm_n1/uid_0/job_1/step_0/task_0\n"
		  "2:cpu,cpuacct:/slurm_n1/uid_0/job_1/step_0/task_0\n0::/\n");
	tree_file(V1_STEP "/memory.max_usage_in_bytes", "52428800\n");
	tree_file(V1_STEP "/memory.limit_in_bytes", "104857600\n");
	tree_file(V1_STEP "/memory.failcnt", "3\n");
	tree_file(V1_STEP "/../memory.failcnt", "40\n");
	tree_file(V1_STEP "/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
	tree_file(V1_STEP "/task_0/memory.oom_control",
		  "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
	tree_file(V1_STEP "/memory.stat", "cache 1\nhierarchical_memory_limit 104857600\n"
					  "pgmajfault 1\ntotal_pgmajfault 6\n");
	tree_file(V1_CPU "/cpuacct.usage", "9000000\n");
	tree_file(V1_CPU "/cpuacct.usage_user", "2000000\n");
	tree_file(V1_CPU "/cpuacct.usage_sys", "1000000\n");
}

/* Find the step of process 9 and read it. */
static int find_and_read(struct jo_record *record)
{
	struct cgroup cgroup;
	struct jo_mounts mounts;
	struct jo_err err;
	int rc;

	jo_record_init(record, JO_RECORD_END);
	cgroup_init(&cgroup);
	rc = jo_mounts_read(tree_at("."), &mounts, &err);
	if (rc == 0)
		rc = cgroup_open(&cgroup, tree_at("."), &mounts, &err);
	jo_mounts_free(&mounts);
	if (rc == 0)
		rc = cgroup_find(&cgroup, 9, &err);
	if (rc == 0) {
		/* While the step ran, its job's limit was hit twice more. */
		if (cgroup.source == JO_MEM_CGROUP_V1)
			tree_file(V1_STEP "/../memory.failcnt", "42\n");
		cgroup_read(&cgroup, record);
	}
	cgroup_close(&cgroup);
	return rc;
}

static void check_v2(void)
{
	struct jo_record record;

	make_v2(V2_STEP);
	tree_file("proc/9/cgroup",
		  "0::/system.slice/n1_slurmstepd.scope/job_1/step_0/user/task_0\n");
	is_int(find_and_read(&record), 0, "v2 of Slurm 22.05 is found");
	is_int(record.mem_source, JO_MEM_CGROUP_V2, "as v2");
	is_int(record.mem_peak_bytes, 52428800, "peak of the tasks alone");
	is_int(record.swap_peak_bytes, 0, "a swap peak of 0 is known");
	is_int(record.mem_limit_bytes, 99999999, "the smallest limit on the way up");
	is_int(record.mem_limit_hit_count, 7, "limit hits");
	is_int(record.oom_kill_count, 2, "kills, not occasions");
	is_int(record.major_fault_count, 12, "major faults");
	is_int(record.cpu_user_us, 20, "CPU time of the program");
	is_int(record.cpu_system_us, 10, "and of the system");
	is_int(record.suspended_us, 3000000, "time for which it was frozen");
	is_int(record.read_bytes, 1030, "reads of all devices");
	is_int(record.write_bytes, 204, "and writes");
	is_int(record.psi_cpu_some_us, 11, "stall for the CPU");
	is_int(record.psi_memory_some_us, 21, "for memory");
	is_int(record.psi_memory_full_us, 22, "of all tasks");
	is_int(record.psi_io_some_us, 31, "for I/O");
	is_int(record.psi_io_full_us, 32, "of all tasks");
	tree_shell("rm -r *");

	make_v2("sys/fs/cgroup/system.slice/n1_slurmstepd.scope/s47NM81K0R3G00/step_0");
	tree_file("proc/9/cgroup",
		  "0::/system.slice/n1_slurmstepd.scope/s47NM81K0R3G00/step_0/user/task_0\n");
	is_int(find_and_read(&record), 0, "v2 of Slurm 26.05 is found");
	is_int(record.mem_peak_bytes, 52428800, "and read");
	tree_file("proc/9/cgroup",
		  "0::/system.slice/n1_slurmstepd.scope/s47NM81K0R3G00/step_0/slurm\n");
	is_int(find_and_read(&record), 0, "slurmstepd beside the tasks finds it as well");
	is_int(record.mem_peak_bytes, 52428800, "and reads the tasks'");

	/* An older kernel, and one without some controllers. */
	tree_shell("cd sys/fs/cgroup/system.slice/n1_slurmstepd.scope/s47NM81K0R3G00/step_0\n"
		   "rm user/memory.peak user/memory.swap.peak user/io.stat user/*.pressure "
		   "user/cgroup.stat.local "
		   "memory.events");
	is_int(find_and_read(&record), 0, "a kernel that gives less");
	is_int(record.mem_source, JO_MEM_NONE, "has no peak");
	ok(record.mem_peak_bytes == JO_MISSING && record.swap_peak_bytes == JO_MISSING &&
		   record.suspended_us == JO_MISSING && record.read_bytes == JO_MISSING &&
		   record.psi_io_full_us == JO_MISSING &&
		   record.mem_limit_hit_count == JO_MISSING && record.oom_kill_count == JO_MISSING,
	   "and what is not there is missing, never 0");
	is_int(record.cpu_user_us, 20, "the rest is read");

	tree_shell("cd sys/fs/cgroup/system.slice/n1_slurmstepd.scope/s47NM81K0R3G00/step_0/user\n"
		   "printf 'max\\n' >memory.peak; : >io.stat; printf 12 >memory.swap.peak;"
		   "printf 'user_usec -5\\nsystem_usec 99999999999999999999\\n' >cpu.stat");
	(void)find_and_read(&record);
	ok(record.mem_peak_bytes == JO_MISSING, "a word is no number");
	ok(record.swap_peak_bytes == JO_MISSING, "nor is a number that may be cut");
	ok(record.cpu_user_us == JO_MISSING && record.cpu_system_us == JO_MISSING,
	   "nor a negative one, nor one too large");
	is_int(record.read_bytes, 0, "an empty io.stat says that nothing was read");
	tree_shell("cd sys/fs/cgroup/system.slice/n1_slurmstepd.scope/s47NM81K0R3G00/step_0/user\n"
		   "seq -f '253:%g rbytes=1000000000 wbytes=2000000000 rios=100000 wios=100000 "
		   "dbytes=0 dios=0' 300 >io.stat");
	(void)find_and_read(&record);
	is_int(record.read_bytes, INT64_C(300000000000), "of three hundred devices all is read");
	is_int(record.write_bytes, INT64_C(600000000000), "and written");
	tree_shell("cd sys/fs/cgroup/system.slice/n1_slurmstepd.scope/s47NM81K0R3G00/step_0/user\n"
		   "cat io.stat io.stat >more; mv more io.stat");
	(void)find_and_read(&record);
	ok(record.read_bytes == JO_MISSING && record.write_bytes == JO_MISSING,
	   "an io.stat that may be cut says nothing");
	tree_shell("rm -r *");
}

static void check_v1(void)
{
	struct jo_record record;

	make_v1();
	is_int(find_and_read(&record), 0, "v1 of Slurm 22.05 is found, beside an empty v2");
	is_int(record.mem_source, JO_MEM_CGROUP_V1, "as v1");
	is_int(record.mem_peak_bytes, 52428800, "peak");
	is_int(record.mem_limit_bytes, 104857600, "limit");
	is_int(record.mem_limit_hit_count, 5, "hits of the step, and those of its job meanwhile");
	is_int(record.oom_kill_count, 5, "kills in the step's and the task's folder");
	is_int(record.major_fault_count, 6, "major faults of the whole step");
	is_int(record.cpu_user_us, 6000, "CPU time in microseconds, the part of the sum");
	is_int(record.cpu_system_us, 3000, "and of the system");
	ok(record.swap_peak_bytes == JO_MISSING && record.read_bytes == JO_MISSING &&
		   record.suspended_us == JO_MISSING && record.psi_cpu_some_us == JO_MISSING,
	   "what v1 does not tell is missing");

	tree_file(V1_CPU "/cpuacct.usage_user", "0\n");
	tree_file(V1_CPU "/cpuacct.usage_sys", "0\n");
	(void)find_and_read(&record);
	is_int(record.cpu_user_us + record.cpu_system_us, 9000, "no tick fell into it: the sum");
	tree_shell("rm " V1_CPU "/cpuacct.usage");
	(void)find_and_read(&record);
	ok(record.cpu_user_us == JO_MISSING && record.cpu_system_us == JO_MISSING,
	   "without the sum the parts tell nothing");

	tree_file(V1_STEP "/memory.stat", "hierarchical_memory_limit 9223372036854771712\n");
	(void)find_and_read(&record);
	ok(record.mem_limit_bytes == JO_MISSING, "no limit is not a large one");

	/* Slurm without jobacct_gather/cgroup leaves the CPU time of all in the root. */
	tree_file("proc/9/cgroup", "4:memory:/slurm_n1/uid_0/job_1/step_0/task_0\n"
				   "2:cpu,cpuacct:/\n");
	tree_file("sys/fs/cgroup/cpu,cpuacct/cpuacct.usage", "777\n");
	(void)find_and_read(&record);
	ok(record.cpu_user_us == JO_MISSING, "the node's CPU time is not the step's");
	tree_shell("rm -r *");
}

static void check_not_found(void)
{
	static const struct {
		const char *mounts, *cgroup, *what;
	} rows[] = {
		{"", "0::/x/job_1/step_0/user/task_0\n", "no hierarchy is mounted"},
		{V2_MOUNT, "", "an empty answer"},
		{V2_MOUNT, "garbage\n::\n:\n", "garbage"},
		{V2_MOUNT, "0::/user.slice/session-1.scope\n", "a process outside of Slurm"},
		{V2_MOUNT, "0::/x/job_1/steps/y\n", "no step's folder"},
		{V2_MOUNT, "0::/../job_1/step_0\n", "a path seen from another namespace"},
		{V2_MOUNT, "0::/x/job_1/step_9/user\n", "a folder that is gone"},
		{"31 23 0:28 /inner /sys/fs/cgroup rw - cgroup2 none rw\n",
		 "0::/x/job_1/step_0/user/task_0\n", "a place outside of what is mounted"},
		{"31 23 0:28 - cgroup2\n31 - cgroup\n - cgroup\n\n", "0::/x/job_1/step_0\n",
		 "mounts that are cut"},
		{"31 23 0:28 / /missing rw - cgroup2 none rw\n", "0::/x/job_1/step_0\n",
		 "a mount that cannot be opened"},
	};
	struct jo_record record;
	struct cgroup cgroup;

	tree_file("sys/fs/cgroup/x/job_1/step_0/memory.current", "1\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tree_file("proc/self/mountinfo", rows[i].mounts);
		tree_file("proc/9/cgroup", rows[i].cgroup);
		is_int(find_and_read(&record), -ENOENT, "%s", rows[i].what);
	}
	cgroup_init(&cgroup);
	is_int(cgroup_find(&cgroup, 9, NULL) < 0, 1, "asked before it was opened");
	cgroup_read(&cgroup, &record);
	cgroup_close(&cgroup);
	is_int(cgroup_open(&cgroup, tree_at("nowhere"), &(struct jo_mounts){0}, NULL), -ENOENT,
	       "no /proc");
	cgroup_close(&cgroup);
	tree_shell("rm -r *");
}

/* A mount inside of a container's folder, and a path with a space in it. */
static void check_mounts(void)
{
	struct jo_record record;

	make_v2("sys/fs/my cgroup/job_1/step_0");
	tree_file("proc/self/mountinfo",
		  "31 23 0:28 /outer /sys/fs/my\\040cgroup rw - cgroup2 none rw\n"
		  "32 23 0:28 / /elsewhere rw - cgroup2 none rw\n");
	tree_file("proc/9/cgroup", "0::/outer/job_1/step_0/user/task_0\n");
	is_int(find_and_read(&record), 0,
	       "a part of the hierarchy, mounted under a name with a space");
	is_int(record.mem_peak_bytes, 52428800, "is read");
	tree_file("proc/9/cgroup", "0::/outer/step_7/job_1/step_0/user/task_0\n");
	is_int(find_and_read(&record), -ENOENT, "the innermost step counts");
	tree_shell("rm -r *");
}

int main(void)
{
	(void)tree_make();
	check_not_found();
	check_v2();
	check_v1();
	check_mounts();
	tree_remove();
	return tap_done();
}

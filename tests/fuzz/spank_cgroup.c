/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel might say, up to nonsense: the first part of the input, up to
 * a line "--", is mountinfo, the second the process's cgroups, the third every
 * file of the step.
 */
#include <unistd.h>

#include "cgroup.h"
#include "fakes/tree.h"
#include "fuzz.h"

static const char *const files[] = {
	"memory.current", "memory.max",         "memory.events",
	"memory.peak",    "memory.stat",        "cpu.stat",
	"io.stat",        "memory.pressure",    "memory.failcnt",
	"io.pressure",    "memory.oom_control", "memory.max_usage_in_bytes",
};

static char *cut(char **rest)
{
	char *part = *rest, *end = strstr(part, "--\n");

	if (end == NULL) {
		*rest = part + strlen(part);
		return part;
	}
	*end = '\0';
	*rest = end + 3;
	return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int is_made;
	char *text = fuzz_text(data, size), *rest = text, path[64];
	struct jo_record record;
	struct cgroup cgroup;
	struct jo_mounts mounts;

	if (!is_made) {
		(void)tree_make();
		(void)atexit(tree_remove);
		tree_file("c/job_1/step_0/all", "");
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
			(void)snprintf(path, sizeof(path), "c/job_1/step_0/%s", files[i]);
			fuzz_check(symlink("all", tree_at(path)) == 0);
		}
		is_made = 1;
	}
	tree_file("proc/self/mountinfo", cut(&rest));
	tree_file("proc/9/cgroup", cut(&rest));
	tree_file("c/job_1/step_0/all", rest);
	jo_record_init(&record, JO_RECORD_END);
	cgroup_init(&cgroup);
	fuzz_check(jo_mounts_read(tree_at("."), &mounts, NULL) == 0);
	fuzz_check(cgroup_open(&cgroup, tree_at("."), &mounts, NULL) == 0);
	(void)jo_mounts_check_local(&mounts, "/c/job_1/../x", NULL);
	jo_mounts_free(&mounts);
	if (cgroup_find(&cgroup, 9, NULL) == 0)
		cgroup_read(&cgroup, &record);
	cgroup_close(&cgroup);
	fuzz_check(record.mem_peak_bytes == JO_MISSING || record.mem_peak_bytes >= 0);
	fuzz_check(record.read_bytes == JO_MISSING || record.read_bytes >= 0);
	fuzz_check((record.mem_source == JO_MEM_NONE) == (record.mem_peak_bytes == JO_MISSING));
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks hwloc, which takes milliseconds: never called in a step. */
#include "nodeinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <hwloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/utf8.h"

/* slurmd's own command line; its options are few. */
#define CMDLINE_MAX 4096

static int64_t count_of(hwloc_topology_t topology, hwloc_obj_type_t type)
{
	int count = hwloc_get_nbobjs_by_type(topology, type);

	return count > 0 ? count : JO_MISSING;
}

int nodeinfo_read(struct jo_record *record, struct jo_err *err)
{
	hwloc_topology_t topology;
	hwloc_obj_t package;
	long pages, page_bytes;

	if (hwloc_topology_init(&topology) < 0)
		return jo_err_sys(err, -errno, "hwloc");
	/* Devices are of no interest, and looking for them takes longest. */
	(void)hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	if (hwloc_topology_load(topology) < 0) {
		int rc = jo_err_sys(err, -errno, "hwloc: load the topology");

		hwloc_topology_destroy(topology);
		return rc;
	}
	package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
	if (package != NULL)
		jo_record_set_string(record->node_model, sizeof(record->node_model),
				     hwloc_obj_get_info_by_name(package, "CPUModel"));
	/* hwloc sums the NUMA nodes, and memory added to a virtual machine can be in none. */
	pages = sysconf(_SC_PHYS_PAGES);
	page_bytes = sysconf(_SC_PAGESIZE);
	if (pages > 0 && page_bytes > 0)
		record->node_mem_bytes = (int64_t)pages * page_bytes;
	record->socket_count = count_of(topology, HWLOC_OBJ_PACKAGE);
	record->core_count = count_of(topology, HWLOC_OBJ_CORE);
	record->numa_node_count = count_of(topology, HWLOC_OBJ_NUMANODE);
	hwloc_topology_destroy(topology);
	return 0;
}

/* The value of slurmd's -N, as "-N NAME" or "-NNAME". */
static bool name_from_command_line(char name[static JO_NAME_SIZE])
{
	char text[CMDLINE_MAX];
	bool is_next = false;
	ssize_t n;
	int fd;

	fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	for (const char *word = text; word < text + n; word += strlen(word) + 1) {
		if (is_next || (strncmp(word, "-N", 2) == 0 && word[2] != '\0')) {
			jo_utf8_clean(name, JO_NAME_SIZE, is_next ? word : word + 2);
			return name[0] != '\0';
		}
		is_next = strcmp(word, "-N") == 0;
	}
	return false;
}

int nodeinfo_name(char name[static JO_NAME_SIZE], struct jo_err *err)
{
	/* slurmstepd's own environment comes from slurmd, not from the user. */
	const char *from_slurmd = getenv("SLURMD_NODENAME");
	char host[HOST_NAME_MAX + 1] = "";

	if (from_slurmd != NULL && from_slurmd[0] != '\0') {
		jo_utf8_clean(name, JO_NAME_SIZE, from_slurmd);
		return 0;
	}
	if (name_from_command_line(name))
		return 0;
	if (gethostname(host, sizeof(host) - 1) < 0)
		return jo_err_sys(err, -errno, "host name");
	host[strcspn(host, ".")] = '\0';
	jo_utf8_clean(name, JO_NAME_SIZE, host);
	return 0;
}

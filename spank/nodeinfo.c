/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks hwloc.  Loading that library and what it needs takes each process 0.1 to
 * 3 ms, and its look at the machine up to 20 ms: only slurmd does either, once.
 */
#include "nodeinfo.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <hwloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joboutliers/utf8.h"

/* The library's name is that of the interface which this header describes. */
#if HWLOC_API_VERSION < 0x00020000 || HWLOC_API_VERSION >= 0x00030000
#error "NODEINFO_LIBRARY is hwloc 2"
#endif

/* slurmd's own command line; its options are few. */
#define CMDLINE_MAX 4096

/* The functions of hwloc that are called, each of the type its header gives it. */
struct hwloc {
	__typeof__(hwloc_topology_init) *init;
	__typeof__(hwloc_topology_set_io_types_filter) *set_io_types_filter;
	__typeof__(hwloc_topology_load) *load;
	__typeof__(hwloc_topology_destroy) *destroy;
	__typeof__(hwloc_get_type_depth) *type_depth;
	__typeof__(hwloc_get_nbobjs_by_depth) *count_by_depth;
	__typeof__(hwloc_get_obj_by_depth) *object_by_depth;
};

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{"hwloc_topology_init", offsetof(struct hwloc, init)},
	{"hwloc_topology_set_io_types_filter", offsetof(struct hwloc, set_io_types_filter)},
	{"hwloc_topology_load", offsetof(struct hwloc, load)},
	{"hwloc_topology_destroy", offsetof(struct hwloc, destroy)},
	{"hwloc_get_type_depth", offsetof(struct hwloc, type_depth)},
	{"hwloc_get_nbobjs_by_depth", offsetof(struct hwloc, count_by_depth)},
	{"hwloc_get_obj_by_depth", offsetof(struct hwloc, object_by_depth)},
};

static int find_functions(void *library, const char *library_name, struct hwloc *ret_hwloc,
			  struct jo_err *err)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *address = dlsym(library, functions[i].name);

		if (address == NULL)
			return jo_err_set(err, -ENOSYS,
					  "%s has no %s: the node's topology is not known",
					  library_name, functions[i].name);
		/* C has no cast from an object's address to a function's; POSIX has the bytes. */
		memcpy((char *)ret_hwloc + functions[i].offset, &address, sizeof(address));
	}
	return 0;
}

static int64_t count_of(const struct hwloc *hwloc, hwloc_topology_t topology, hwloc_obj_type_t type)
{
	unsigned int count = hwloc->count_by_depth(topology, hwloc->type_depth(topology, type));

	return count > 0 ? count : JO_MISSING;
}

/* Processors fill the 48 bytes that they have for their name, some with blanks. */
void nodeinfo_set_model(struct jo_record *record, const char *name)
{
	size_t len;

	if (name != NULL)
		name += strspn(name, " ");
	jo_record_set_string(record->node_model, sizeof(record->node_model), name);
	len = strlen(record->node_model);
	while (len > 0 && record->node_model[len - 1] == ' ')
		record->node_model[--len] = '\0';
}

static int read_topology(const struct hwloc *hwloc, struct jo_record *record, struct jo_err *err)
{
	hwloc_topology_t topology;
	hwloc_obj_t package;
	int rc = 0;

	if (hwloc->init(&topology) < 0)
		return jo_err_sys(err, -errno, "hwloc");
	/* Devices are of no interest, and looking for them takes longest. */
	(void)hwloc->set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	if (hwloc->load(topology) < 0) {
		rc = jo_err_sys(err, -errno, "hwloc: load the topology");
		goto out;
	}
	package =
		hwloc->object_by_depth(topology, hwloc->type_depth(topology, HWLOC_OBJ_PACKAGE), 0);
	if (package != NULL)
		nodeinfo_set_model(record, hwloc_obj_get_info_by_name(package, "CPUModel"));
	record->socket_count = count_of(hwloc, topology, HWLOC_OBJ_PACKAGE);
	record->core_count = count_of(hwloc, topology, HWLOC_OBJ_CORE);
	record->numa_node_count = count_of(hwloc, topology, HWLOC_OBJ_NUMANODE);
out:
	hwloc->destroy(topology);
	return rc;
}

int nodeinfo_read(const char *library_name, struct jo_record *record, struct jo_err *err)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
	struct hwloc hwloc;
	void *library;
	int rc;

	/* hwloc sums the NUMA nodes, and memory added to a virtual machine can be in none. */
	if (pages > 0 && page_bytes > 0)
		record->node_mem_bytes = (int64_t)pages * page_bytes;

	library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return jo_err_set(err, -ENOENT, "%s: the node's topology is not known", dlerror());
	rc = find_functions(library, library_name, &hwloc, err);
	if (rc == 0)
		rc = read_topology(&hwloc, record, err);
	(void)dlclose(library);
	return rc;
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

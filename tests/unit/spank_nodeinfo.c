/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node is made of, with hwloc, without it, and with something else of its name. */
#include "nodeinfo.h"
#include "tap.h"

#include <errno.h>

static void is_without_topology(const struct jo_record *record, const char *what)
{
	ok(record->node_mem_bytes > 0, "%s: the memory is known", what);
	ok(record->core_count == JO_MISSING && record->socket_count == JO_MISSING &&
		   record->numa_node_count == JO_MISSING && record->node_model[0] == '\0',
	   "%s: what hwloc would tell is missing", what);
}

int main(void)
{
	static const struct {
		const char *library;
		int rc;
		const char *what;
	} rows[] = {
		{"libno-such-thing.so.15", -ENOENT, "no library"},
		{"/dev/null", -ENOENT, "a file that is no library"},
		{"libc.so.6", -ENOSYS, "another library"},
	};
	static const char *const models[][2] = {
		{"Intel(R) Xeon(R) Processor @ 2.60GHz    ",
		 "Intel(R) Xeon(R) Processor @ 2.60GHz"},
		{"   AMD EPYC  7763", "AMD EPYC  7763"},
		{"   ", ""},
		{NULL, ""},
	};
	struct jo_record record;
	struct jo_err err;

	jo_record_init(&record, JO_RECORD_NODE);
	is_int(nodeinfo_read(NODEINFO_LIBRARY, &record, &err), 0, "hwloc is asked");
	ok(record.core_count > 0 && record.socket_count > 0 && record.numa_node_count > 0,
	   "cores, sockets and NUMA nodes");
	ok(record.node_mem_bytes > 0, "and memory");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		jo_record_init(&record, JO_RECORD_NODE);
		is_int(nodeinfo_read(rows[i].library, &record, &err), rows[i].rc, "%s",
		       rows[i].what);
		ok(strstr(err.text, rows[i].library) != NULL &&
			   strstr(err.text, "topology is not known") != NULL,
		   "%s: said with its name: %s", rows[i].what, err.text);
		is_without_topology(&record, rows[i].what);
	}
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		nodeinfo_set_model(&record, models[i][0]);
		is_str(record.node_model, models[i][1], "a processor's name, number %zu", i);
	}
	return tap_done();
}

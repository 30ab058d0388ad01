/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records that the benchmarks of ingest take. */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "joboutliers/record.h"

#define RECORD_NODES 200
#define T0 INT64_C(1700000000000000)

MAYBE_UNUSED static int64_t any(uint64_t *state, int64_t end)
{
	return (int64_t)((random_bits(state) >> 33) % (uint64_t)end);
}

/* What a step of a data-processing site looks like; one in five declares two attributes. */
MAYBE_UNUSED static void make_record(int64_t i, struct jo_record *record)
{
	uint64_t state = (uint64_t)i * 977 + 1;

	jo_record_init(record, JO_RECORD_END);
	record->job_id = 1000000 + i;
	record->step_id = 0;
	record->step_kind = JO_STEP_SRUN;
	record->restart_count = 0;
	(void)strcpy(record->cluster, "alpha");
	(void)snprintf(record->node, sizeof(record->node), "node%03d",
		       (int)any(&state, RECORD_NODES));
	record->node_index = 0;
	record->node_count = 1;
	record->uid = 3000000 + any(&state, 300);
	(void)snprintf(record->user, sizeof(record->user), "user%d", (int)record->uid);
	(void)strcpy(record->account, "biology");
	(void)strcpy(record->partition, "batch");
	(void)strcpy(record->qos, "normal");
	(void)snprintf(record->job_name, sizeof(record->job_name), "align_%d", (int)i);
	(void)snprintf(record->class_name, sizeof(record->class_name), "class%d",
		       (int)any(&state, 30));
	record->class_is_declared = 0;
	(void)strcpy(record->program, "align");
	record->task_count = 1;
	record->cpu_count = 8;
	record->mem_request_bytes = INT64_C(16) << 30;
	record->time_limit_us = INT64_C(86400000000);
	record->input_bytes = any(&state, INT64_C(1) << 30) * 40;
	record->input_source = JO_INPUT_OPTION;
	record->start_unix_us = T0 + i * 3000000 + any(&state, 1000000);
	record->wall_us = any(&state, INT64_C(1) << 31) * 5;
	record->exit_status = 0;
	record->term_signal = 0;
	record->mem_peak_bytes = any(&state, INT64_C(1) << 30) * 8;
	record->mem_source = JO_MEM_CGROUP_V2;
	record->max_rss_bytes = record->mem_peak_bytes / 2;
	record->mem_limit_bytes = INT64_C(16) << 30;
	record->mem_limit_hit_count = 0;
	record->oom_kill_count = 0;
	record->cpu_user_us = record->wall_us * 7;
	record->cpu_system_us = record->wall_us / 9;
	record->read_bytes = record->input_bytes;
	record->write_bytes = record->input_bytes / 3;
	record->major_fault_count = any(&state, 100);
	record->psi_cpu_some_us = any(&state, 1000000);
	record->psi_memory_some_us = 0;
	record->psi_memory_full_us = 0;
	record->psi_io_some_us = any(&state, 100000000);
	record->psi_io_full_us = any(&state, 10000000);
	record->dropped_count = 0;
	if (i % 5 == 0) {
		char words[16];

		(void)snprintf(words, sizeof(words), "%d", (int)any(&state, 200));
		(void)jo_attrs_set(&record->attrs, "filter_words", words, NULL);
		(void)jo_attrs_set(&record->attrs, "db", "nr", NULL);
	}
}

#endif

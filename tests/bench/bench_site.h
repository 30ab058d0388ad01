/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a site: groups of like jobs, one after the other from the first night on. */
#ifndef BENCH_SITE_H
#define BENCH_SITE_H

#include <string.h>

#include "bench.h"
#include "joboutliers/attr.h"
#include "joboutliers/record.h"

#define DAY_US INT64_C(86400000000)
#define FIRST_NIGHT_US INT64_C(1735689600000000)

struct site {
	int64_t step_n, group_n, night_n; /* so many steps in so many groups, over so many nights */
};

/* As the plugin records it; one in five declares two attributes. */
MAYBE_UNUSED static void make_site_record(const struct site *site, int64_t i,
					  struct jo_record *record)
{
	uint64_t state = (uint64_t)i * 977 + 1;
	double input_bytes, wall_s, factor;
	int64_t group;

	(void)random_bits(&state);
	group = (int64_t)(uniform(&state) * (double)site->group_n);
	input_bytes = exp(22 + 1.5 * normal(&state));
	factor = exp((0.05 + 0.0001 * (double)group) * normal(&state) + (uniform(&state) < 0.01));
	wall_s = ((double)(group % 100) + 20 + input_bytes * 1e-8) * factor;
	jo_record_init(record, JO_RECORD_END);
	record->job_id = 1000000 + i;
	record->step_id = 0;
	record->step_kind = JO_STEP_SRUN;
	record->restart_count = 0;
	(void)strcpy(record->cluster, "alpha");
	(void)snprintf(record->node, sizeof(record->node), "node%04d",
		       (int)(uniform(&state) * 2000));
	record->node_index = 0;
	record->node_count = 1;
	record->uid = 3000 + group % 300;
	(void)snprintf(record->user, sizeof(record->user), "user%d", (int)(group % 300));
	(void)strcpy(record->account, "biology");
	(void)strcpy(record->partition, "batch");
	(void)strcpy(record->qos, "normal");
	(void)snprintf(record->job_name, sizeof(record->job_name), "align_%d", (int)(i % 1000));
	(void)snprintf(record->class_name, sizeof(record->class_name), "class%d", (int)group);
	record->class_is_declared = 1;
	(void)strcpy(record->program, "align");
	record->task_count = 1;
	record->cpu_count = 8;
	record->mem_request_bytes = INT64_C(16) << 30;
	record->time_limit_us = DAY_US;
	record->input_bytes = (int64_t)input_bytes;
	record->input_source = JO_INPUT_OPTION;
	record->wall_us = (int64_t)(wall_s * 1e6);
	record->start_unix_us = FIRST_NIGHT_US + (int64_t)((double)i / (double)site->step_n *
							   (double)site->night_n * (double)DAY_US);
	record->exit_status = 0;
	record->term_signal = 0;
	record->mem_peak_bytes = (int64_t)((2e8 + input_bytes) * exp(0.1 * normal(&state)));
	record->mem_source = JO_MEM_CGROUP_V2;
	record->max_rss_bytes = record->mem_peak_bytes / 2;
	record->mem_limit_bytes = INT64_C(16) << 40;
	record->mem_limit_hit_count = 0;
	record->oom_kill_count = 0;
	record->cpu_user_us = (int64_t)((double)record->wall_us * 7 * exp(0.02 * normal(&state)));
	record->cpu_system_us = record->wall_us / 9;
	record->read_bytes = record->input_bytes;
	record->write_bytes = record->input_bytes / 3;
	record->major_fault_count = (int64_t)(uniform(&state) * 100);
	record->psi_cpu_some_us = (int64_t)(uniform(&state) * 1e6);
	record->psi_memory_some_us = 0;
	record->psi_memory_full_us = 0;
	record->psi_io_some_us = (int64_t)(uniform(&state) * 1e8);
	record->psi_io_full_us = (int64_t)(uniform(&state) * 1e7);
	if (i % 5 == 0) {
		char words[16];

		(void)snprintf(words, sizeof(words), "%d", (int)(uniform(&state) * 200));
		(void)jo_attrs_set(&record->attrs, "filter_words", words, NULL);
		(void)jo_attrs_set(&record->attrs, "db", "nr", NULL);
	}
}

#endif

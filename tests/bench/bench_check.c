/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it costs to judge: the first check of a database with a past, night by
 * night, and the check of the night after.  Fitting alone is for bench_model.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"
#include "judge/judge.h"
#include "store/store.h"
#include "util/alloc.h"

#define NIGHTS 60
#define GROUPS 50
#define NIGHT_STEPS 20 /* of each group */
#define FIRST_NIGHT INT64_C(1735689600)
#define DAY_S 86400
#define US_PER_S INT64_C(1000000)

static char folder[] = "/var/tmp/bench_check.XXXXXX";
static struct jo_err err;

static void make_record(int night, int group, int i, struct jo_record *record)
{
	int64_t number = ((int64_t)night * GROUPS + group) * NIGHT_STEPS + i;
	uint64_t state = (uint64_t)number * 977 + 1;
	double input_bytes, wall_s;

	(void)random_bits(&state);
	input_bytes = exp(22 + 1.5 * normal(&state));
	wall_s = (group + 20 + input_bytes * 1e-7) *
		 exp((0.05 + 0.005 * group) * normal(&state) + (uniform(&state) < 0.03));
	jo_record_init(record, JO_RECORD_END);
	record->job_id = number + 1;
	record->step_id = 0;
	record->step_kind = JO_STEP_BATCH;
	record->restart_count = 0;
	(void)strcpy(record->cluster, "alpha");
	(void)strcpy(record->partition, "batch");
	(void)snprintf(record->node, sizeof(record->node), "node%d", (int)(number % 200));
	(void)snprintf(record->user, sizeof(record->user), "user%d", group % 7);
	(void)snprintf(record->class_name, sizeof(record->class_name), "class%d", group);
	record->class_is_declared = 0;
	record->node_count = 1;
	record->cpu_count = 8;
	record->input_bytes = (int64_t)input_bytes;
	record->input_source = JO_INPUT_OPTION;
	record->wall_us = (int64_t)(wall_s * (double)US_PER_S);
	record->start_unix_us =
		(FIRST_NIGHT + (int64_t)night * DAY_S + (int64_t)(uniform(&state) * DAY_S / 2)) *
		US_PER_S;
	record->exit_status = 0;
	record->term_signal = 0;
	record->mem_peak_bytes = (int64_t)((2e8 + input_bytes) * exp(0.1 * normal(&state)));
}

static void add_nights(struct store *store, int from, int to)
{
	struct jo_record record;
	const struct store_input input = {&record, NULL, STEP_SOURCE_PLUGIN,
					  STEP_STATE_COMPLETED};
	struct store_added added = {0};

	check(store_begin(store, &err) == 0, err.text);
	for (int night = from; night < to; night++)
		for (int group = 0; group < GROUPS; group++)
			for (int i = 0; i < NIGHT_STEPS; i++) {
				make_record(night, group, i, &record);
				check(store_add(store, &input, 1, record.start_unix_us, &added,
						&err) == 0,
				      err.text);
			}
	check(store_commit(store, &err) == 0, err.text);
}

static void bench_pending(struct store *store, const char *name)
{
	double start_s = clock_s(CLOCK_MONOTONIC), cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	struct judge_options options;
	struct judge_summary summary;

	judge_options_init(&options);
	check(judge_pending(store, &options, FIRST_NIGHT * US_PER_S, NULL, NULL, &summary, &err) ==
		      0,
	      err.text);
	(void)printf("check_%s_steps %" PRId64 " steps\n", name, summary.step_count);
	(void)printf("check_%s_nights %" PRId64 " nights\n", name, summary.night_count);
	(void)printf("check_%s %.2f s\n", name, clock_s(CLOCK_MONOTONIC) - start_s);
	(void)printf("check_%s_cpu %.2f s\n", name, clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s);
	(void)fflush(stdout);
}

int main(void)
{
	const struct store_options options = {STORE_CREATE, 0};
	struct store *store = NULL;
	struct rusage usage;
	char *path, *command;

	check(mkdtemp(folder) != NULL, "cannot make a folder");
	path = xasprintf("%s/db", folder);
	check(store_open(path, &options, &store, &err) == 0, err.text);
	add_nights(store, 0, NIGHTS);
	bench_pending(store, "first");
	add_nights(store, NIGHTS, NIGHTS + 1);
	bench_pending(store, "next_night");
	store_close(store);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("check_memory %.0f MiB\n", (double)usage.ru_maxrss / 1024);
	command = xasprintf("rm -r '%s'", folder);
	check(system(command) == 0, "cannot remove the folder");
	free(command);
	free(path);
	return 0;
}

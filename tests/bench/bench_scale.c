/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A large site: what its history takes on the disk, by table and index, before
 * and after the steps were judged; and how fast a first check of it is.
 *
 * usage: bench_scale [STEPS [GROUPS [NIGHTS [FOLDER]]]]
 *	FOLDER	where the database stays, as "db"; else it goes
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"
#include "judge/judge.h"
#include "store/store.h"
#include "util/alloc.h"

#define DAY_US INT64_C(86400000000)
#define FIRST_NIGHT_US INT64_C(1735689600000000)
#define EVENING_DAYS 31 /* JudgeDays as shipped */
#define BATCH 256

static int64_t step_n = 60000, group_n = 120, night_n = 90;
static char *database;
static struct jo_err err;

/* As the plugin records it; one in five declares two attributes. */
static void make_record(int64_t i, struct jo_record *record)
{
	uint64_t state = (uint64_t)i * 977 + 1;
	double input_bytes, wall_s, factor;
	int64_t group;

	(void)random_bits(&state);
	group = (int64_t)(uniform(&state) * (double)group_n);
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
	record->start_unix_us = FIRST_NIGHT_US + (int64_t)((double)i / (double)step_n *
							   (double)night_n * (double)DAY_US);
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

static void fill(struct store *store)
{
	struct jo_record *records = xreallocarray(NULL, BATCH, sizeof(*records));
	struct store_input inputs[BATCH];
	struct store_added added = {0};

	check(store_begin(store, &err) == 0, err.text);
	for (int64_t i = 0; i < step_n; i += BATCH) {
		size_t count = i + BATCH < step_n ? BATCH : (size_t)(step_n - i);

		for (size_t j = 0; j < count; j++) {
			make_record(i + (int64_t)j, &records[j]);
			inputs[j] = (struct store_input){&records[j], NULL, STEP_SOURCE_PLUGIN,
							 STEP_STATE_COMPLETED};
		}
		check(store_add(store, inputs, count, records[0].start_unix_us, &added, &err) == 0,
		      err.text);
	}
	check(store_commit(store, &err) == 0, err.text);
	free(records);
}

static void print_sizes(const char *when)
{
	sqlite3 *raw;
	sqlite3_stmt *stmt;
	int64_t total = 0;

	check(sqlite3_open_v2(database, &raw, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK,
	      "cannot open the database");
	check(sqlite3_prepare_v2(
		      raw, "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC", -1,
		      &stmt, NULL) == SQLITE_OK,
	      sqlite3_errmsg(raw));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		int64_t bytes = sqlite3_column_int64(stmt, 1);

		total += bytes;
		if (bytes >= step_n) /* what does not grow with the steps is not worth a line */
			(void)printf("scale_%s_%s %.1f bytes\n", when,
				     (const char *)sqlite3_column_text(stmt, 0),
				     (double)bytes / (double)step_n);
	}
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(raw);
	(void)printf("scale_%s %.1f bytes\n", when, (double)total / (double)step_n);
}

/* Judge what waits of the last days, or all for 0, and add to the summary. */
static void judge(struct store *store, const char *name, int64_t days, struct judge_summary *sum)
{
	double start_s = clock_s(CLOCK_MONOTONIC), cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	struct judge_options options;
	struct judge_summary summary;

	judge_options_init(&options);
	options.judge_days = days;
	check(judge_pending(store, &options, FIRST_NIGHT_US + night_n * DAY_US, NULL, NULL,
			    &summary, &err) == 0,
	      err.text);
	cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s;
	(void)printf("scale_%s %.1f s\n", name, clock_s(CLOCK_MONOTONIC) - start_s);
	(void)printf("scale_%s_cpu %.1f s\n", name, cpu_s);
	(void)printf("scale_%s_steps %" PRId64 " steps\n", name, summary.step_count);
	(void)printf("scale_%s_rate %.0f 1/s\n", name, (double)summary.step_count / cpu_s);
	for (int m = 0; m < METRIC_COUNT; m++)
		sum->verdict_count[m][VERDICT_HIGH] += summary.verdict_count[m][VERDICT_HIGH];
}

/* The first evening after an import, and then all of it. */
static void bench_check(struct store *store)
{
	struct judge_summary sum = {0};
	struct rusage usage;

	judge(store, "evening", EVENING_DAYS, &sum);
	judge(store, "check", 0, &sum);
	for (int m = 0; m < METRIC_COUNT; m++)
		(void)printf("scale_%s_high %" PRId64 " steps\n", metric_infos[m].word,
			     sum.verdict_count[m][VERDICT_HIGH]);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("scale_memory %.0f MiB\n", (double)usage.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	const struct store_options options = {STORE_CREATE, 0};
	char folder[] = "/var/tmp/bench_scale.XXXXXX";
	struct store *store = NULL;
	double cpu_s;

	if (argc > 1)
		step_n = atoll(argv[1]);
	if (argc > 2)
		group_n = atoll(argv[2]);
	if (argc > 3)
		night_n = atoll(argv[3]);
	if (argc <= 4)
		check(mkdtemp(folder) != NULL, "cannot make a folder");
	database = xasprintf("%s/db", argc > 4 ? argv[4] : folder);
	check(store_open(database, &options, &store, &err) == 0, err.text);
	cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	fill(store);
	(void)printf("scale_add_cpu %.1f us\n",
		     (clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s) * 1e6 / (double)step_n);
	print_sizes("before");
	bench_check(store);
	print_sizes("after");
	store_close(store);
	if (argc <= 4) {
		char *command = xasprintf("rm -r '%s'", folder);

		check(system(command) == 0, "cannot remove the folder");
		free(command);
	}
	free(database);
	return 0;
}

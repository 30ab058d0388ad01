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

#include "bench_site.h"
#include "judge/judge.h"
#include "store/store.h"
#include "util/alloc.h"

#define EVENING_DAYS 31 /* JudgeDays as shipped */
#define BATCH 256

static struct site site = {60000, 120, 90};
static char *database;
static struct jo_err err;

static void fill(struct store *store)
{
	struct jo_record *records = xreallocarray(NULL, BATCH, sizeof(*records));
	struct store_input inputs[BATCH];
	struct store_added added = {0};

	check(store_begin(store, &err) == 0, err.text);
	for (int64_t i = 0; i < site.step_n; i += BATCH) {
		size_t count = i + BATCH < site.step_n ? BATCH : (size_t)(site.step_n - i);

		for (size_t j = 0; j < count; j++) {
			make_site_record(&site, i + (int64_t)j, &records[j]);
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
		if (bytes >= site.step_n) /* what does not grow with the steps is not worth a line */
			(void)printf("scale_%s_%s %.1f bytes\n", when,
				     (const char *)sqlite3_column_text(stmt, 0),
				     (double)bytes / (double)site.step_n);
	}
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(raw);
	(void)printf("scale_%s %.1f bytes\n", when, (double)total / (double)site.step_n);
}

/* Judge what waits of the last days, or all for 0, and add to the summary. */
static void judge(struct store *store, const char *name, int64_t days, struct judge_summary *sum)
{
	double start_s = clock_s(CLOCK_MONOTONIC), cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	struct judge_options options;
	struct judge_summary summary;

	judge_options_init(&options);
	options.judge_days = days;
	check(judge_pending(store, &options, FIRST_NIGHT_US + site.night_n * DAY_US, NULL, NULL,
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
		site.step_n = atoll(argv[1]);
	if (argc > 2)
		site.group_n = atoll(argv[2]);
	if (argc > 3)
		site.night_n = atoll(argv[3]);
	if (argc <= 4)
		check(mkdtemp(folder) != NULL, "cannot make a folder");
	database = xasprintf("%s/db", argc > 4 ? argv[4] : folder);
	check(store_open(database, &options, &store, &err) == 0, err.text);
	cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	fill(store);
	(void)printf("scale_add_cpu %.1f us\n",
		     (clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s) * 1e6 / (double)site.step_n);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What records cost PostgreSQL beside more and more months of steps: of jobs that
 * are new, with the largest number there is or an earlier one; the ends of steps
 * whose start is known; and batch scripts that end after the steps that they
 * started.  Wall time, and CPU time of ours and of the server's.  Starts a server of its own; says
 * nothing where there is none.
 *
 * usage: bench_months [NEW [MONTHS...]]
 */
#include <inttypes.h>
#include <stdlib.h>

#include "bench_record.h"
#include "bench_server.h"
#include "joboutliers/units.h"
#include "store/store.h"
#include "util/alloc.h"

#define BATCH 256
#define TRANSACTION 32768 /* as import has it */
#define MONTH_US (INT64_C(30) * 86400 * JO_US_PER_S)
#define KEPT_STEPS 3000 /* of each month */
#define JOB_GAP 2       /* every second number is left for a job that ends late */
#define BATCH_STEP_ID INT64_C(4294967291)

static struct jo_err err;

enum what { SRUN_END, SRUN_START, BATCH_END };

/* What the scheduler says of a process: nano-seconds on a CPU come first. */
static double server_cpu_s(PGconn *conn)
{
	int pid = (int)number(conn, "SELECT pid FROM pg_stat_activity WHERE datname = 'months'"
				    " AND backend_type = 'client backend'"
				    " ORDER BY backend_start LIMIT 1");
	char *path = xasprintf("/proc/%d/schedstat", pid);
	FILE *file = fopen(path, "re");
	double nanoseconds;

	check(file != NULL && fscanf(file, "%lf", &nanoseconds) == 1, path);
	(void)fclose(file);
	free(path);
	return nanoseconds * 1e-9;
}

/* So many records of jobs first, first + gap, ...; returns the seconds that they took. */
static double add(struct store *store, int64_t first, int64_t gap, int64_t count, enum what what,
		  int64_t start_unix_us)
{
	struct jo_record *records = xreallocarray(NULL, BATCH, sizeof(*records));
	int64_t now_unix_us = start_unix_us + MONTH_US / 2;
	struct store_input inputs[BATCH];
	struct store_added added = {0};
	double seconds = 0;

	for (int64_t i = 0; i < count; i += BATCH) {
		size_t n = i + BATCH < count ? BATCH : (size_t)(count - i);
		double since;

		for (size_t j = 0; j < n; j++) {
			int64_t k = i + (int64_t)j;

			make_record(first + gap * k, &records[j]);
			records[j].start_unix_us = start_unix_us + MONTH_US / 2 / count * k;
			if (what == SRUN_START) {
				records[j].kind = JO_RECORD_START;
				records[j].wall_us = JO_MISSING;
			} else if (what == BATCH_END) {
				records[j].step_kind = JO_STEP_BATCH;
				records[j].step_id = BATCH_STEP_ID;
			}
			inputs[j] = (struct store_input){&records[j], NULL, STEP_SOURCE_PLUGIN,
							 STEP_STATE_NONE};
		}
		since = clock_s(CLOCK_PROCESS_CPUTIME_ID);
		if (i % TRANSACTION == 0)
			check(store_begin(store, &err) == 0, err.text);
		check(store_add(store, inputs, n, now_unix_us, &added, &err) == 0, err.text);
		if ((i + BATCH) % TRANSACTION == 0 || i + BATCH >= count)
			check(store_commit(store, &err) == 0, err.text);
		seconds += clock_s(CLOCK_PROCESS_CPUTIME_ID) - since;
	}
	check(added.new_count + added.changed_count == count, "records are missing");
	free(records);
	return seconds;
}

/* Add and tell what each took. */
static void measure(struct store *store, PGconn *conn, int64_t months, const char *name,
		    int64_t first, int64_t gap, int64_t count, enum what what)
{
	double before_s = server_cpu_s(conn), own_s, wall_s = clock_s(CLOCK_MONOTONIC);

	own_s = add(store, first, gap, count, what, T0 + (months - 1) * MONTH_US);
	(void)printf("months_%" PRId64 "_%s %.1f us\n", months, name,
		     (clock_s(CLOCK_MONOTONIC) - wall_s) * 1e6 / (double)count);
	(void)printf("months_%" PRId64 "_%s_cpu %.1f us\n", months, name,
		     (own_s + server_cpu_s(conn) - before_s) * 1e6 / (double)count);
	(void)fflush(stdout);
}

static void one_site(int64_t months, int64_t new)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	int64_t first = months * KEPT_STEPS * JOB_GAP;
	char *database = address_of("months");
	PGconn *conn = connect_to("postgres"), *own;
	struct store *store = NULL;

	make_database("months");
	check(store_open(database, &options, &store, &err) == 0, err.text);
	for (int64_t i = 0; i < months; i++)
		(void)add(store, i * KEPT_STEPS * JOB_GAP, JOB_GAP, KEPT_STEPS, SRUN_END,
			  T0 + i * MONTH_US);
	own = connect_to("months");
	run(own, "VACUUM ANALYZE");
	PQfinish(own);
	measure(store, conn, months, "new", first, JOB_GAP, new, SRUN_END);
	measure(store, conn, months, "late", first + 1, JOB_GAP, new, SRUN_END);
	first += new *JOB_GAP;
	measure(store, conn, months, "starts", first, 1, new, SRUN_START);
	measure(store, conn, months, "ends", first, 1, new, SRUN_END);
	measure(store, conn, months, "scripts", first, 1, new, BATCH_END);
	store_close(store);
	run(conn, "DROP DATABASE months");
	PQfinish(conn);
	free(database);
}

int main(int argc, char **argv)
{
	static char *few[] = {"1", "14", "40"};
	int64_t new = argc > 1 ? atoll(argv[1]) : 5000;
	char **months = argc > 2 ? argv + 2 : few;
	size_t count = argc > 2 ? (size_t)argc - 2 : sizeof(few) / sizeof(few[0]);

	if (!find_server(argv))
		return 0;
	for (size_t i = 0; i < count; i++)
		one_site(atoll(months[i]), new);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How what a night takes grows with the steps that are kept: as many new ones go in
 * beside a year of them and are judged, and its first month is pruned; on both
 * engines. On PostgreSQL that is 13 parts.
 *
 * usage: bench_growth [-e sqlite|postgresql] [NEW [KEPT...]]
 *	-e	on this engine alone
 *	NEW	of the night, at least 20; a group has 20 of them, or, of over
 *		100,000, more
 */
#include <inttypes.h>
#include <unistd.h>

#include "bench_server.h"
#include "bench_site.h"
#include "joboutliers/units.h"
#include "judge/judge.h"
#include "store/store.h"
#include "util/alloc.h"

#define BATCH 256
#define TRANSACTION 32768 /* as import has it */
#define GROUP_STEPS 20    /* of a group in the night; more where that makes too many groups */
#define GROUPS_MAX 5000
#define NIGHTS 365
/* A month goes as a whole when the one after it is over, too. */
#define FIRST_MONTH_DAYS 31
#define TWO_MONTHS_DAYS 59

static struct jo_err err;

struct clocks {
	double wall_s, cpu_s;
};

static struct clocks now(void)
{
	return (struct clocks){clock_s(CLOCK_MONOTONIC), clock_s(CLOCK_PROCESS_CPUTIME_ID)};
}

/* One line for the wall clock, which a server's work is in, and one for our own CPU time; per is
 * how many there were, of which each takes so many micro-seconds, or 0 for seconds in all. */
static void tell(const char *engine, int64_t kept, const char *what, struct clocks since,
		 int64_t per)
{
	struct clocks end = now();
	double scale = per > 0 ? 1e6 / (double)per : 1;
	const char *unit = per > 0 ? "us" : "s";

	(void)printf("growth_%s_%" PRId64 "_%s %.2f %s\n", engine, kept, what,
		     (end.wall_s - since.wall_s) * scale, unit);
	(void)printf("growth_%s_%" PRId64 "_%s_cpu %.2f %s\n", engine, kept, what,
		     (end.cpu_s - since.cpu_s) * scale, unit);
	(void)fflush(stdout);
}

/* Add the site's steps, as jobs behind those of first_i. */
static void add(struct store *store, const struct site *site, int64_t first_i, int64_t shift_us)
{
	struct jo_record *records = xreallocarray(NULL, BATCH, sizeof(*records));
	struct store_input inputs[BATCH];
	struct store_added added = {0};

	for (int64_t i = 0; i < site->step_n; i += BATCH) {
		size_t count = i + BATCH < site->step_n ? BATCH : (size_t)(site->step_n - i);

		for (size_t j = 0; j < count; j++) {
			make_site_record(site, i + (int64_t)j, &records[j]);
			records[j].job_id += first_i;
			records[j].start_unix_us += shift_us;
			inputs[j] = (struct store_input){&records[j], NULL, STEP_SOURCE_PLUGIN,
							 STEP_STATE_COMPLETED};
		}
		if (i % TRANSACTION == 0)
			check(store_begin(store, &err) == 0, err.text);
		check(store_add(store, inputs, count, records[count - 1].start_unix_us, &added,
				&err) == 0,
		      err.text);
		if ((i + BATCH) % TRANSACTION == 0 || i + BATCH >= site->step_n)
			check(store_commit(store, &err) == 0, err.text);
	}
	check(added.new_count == site->step_n, "steps are missing");
	free(records);
}

static void judge(struct store *store, int64_t until_unix_us, struct judge_summary *ret_summary)
{
	struct judge_options options;

	judge_options_init(&options);
	options.judge_days = 1;
	check(judge_pending(store, &options, until_unix_us, NULL, NULL, ret_summary, &err) == 0,
	      err.text);
}

static void one_night(const char *engine, const char *database, int64_t kept, int64_t new,
		      int64_t prune_days)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	const int64_t groups = new / GROUP_STEPS < GROUPS_MAX ? new / GROUP_STEPS : GROUPS_MAX;
	const struct site site = {kept, groups, NIGHTS}, night = {new, groups, 1};
	const struct store_prune prune = {FIRST_NIGHT_US + prune_days * DAY_US, false};
	int64_t until_unix_us = FIRST_NIGHT_US + (NIGHTS + 1) * DAY_US, size_bytes;
	struct judge_summary summary = {0};
	struct store_counts counts;
	struct store_pruned pruned;
	struct store *store = NULL;
	struct clocks since;

	check(store_open(database, &options, &store, &err) == 0, err.text);
	since = now();
	add(store, &site, 0, 0);
	tell(engine, kept, "import", since, kept);
	check(store_counts(store, &counts, &err) == 0, err.text);
	size_bytes = counts.file_bytes;
	(void)printf("growth_%s_%" PRId64 "_size %.0f bytes\n", engine, kept,
		     (double)size_bytes / (double)kept);
	judge(store, FIRST_NIGHT_US + NIGHTS * DAY_US, &summary);
	since = now();
	add(store, &night, kept, NIGHTS * DAY_US);
	tell(engine, kept, "ingest", since, new);
	since = now();
	judge(store, until_unix_us, &summary);
	check(summary.step_count >= new, "steps were not judged");
	tell(engine, kept, "check", since, summary.step_count);
	since = now();
	check(store_prune(store, &prune, &pruned, &err) == 0, err.text);
	check(pruned.step_count > 0, "nothing was pruned");
	tell(engine, kept, "prune", since, 0);
	store_close(store);
}

static void on_file(int64_t kept, int64_t new)
{
	char folder[] = "/var/tmp/bench_growth.XXXXXX", *database, *command;

	check(mkdtemp(folder) != NULL, "cannot make a folder");
	database = xasprintf("%s/db", folder);
	one_night("sqlite", database, kept, new, FIRST_MONTH_DAYS);
	command = xasprintf("rm -r '%s'", folder);
	check(system(command) == 0, "cannot remove the folder");
	free(command);
	free(database);
}

static void on_server(int64_t kept, int64_t new)
{
	PGconn *conn = connect_to("postgres");
	char *database = address_of("growth");

	make_database("growth");
	one_night("postgresql", database, kept, new, TWO_MONTHS_DAYS);
	run(conn, "DROP DATABASE growth");
	PQfinish(conn);
	free(database);
}

int main(int argc, char **argv)
{
	char *sizes[] = {"20000", "200000"}, **kept = sizes;
	const char *engine = "";
	size_t count = sizeof(sizes) / sizeof(sizes[0]);
	int64_t new = 5000;
	bool has_server;
	int option;

	while ((option = getopt(argc, argv, "e:")) != -1) {
		check(option == 'e', "usage: bench_growth [-e sqlite|postgresql] [NEW [KEPT...]]");
		engine = optarg;
	}
	if (optind < argc)
		new = atoll(argv[optind]);
	if (optind + 1 < argc) {
		kept = argv + optind + 1;
		count = (size_t)(argc - optind - 1);
	}
	has_server = strcmp(engine, "sqlite") != 0 && find_server(argv);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(engine, "postgresql") != 0)
			on_file(atoll(kept[i]), new);
		if (has_server)
			on_server(atoll(kept[i]), new);
	}
	return 0;
}

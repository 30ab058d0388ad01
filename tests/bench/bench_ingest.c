/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast ingest is: records from files in a spool into the database, as the
 * plugin writes them and as sjobforward carries them on; rows of files that
 * import reads; the same records into the store, ready in memory; and,
 * as the measure of all, the same rows by a plain loop over SQLite's API.
 */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/spool.h"
#include "bench.h"
#include "bench_record.h"
#include "intake/intake.h"
#include "store/store.h"
#include "util/alloc.h"

#define RECORDS 100000
#define BATCH 256
#define TRANSACTION 32768

static char folder[] = "/var/tmp/bench_ingest.XXXXXX";
static int64_t line_bytes;

static char *in_folder(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static void fill_spool(const char *spool)
{
	char line[JO_RECORD_LINE_MAX], name[32];
	int node_fds[RECORD_NODES];
	struct jo_record record;
	struct jo_err err;

	check(mkdir(spool, 0750) == 0 || errno == EEXIST, "cannot make the spool");
	line_bytes = 0;
	for (int i = 0; i < RECORD_NODES; i++) {
		(void)snprintf(name, sizeof(name), "node%03d", i);
		check(jo_spool_open(spool, name, &node_fds[i], &err) == 0, err.text);
	}
	for (int64_t i = 0; i < RECORDS; i++) {
		int len, node;

		make_record(i, &record);
		len = jo_record_write(&record, line, sizeof(line));
		node = atoi(record.node + strlen("node"));
		(void)snprintf(name, sizeof(name), "%d.0.0", (int)record.job_id);
		check(jo_spool_write(node_fds[node], name, line, (size_t)len, &err) == 0, err.text);
		line_bytes += len;
	}
	for (int i = 0; i < RECORD_NODES; i++)
		(void)close(node_fds[i]);
}

static struct store *open_store(const char *name)
{
	const struct store_options options = {STORE_CREATE, 0};
	char *path = in_folder(name);
	struct store *store = NULL;
	struct jo_err err;

	check(store_open(path, &options, &store, &err) == 0, err.text);
	/* As the commands do by default: a class for each job would be a group for each. */
	check(store_class_names(store, CLASS_NAMES_FAMILY, &err) == 0, err.text);
	free(path);
	return store;
}

/* Times are of the processor as well: on a busy machine only those compare. */
static void report(const char *name, double seconds, double cpu_seconds)
{
	(void)printf("%s %.0f 1/s\n", name, RECORDS / seconds);
	(void)printf("%s_cpu %.2f us\n", name, cpu_seconds * 1e6 / RECORDS);
}

static double cpu_s(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void run(char *command)
{
	check(system(command) == 0, command);
	free(command);
}

static void time_spool(const char *name, const char *spool, const char *database)
{
	const struct intake_calls calls = {0};
	struct store *store = open_store(database);
	const struct source_request request = {.store = store, .spools = &spool, .spool_count = 1};
	struct intake_stats stats;
	struct jo_err err;
	double start = clock_s(CLOCK_MONOTONIC), cpu = cpu_s(),
	       writer_cpu = clock_s(CLOCK_THREAD_CPUTIME_ID);

	check(intake_take(&source_spool, &request, &calls, T0, &stats, &err) == 0, err.text);
	report(name, clock_s(CLOCK_MONOTONIC) - start, cpu_s() - cpu);
	/* The one part that more processors do not make faster: of this thread alone. */
	(void)printf("%s_writer_cpu %.2f us\n", name,
		     (clock_s(CLOCK_THREAD_CPUTIME_ID) - writer_cpu) * 1e6 / RECORDS);
	check(stats.added.new_count == RECORDS, "records are missing");
	store_close(store);
}

static void report_sizes(const char *database)
{
	struct store *store = open_store(database);
	struct store_counts counts;
	struct jo_err err;

	check(store_counts(store, &counts, &err) == 0, err.text);
	(void)printf("record_line %.0f bytes\n", (double)line_bytes / RECORDS);
	(void)printf("record_in_database %.0f bytes\n", (double)counts.file_bytes / RECORDS);
	store_close(store);
}

/* The same records, each in a file of its own, and in files of as many as are carried at once. */
static void time_spools(void)
{
	char *spool = in_folder("spool"), *forwarded = in_folder("forwarded");

	fill_spool(spool);
	time_spool("ingest_spool", spool, "spool.db");
	report_sizes("spool.db");
	fill_spool(spool);
	check(mkdir(forwarded, 0750) == 0, "cannot make a folder");
	run(xasprintf("${JO_BUILD:-build}/sjobforward -q -m %d -s '%s' '%s'", RECORDS, spool,
		      forwarded));
	time_spool("ingest_forwarded", forwarded, "forwarded.db");
	free(forwarded);
	free(spool);
}

static void time_store(void)
{
	struct jo_record *records = xreallocarray(NULL, BATCH, sizeof(*records));
	struct store_input inputs[BATCH];
	struct store *store = open_store("store.db");
	struct store_added added = {0};
	struct jo_err err;
	double seconds = 0, cpu_seconds = 0;

	for (int64_t i = 0; i < RECORDS; i += BATCH) {
		size_t count = i + BATCH < RECORDS ? BATCH : (size_t)(RECORDS - i);
		double start, cpu;

		for (size_t j = 0; j < count; j++) {
			make_record(i + (int64_t)j, &records[j]);
			inputs[j] = (struct store_input){&records[j], NULL, STEP_SOURCE_PLUGIN,
							 STEP_STATE_NONE};
		}
		start = clock_s(CLOCK_MONOTONIC);
		cpu = cpu_s();
		if (i % TRANSACTION == 0)
			check(store_begin(store, &err) == 0, err.text);
		check(store_add(store, inputs, count, T0, &added, &err) == 0, err.text);
		if ((i + BATCH) % TRANSACTION == 0 || i + BATCH >= RECORDS)
			check(store_commit(store, &err) == 0, err.text);
		seconds += clock_s(CLOCK_MONOTONIC) - start;
		cpu_seconds += cpu_s() - cpu;
	}
	report("ingest_store", seconds, cpu_seconds);
	store_close(store);
	free(records);
}

/* ---- files, of which each row is a step ---- */

static void write_csv(FILE *fp, const struct jo_record *record)
{
	if (record->job_id == 1000000)
		(void)fprintf(fp, "job,step,cluster,partition,user,class,node,start,wall_s,"
				  "input_bytes,mem_peak_bytes,ncpus,state,exit_code\n");
	(void)fprintf(fp,
		      "%" PRId64 ",batch,%s,%s,%s,%s,%s,%" PRId64 ",%.3f,%" PRId64 ",%" PRId64
		      ",8,COMPLETED,0\n",
		      record->job_id, record->cluster, record->partition, record->user,
		      record->class_name, record->node, record->start_unix_us / 1000000,
		      (double)record->wall_us * 1e-6, record->input_bytes, record->mem_peak_bytes);
}

/* A line for the job, and one for its batch step. */
static void write_sacct(FILE *fp, const struct jo_record *record)
{
	int64_t job = record->job_id, start = record->start_unix_us / 1000000;

	if (job == 1000000)
		(void)fprintf(fp, "JobIDRaw|Cluster|User|Partition|State|ExitCode|Start|ElapsedRaw|"
				  "NNodes|NodeList|AllocCPUS|MaxRSS|UserCPU|SystemCPU|JobName\n");
	(void)fprintf(fp,
		      "%" PRId64 "|%s|%s|%s|COMPLETED|0:0|%" PRId64 "|%" PRId64
		      "|1|%s|8||00:01:00|00:01|%s\n",
		      job, record->cluster, record->user, record->partition, start,
		      record->wall_us / 1000000, record->node, record->class_name);
	(void)fprintf(fp,
		      "%" PRId64 ".batch|%s|||COMPLETED|0:0|%" PRId64 "|%" PRId64 "|1|%s|8|%" PRId64
		      "K|00:50.500|00:01|batch\n",
		      job, record->cluster, start, record->wall_us / 1000000, record->node,
		      record->max_rss_bytes / 1024);
}

static void time_file(const char *name, const struct source *source,
		      void (*write_row)(FILE *fp, const struct jo_record *record))
{
	const struct intake_calls calls = {0};
	char *path = in_folder(name);
	struct source_request request = {.values = {path}, .now_unix_us = INT64_MAX};
	FILE *fp = fopen(path, "w");
	struct intake_stats stats;
	struct jo_record record;
	struct jo_err err;
	double start, cpu;

	check(fp != NULL, path);
	for (int64_t i = 0; i < RECORDS; i++) {
		make_record(i, &record);
		write_row(fp, &record);
	}
	check(fclose(fp) == 0, path);
	request.store = open_store("file.db");
	start = clock_s(CLOCK_MONOTONIC);
	cpu = cpu_s();
	check(intake_take(source, &request, &calls, T0, &stats, &err) == 0, err.text);
	report(name, clock_s(CLOCK_MONOTONIC) - start, cpu_s() - cpu);
	check(stats.added.new_count == RECORDS, "rows are missing");
	store_close(request.store);
	(void)unlink(path);
	free(path);
	path = in_folder("file.db");
	(void)unlink(path);
	free(path);
}

/* A value as SQLite will have it. */
struct value {
	int64_t number;
	char *text; /* NULL: number; JO_MISSING for NULL */
};

static struct value *read_rows(sqlite3 *db, int *ret_columns)
{
	struct value *values, *value;
	sqlite3_stmt *stmt;

	check(sqlite3_prepare_v2(db, "SELECT * FROM step ORDER BY id", -1, &stmt, NULL) ==
		      SQLITE_OK,
	      sqlite3_errmsg(db));
	*ret_columns = sqlite3_column_count(stmt);
	value = values = xcalloc((size_t)RECORDS * (size_t)*ret_columns, sizeof(*values));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < *ret_columns; i++, value++) {
			if (sqlite3_column_type(stmt, i) == SQLITE_TEXT)
				value->text = xstrdup((const char *)sqlite3_column_text(stmt, i));
			else if (sqlite3_column_type(stmt, i) == SQLITE_NULL)
				value->number = JO_MISSING;
			else
				value->number = sqlite3_column_int64(stmt, i);
		}
	(void)sqlite3_finalize(stmt);
	return values;
}

static void bind(sqlite3_stmt *stmt, int index, const struct value *value)
{
	if (value->text != NULL)
		(void)sqlite3_bind_text(stmt, index, value->text, -1, SQLITE_STATIC);
	else if (value->number == JO_MISSING)
		(void)sqlite3_bind_null(stmt, index);
	else
		(void)sqlite3_bind_int64(stmt, index, value->number);
}

static void exec(sqlite3 *db, const char *sql)
{
	check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
}

static sqlite3 *open_raw(const char *name)
{
	char *path = in_folder(name);
	sqlite3 *db;

	check(sqlite3_open(path, &db) == SQLITE_OK, "cannot open");
	free(path);
	exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		 "PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -262144;");
	return db;
}

/* The finished rows, with their indexes, and nothing else. */
static void time_plain_loop(void)
{
	sqlite3 *from = open_raw("spool.db"), *db;
	struct value *rows, *value;
	char *sql = xstrdup("INSERT INTO step VALUES (?");
	sqlite3_stmt *stmt;
	int columns;
	double start, cpu;

	rows = value = read_rows(from, &columns);
	(void)sqlite3_close(from);
	store_close(open_store("plain.db"));
	db = open_raw("plain.db");
	for (int i = 1; i < columns; i++) {
		char *longer = xasprintf("%s,?%s", sql, i + 1 < columns ? "" : ")");

		free(sql);
		sql = longer;
	}
	check(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, sqlite3_errmsg(db));
	start = clock_s(CLOCK_MONOTONIC);
	cpu = cpu_s();
	exec(db, "BEGIN");
	for (int64_t row = 0; row < RECORDS; row++) {
		for (int i = 0; i < columns; i++, value++)
			bind(stmt, i + 1, value);
		check(sqlite3_step(stmt) == SQLITE_DONE, sqlite3_errmsg(db));
		(void)sqlite3_reset(stmt);
		if (row % TRANSACTION == TRANSACTION - 1)
			exec(db, "COMMIT; BEGIN");
	}
	exec(db, "COMMIT");
	report("ingest_plain_sqlite_loop", clock_s(CLOCK_MONOTONIC) - start, cpu_s() - cpu);
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
	for (int64_t i = 0; i < (int64_t)RECORDS * columns; i++)
		free(rows[i].text);
	free(rows);
	free(sql);
}

int main(void)
{
	check(mkdtemp(folder) != NULL, "cannot make a folder");
	time_spools();
	time_store();
	time_file("import_csv", &source_csv, write_csv);
	time_file("import_sacct", &source_sacct, write_sacct);
	time_plain_loop();
	run(xasprintf("rm -r '%s'", folder));
	return 0;
}

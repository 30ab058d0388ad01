/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast steps go into PostgreSQL, beside COPY of the same rows ready-made into
 * the same tables on the same server, with the same commits; and what a step
 * takes there. Starts a server of its own; says nothing where there is none.
 */
#include <stdlib.h>
#include <string.h>

#include "bench_record.h"
#include "bench_server.h"
#include "step/measure.h"
#include "step/month.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#define RECORDS 100000
#define BATCH 256
#define TRANSACTION 32768
#define NIGHT_RECORDS 10000

static struct store *open_store(const char *name)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	char *address = address_of(name);
	struct store *store = NULL;
	struct jo_err err;

	check(store_open(address, &options, &store, &err) == 0, err.text);
	check(store_class_names(store, CLASS_NAMES_FAMILY, &err) == 0, err.text);
	free(address);
	return store;
}

static double add_records(struct store *store, int64_t begin, int64_t end)
{
	struct jo_record *records = xreallocarray(NULL, BATCH, sizeof(*records));
	struct store_input inputs[BATCH];
	struct store_added added = {0};
	struct jo_err err;
	double seconds = 0;

	for (int64_t i = begin; i < end; i += BATCH) {
		size_t count = i + BATCH < end ? BATCH : (size_t)(end - i);
		double start;

		for (size_t j = 0; j < count; j++) {
			make_record(i + (int64_t)j, &records[j]);
			inputs[j] = (struct store_input){&records[j], NULL, STEP_SOURCE_PLUGIN,
							 STEP_STATE_NONE};
		}
		start = clock_s(CLOCK_MONOTONIC);
		if ((i - begin) % TRANSACTION == 0)
			check(store_begin(store, &err) == 0, err.text);
		check(store_add(store, inputs, count, T0, &added, &err) == 0, err.text);
		if ((i - begin + BATCH) % TRANSACTION == 0 || i + BATCH >= end)
			check(store_commit(store, &err) == 0, err.text);
		seconds += clock_s(CLOCK_MONOTONIC) - start;
	}
	check(added.new_count == end - begin, "records are missing");
	free(records);
	return seconds;
}

/* The rows as COPY has them as text, with where each transaction's end; the caller frees both. */
static char *read_rows(PGconn *conn, const char *columns, size_t *ends, size_t *ret_count)
{
	char *sql = xasprintf("COPY (SELECT %s FROM step ORDER BY id) TO STDOUT", columns), *row;
	struct strbuf rows;
	size_t count = 0;
	int64_t i = 0;
	int len;

	strbuf_init(&rows);
	run(conn, sql);
	free(sql);
	while ((len = PQgetCopyData(conn, &row, 0)) > 0) {
		strbuf_add(&rows, row, (size_t)len);
		PQfreemem(row);
		if (++i % TRANSACTION == 0 || i == RECORDS)
			ends[count++] = rows.len;
	}
	PQclear(PQgetResult(conn));
	*ret_count = count;
	return strbuf_detach(&rows);
}

/* A database that has the month of the rows, and none of them. */
static PGconn *make_plain(void)
{
	struct store *store = open_store("plain");
	PGconn *conn = connect_to("plain");

	(void)add_records(store, 0, 1);
	store_close(store);
	run(conn, "DELETE FROM step");
	return conn;
}

static double copy_rows(PGconn *conn, const char *columns, const char *rows, const size_t *ends,
			size_t count)
{
	char *sql = xasprintf("COPY step (%s) FROM STDIN", columns);
	double start = clock_s(CLOCK_MONOTONIC);
	size_t begin = 0;

	for (size_t i = 0; i < count; begin = ends[i++]) {
		PGresult *result;

		run(conn, sql);
		check(PQputCopyData(conn, rows + begin, (int)(ends[i] - begin)) == 1 &&
			      PQputCopyEnd(conn, NULL) == 1,
		      PQerrorMessage(conn));
		result = PQgetResult(conn);
		check(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(conn));
		PQclear(result);
		PQclear(PQgetResult(conn));
	}
	free(sql);
	return clock_s(CLOCK_MONOTONIC) - start;
}

/* ---- what a step takes ---- */

/* Three metrics of a step that was normal, as most are. */
static void judge(struct store *store, int64_t step_id)
{
	struct step_verdict verdicts[METRIC_COUNT];
	struct jo_err err;

	for (int m = 0; m < METRIC_COUNT; m++)
		verdicts[m] = (struct step_verdict){.step_id = step_id,
						    .metric = (enum metric)m,
						    .measure = measure_default((enum metric)m),
						    .verdict = VERDICT_NORMAL,
						    .reason = "",
						    .value = 1e9,
						    .expected = 1.1e9,
						    .low = 0.8e9,
						    .high = 1.5e9,
						    .ratio = 0.9,
						    .score = -0.4,
						    .p_value = 0.6,
						    .alpha = 1e-3,
						    .near_count = JO_MISSING,
						    .like_count = JO_MISSING,
						    .group = "biology",
						    .history_count = 300,
						    .regime_start_unix_us = JO_MISSING,
						    .regime_ratio = NAN,
						    .borrowed_from = "",
						    .attrs_used = "",
						    .model_version = 1,
						    .judged_unix_us = T0,
						    .night = 20231114};
	check(store_verdicts_put(store, verdicts, METRIC_COUNT, T0, &err) == 0, err.text);
}

static void report_size(PGconn *conn, const char *name, const char *relations)
{
	char *sql = xasprintf("SELECT sum(pg_table_size(oid)) FROM pg_class WHERE %s", relations);

	(void)printf("%s %.0f bytes\n", name, number(conn, sql) / RECORDS);
	free(sql);
}

/* Nights of which each takes and judges as many steps; autovacuum comes after each. */
static void fill_nights(void)
{
	struct store *store = open_store("nights");
	PGconn *conn = connect_to("nights");
	struct jo_err err;

	for (int64_t begin = 0; begin < RECORDS; begin += NIGHT_RECORDS) {
		(void)add_records(store, begin, begin + NIGHT_RECORDS);
		check(store_begin(store, &err) == 0, err.text);
		for (int64_t i = begin; i < begin + NIGHT_RECORDS; i++)
			judge(store, month_step_id(month_of(T0, T0), i + 1));
		check(store_commit(store, &err) == 0, err.text);
		run(conn, "VACUUM step, waiting");
	}
	store_close(store);
	report_size(conn, "postgres_step", "relname ~ '^step_[0-9_]+$' AND relkind = 'r'");
	report_size(conn, "postgres_step_indexes", "relkind = 'i' AND relname ~ '^step_'");
	report_size(conn, "postgres_verdict", "relname ~ '^verdict' AND relkind IN ('r', 'i')");
	report_size(conn, "postgres_all",
		    "relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace");
	PQfinish(conn);
}

int main(int argc, char **argv)
{
	static const char columns_sql[] =
		"SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
		" WHERE attrelid = 'step'::regclass AND attnum > 0 AND NOT attisdropped";
	size_t ends[RECORDS / TRANSACTION + 1], count;
	PGconn *from, *to;
	double seconds, copy_seconds;
	struct store *store;
	PGresult *columns;
	char *rows;

	(void)argc;
	if (!find_server(argv))
		return 0;
	make_database("ours");
	make_database("plain");
	store = open_store("ours");
	seconds = add_records(store, 0, RECORDS);
	store_close(store);
	from = connect_to("ours");
	to = make_plain();
	columns = ask(from, columns_sql);
	rows = read_rows(from, PQgetvalue(columns, 0, 0), ends, &count);
	copy_seconds = copy_rows(to, PQgetvalue(columns, 0, 0), rows, ends, count);
	(void)printf("postgres_ingest_store %.0f 1/s\n", RECORDS / seconds);
	(void)printf("postgres_copy %.0f 1/s\n", RECORDS / copy_seconds);
	(void)printf("postgres_ingest_to_copy %.2f ratio\n", copy_seconds / seconds);
	PQclear(columns);
	PQfinish(from);
	PQfinish(to);
	free(rows);
	make_database("nights");
	fill_nights();
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which steps wait to be judged, and which are history. */
#include "store_fixture.h"

#include "store/open_store.h"

enum { WAITS, IS_JUDGED, IS_HISTORY };

static int standing(struct store *store, int64_t job)
{
	struct store_selection selection;
	int64_t is_history = 0;

	store_selection_init(&selection);
	selection.id = id_of(store, job);
	selection.want_history = true;
	must(store_steps_count(store, &selection, &is_history, &err) == 0, err.text);
	if (is_history == 1)
		return IS_HISTORY;
	return change_of(store, selection.id) != JO_MISSING ? WAITS : IS_JUDGED;
}

static void judge(struct store *store, int64_t job)
{
	struct step_verdict verdict = {
		.step_id = id_of(store, job),
		.verdict = VERDICT_NORMAL,
		.reason = "",
		.group = "",
		.borrowed_from = "",
		.attrs_used = "",
		.judged_unix_us = T0,
		.night = NIGHT,
	};

	must(put_verdict(store, &verdict) == 0, "judge");
}

/* Returns how many became history. */
static int64_t settle(struct store *store, int64_t from_unix_us)
{
	int64_t new_n = -1;

	must(store_past_settle(store, from_unix_us, &new_n, &err) == 0, err.text);
	return new_n;
}

static int64_t count(struct store *store)
{
	struct store_counts counts;

	must(store_counts(store, &counts, &err) == 0, err.text);
	return counts.history_count;
}

/* As what is added to a step leaves it. */
static void change(struct store *store, const char *jobs)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
		       "INSERT INTO waiting SELECT id, group_id, end_unix_us, ingest_unix_us"
		       " FROM step WHERE job_id IN (%s)",
		       jobs);
	must(db_exec(store->db, sql, &err) == 0, err.text);
}

/* Job i ends 100 s after T0 + i - 1 hours. */
static void history(void)
{
	struct store *store = open_new("history");
	struct store_counts counts;
	int64_t newest = 0;

	is_int(store_past_newest(store, T0, &newest, &err), 0, "nothing ended yet");
	is_int(settle(store, T0), 0, "and nothing becomes history");
	for (int i = 0; i < 6; i++)
		add_job(store, i + 1, "ann", T0 + i * HOUR);
	start_job(store, 7, JO_MISSING);
	is_int(store_past_newest(store, T0 + 24 * HOUR, &newest, &err), 1, "a step ended");
	is_int(newest, T0 + 5 * HOUR + 100 * S, "the newest then");
	must(store_past_newest(store, T0 + 2 * HOUR, &newest, &err) == 1, err.text);
	is_int(newest, T0 + 1 * HOUR + 100 * S, "of those before a time");

	judge(store, 1);
	is_int(settle(store, T0 + 3 * HOUR + 100 * S), 2, "what ended before becomes history");
	is_int(settle(store, T0 + 3 * HOUR + 100 * S), 0, "once");
	ok(standing(store, 2) == IS_HISTORY && standing(store, 3) == IS_HISTORY, "each of it");
	is_int(standing(store, 1), IS_JUDGED, "but what was judged");
	is_int(standing(store, 4), WAITS, "what ended then waits");
	must(store_counts(store, &counts, &err) == 0, err.text);
	is_int(counts.unjudged_count, 3, "three are to be judged");
	is_int(counts.history_count, 2, "and two are not");

	change(store, "1, 2");
	is_int(settle(store, T0 + 3 * HOUR), 1, "one of those that changed is not judged");
	is_int(standing(store, 2), IS_HISTORY, "and is history again");
	is_int(standing(store, 1), WAITS, "what was judged and has changed is judged again");
	is_int(count(store), 2, "two are history");

	judge(store, 3);
	is_int(standing(store, 3), IS_JUDGED, "what is judged after all is none any more");
	is_int(settle(store, T0 + 1 * HOUR), 0, "from an earlier time on none is new");
	is_int(standing(store, 2), WAITS, "and it waits again");
	(void)settle(store, T0 + 24 * HOUR);
	is_int(count(store), 4, "all may be history");
	(void)settle(store, JO_MISSING);
	is_int(count(store), 0, "and none of it");

	must(db_exec(store->db, "DELETE FROM step WHERE job_id = 6", &err) == 0, err.text);
	(void)settle(store, JO_MISSING);
	must(store_counts(store, &counts, &err) == 0, err.text);
	is_int(counts.unjudged_count, 4, "what somebody removed by hand does not wait");
	store_close(store);
}

/* More than one transaction has. */
static void many(void)
{
	struct store *store = open_new("many");

	add_job(store, 1, "ann", T0);
	must(db_exec(store->db,
		     "CREATE TEMP TABLE more AS WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL"
		     " SELECT i + 1 FROM n WHERE i < 120000) SELECT n.i AS i, m.* FROM n, step AS "
		     "m;"
		     "UPDATE more SET id = i, job_id = i;"
		     "ALTER TABLE more DROP COLUMN i;"
		     "INSERT INTO step SELECT * FROM more;"
		     "INSERT INTO waiting SELECT id, group_id, end_unix_us, ingest_unix_us FROM "
		     "more;"
		     "INSERT INTO verdict VALUES (77, 1, 1, CAST('' AS BLOB))",
		     &err) == 0,
	     err.text);
	is_int(settle(store, T0 + HOUR), 119999, "many become history");
	is_int(count(store), 119999, "all of many that were not judged are history");
	is_int(standing(store, 77), WAITS, "and the one that was is not");
	(void)settle(store, JO_MISSING);
	is_int(count(store), 0, "and all come back");
	store_close(store);
}

int main(void)
{
	begin_tests();
	history();
	many();
	return end_tests();
}

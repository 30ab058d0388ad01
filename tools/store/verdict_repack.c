/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the old rows step by step, and removes what was moved: a run that is
 * broken off goes on with what is left, and the room that becomes free takes the
 * new rows.
 */
#include "verdict_repack.h"

#include <math.h>

#include "joboutliers/record.h"
#include "measure_column.h"
#include "util/strbuf.h"
#include "verdict_pack.h"

/* Steps of one call: as many as prune takes in a transaction. */
#define CHUNK 5000

/* The rows of the chunk's steps.  What is now a column of its own stood in JSON. */
static const char rows_sql[] =
	"SELECT w.step, w.metric, w.verdict, coalesce(r.text, ''), w.value, w.expected, w.low,"
	" w.high, w.ratio, w.score, w.p_value, w.history_count, w.censored_count,"
	" w.regime_start_unix_us, w.borrowed_count, coalesce(b.text, ''), w.measure, w.level,"
	" w.near_count, w.like_count, json_extract(w.detail, '$.group'),"
	" json_extract(w.detail, '$.sized'), json_extract(w.detail, '$.night_n'),"
	" json_extract(w.detail, '$.apart_n'),"
	" CAST(json_extract(w.detail, '$.regime_ratio') AS REAL),"
	" (SELECT group_concat(CASE WHEN a.name LIKE 'attr.%' THEN substr(a.name, 6) ELSE a.name"
	"  END, ', ') FROM (SELECT json_extract(value, '$.name') AS name"
	"  FROM json_each(coalesce(w.attrs_used, '[]'))) AS a),"
	" (SELECT j.id FROM judging AS j WHERE j.night = w.night"
	"  AND j.judged_unix_us = w.judged_unix_us AND j.alpha IS w.alpha"
	"  AND j.model_version IS w.model_version)"
	" FROM verdict_wide AS w LEFT JOIN name AS r ON r.id = w.reason_id"
	" LEFT JOIN name AS b ON b.id = w.borrowed_from_id"
	" WHERE w.step <= (SELECT max(step) FROM (SELECT DISTINCT step FROM verdict_wide"
	"  ORDER BY step LIMIT ?) AS first) ORDER BY w.step, w.metric";

/* A step's verdicts, as far as they were read; the texts are copies. */
struct chunk {
	struct verdict_texts *texts;
	struct db_stmt rows, put;
	int64_t step, judging; /* of the verdicts; 0: none */
	struct step_verdict verdicts[METRIC_COUNT];
	size_t count;
};

static enum verdict_level read_level(struct db_stmt *stmt)
{
	int64_t number = db_column_int(stmt);

	return number >= 0 && number < VERDICT_LEVEL_COUNT ? (enum verdict_level)number
							   : VERDICT_LEVEL_NONE;
}

/* The text as one of the store's, which stays: a row's own is gone with the next one. */
static const char *keep(struct verdict_texts *texts, const char *text, int *rc, struct jo_err *err)
{
	const char *kept = "";
	int64_t id;

	if (*rc == 0)
		*rc = verdict_text_id(texts, text, &id, err);
	if (*rc == 0)
		*rc = verdict_text_get(texts, id, "", &kept, err);
	return kept;
}

/* 0 and *ret_verdict, or a negative errno. */
static int read_row(struct chunk *chunk, struct step_verdict *ret_verdict, int64_t *ret_judging,
		    struct jo_err *err)
{
	struct db_stmt *stmt = &chunk->rows;
	struct step_verdict verdict = {.step_id = db_column_int(stmt)};
	int rc = 0, row_rc;

	verdict.metric = (enum metric)db_column_enum(stmt, METRIC_COUNT);
	verdict.verdict = (enum verdict)db_column_enum(stmt, VERDICT_COUNT);
	verdict.reason = keep(chunk->texts, db_column_text(stmt), &rc, err);
	verdict.value = db_column_real(stmt);
	verdict.expected = db_column_real(stmt);
	verdict.low = db_column_real(stmt);
	verdict.high = db_column_real(stmt);
	verdict.ratio = db_column_real(stmt);
	verdict.score = db_column_real(stmt);
	verdict.p_value = db_column_real(stmt);
	verdict.history_count = db_column_int(stmt);
	verdict.censored_count = db_column_int(stmt);
	verdict.regime_start_unix_us = db_column_us(stmt);
	verdict.borrowed_count = db_column_int(stmt);
	verdict.borrowed_from = keep(chunk->texts, db_column_text(stmt), &rc, err);
	verdict.measure = measure_read(stmt, verdict.metric);
	verdict.level = read_level(stmt);
	verdict.near_count = db_column_int(stmt);
	verdict.like_count = db_column_int(stmt);
	verdict.group = keep(chunk->texts, db_column_text(stmt), &rc, err);
	verdict.is_sized = db_column_int(stmt) == 1;
	verdict.night_count = db_column_int(stmt);
	verdict.apart_count = db_column_int(stmt);
	verdict.regime_ratio = db_column_real(stmt);
	verdict.attrs_used = keep(chunk->texts, db_column_text(stmt), &rc, err);
	*ret_judging = db_column_int(stmt);
	row_rc = db_row_check(stmt, err);
	*ret_verdict = verdict;
	return row_rc < 0 ? row_rc : rc;
}

static int put_step(struct chunk *chunk, struct jo_err *err)
{
	struct strbuf bytes;
	unsigned kinds;
	int rc;

	if (chunk->count == 0)
		return 0;
	strbuf_init(&bytes);
	rc = verdict_pack(chunk->texts, chunk->verdicts, chunk->count, &bytes, &kinds, err);
	if (rc == 0) {
		db_reset(&chunk->put);
		db_bind_int(&chunk->put, chunk->step);
		db_bind_int(&chunk->put, chunk->judging);
		db_bind_int(&chunk->put, kinds);
		db_bind_blob(&chunk->put, bytes.text, bytes.len);
		rc = db_run(&chunk->put, err);
	}
	strbuf_release(&bytes);
	chunk->count = 0;
	return rc;
}

/* Move the rows of some steps; returns how many steps. */
static int move_steps(struct chunk *chunk, struct jo_err *err)
{
	struct step_verdict verdict;
	int64_t judging;
	int count = 0, rc;

	db_reset(&chunk->rows);
	db_bind_int(&chunk->rows, CHUNK);
	while ((rc = db_step(&chunk->rows, err)) > 0) {
		rc = read_row(chunk, &verdict, &judging, err);
		if (rc == 0 && chunk->count > 0 && verdict.step_id != chunk->step)
			rc = put_step(chunk, err);
		if (rc < 0)
			break;
		if (chunk->count == 0) {
			chunk->step = verdict.step_id;
			chunk->judging = judging;
			count++;
		}
		chunk->verdicts[chunk->count++] = verdict;
	}
	db_reset(&chunk->rows);
	if (rc == 0)
		rc = put_step(chunk, err);
	return rc < 0 ? rc : count;
}

static int drop_moved(struct db *db, int64_t last_step, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(db, "DELETE FROM verdict_wide WHERE step <= ?", DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, last_step);
	rc = db_change_once(&stmt, err);
	return rc < 0 ? rc : 0;
}

int verdict_repack(struct db *db, struct jo_err *err)
{
	struct chunk chunk = {.texts = verdict_texts_new(db)};
	int count = 0, rc = db_prepare(db, rows_sql, DB_ONCE, &chunk.rows, err);

	if (rc == 0)
		rc = db_prepare(db,
				"INSERT INTO verdict (step, judging, kinds, data)"
				" VALUES (?, ?, ?, ?)",
				DB_KEPT, &chunk.put, err);
	if (rc == 0)
		rc = count = move_steps(&chunk, err);
	if (rc > 0)
		rc = drop_moved(db, chunk.step, err);
	db_release(&chunk.rows);
	db_release(&chunk.put);
	verdict_texts_free(chunk.texts);
	return rc < 0 ? rc : count;
}

int verdict_repack_count(struct db *db, int64_t *ret_count, struct jo_err *err)
{
	return db_query_int(db, "SELECT count(DISTINCT step) FROM verdict_wide", ret_count, err);
}

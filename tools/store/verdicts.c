/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts, kept beside the step they are about. */
#include "verdicts.h"

#include "joboutliers/record.h"
#include "measure_column.h"
#include "name.h"
#include "statements.h"
#include "step_select.h"

int store_verdict_put(struct store *store, const struct step_verdict *verdict, struct jo_err *err)
{
	int64_t reason_id, borrowed_from_id;
	struct db_stmt *stmt;
	int rc;

	/* Few different texts, in millions of rows. */
	rc = name_id(store, verdict->reason, &reason_id, err);
	if (rc == 0)
		rc = name_id(store, verdict->borrowed_from, &borrowed_from_id, err);
	if (rc == 0)
		rc = store_use(store, STMT_VERDICT_PUT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, verdict->step_id);
	db_bind_int(stmt, (int64_t)verdict->metric);
	db_bind_int(stmt, (int64_t)verdict->verdict);
	db_bind_int(stmt, reason_id);
	db_bind_real(stmt, verdict->value);
	db_bind_real(stmt, verdict->expected);
	db_bind_real(stmt, verdict->low);
	db_bind_real(stmt, verdict->high);
	db_bind_real(stmt, verdict->ratio);
	db_bind_real(stmt, verdict->score);
	db_bind_real(stmt, verdict->p_value);
	db_bind_real(stmt, verdict->threshold_ratio);
	db_bind_real(stmt, verdict->alpha);
	db_bind_int(stmt, verdict->group_id);
	db_bind_int(stmt, verdict->history_count);
	db_bind_int(stmt, verdict->censored_count);
	db_bind_int(stmt, verdict->regime_start_unix_us);
	db_bind_int(stmt, verdict->borrowed_count);
	db_bind_int(stmt, borrowed_from_id);
	db_bind_text(stmt, *verdict->attrs_used != '\0' ? verdict->attrs_used : NULL);
	db_bind_text(stmt, *verdict->detail != '\0' ? verdict->detail : NULL);
	db_bind_int(stmt, verdict->model_version);
	db_bind_int(stmt, verdict->judged_unix_us);
	db_bind_int(stmt, verdict->night);
	measure_bind(stmt, verdict->metric, verdict->measure);
	db_bind_int(stmt,
		    verdict->level == VERDICT_LEVEL_NONE ? JO_MISSING : (int64_t)verdict->level);
	db_bind_int(stmt, verdict->near_count);
	db_bind_int(stmt, verdict->like_count);
	rc = db_run(stmt, err);
	if (rc == 0)
		rc = store_use(store, STMT_STEP_JUDGED, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, verdict->judged_unix_us);
	db_bind_int(stmt, verdict->step_id);
	return db_run(stmt, err);
}

void store_verdict_selection_init(struct store_verdict_selection *selection)
{
	*selection = (struct store_verdict_selection){0};
	store_selection_init(&selection->steps);
}

static const char verdict_columns[] =
	", v.metric, v.verdict, (SELECT text FROM name WHERE id = v.reason_id), v.value, "
	"v.expected,"
	" v.low, v.high, v.ratio, v.score, v.p_value, v.threshold_ratio, v.alpha, v.group_id,"
	" v.history_count, v.censored_count, v.regime_start_unix_us, v.borrowed_count,"
	" (SELECT text FROM name WHERE id = v.borrowed_from_id), v.attrs_used, v.detail,"
	" v.model_version, v.judged_unix_us, v.night, v.measure, v.level, v.near_count,"
	" v.like_count";

int store_verdicts_open(struct store *store, const struct store_verdict_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct query query;
	int rc;

	query_init(&query);
	strbuf_addf(&query.sql,
		    "SELECT %s%s FROM step AS s JOIN verdict AS v ON v.step = s.id WHERE 1",
		    store_step_sql, verdict_columns);
	query_mask(&query, "v.verdict", selection->verdict_mask);
	query_mask(&query, "v.metric", selection->metric_mask);
	query_int(&query, " AND v.night = ?",
		  selection->night != 0 ? selection->night : JO_MISSING);
	rc = query_steps(&query, store, &selection->steps, err);
	if (rc == 0) {
		if (selection->want_by_score) {
			strbuf_adds(&query.sql, " ORDER BY v.score DESC, s.id, v.metric");
			query_int(&query, " LIMIT ?", selection->steps.limit);
		} else {
			query_order(&query, &selection->steps, ", v.metric");
		}
		rc = query_open(&query, store, CURSOR_VERDICTS, ret_cursor, err);
	}
	query_release(&query);
	return rc;
}

/* NULL is no level. */
static enum verdict_level level_read(struct db_stmt *stmt)
{
	int64_t number = db_column_int(stmt);

	return number >= 0 && number < VERDICT_LEVEL_COUNT ? (enum verdict_level)number
							   : VERDICT_LEVEL_NONE;
}

static void read_verdict(struct db_stmt *stmt, struct step_verdict *ret_verdict)
{
	ret_verdict->metric = (enum metric)db_column_enum(stmt, METRIC_COUNT);
	ret_verdict->verdict = (enum verdict)db_column_enum(stmt, VERDICT_COUNT);
	ret_verdict->reason = db_column_text(stmt);
	ret_verdict->value = db_column_real(stmt);
	ret_verdict->expected = db_column_real(stmt);
	ret_verdict->low = db_column_real(stmt);
	ret_verdict->high = db_column_real(stmt);
	ret_verdict->ratio = db_column_real(stmt);
	ret_verdict->score = db_column_real(stmt);
	ret_verdict->p_value = db_column_real(stmt);
	ret_verdict->threshold_ratio = db_column_real(stmt);
	ret_verdict->alpha = db_column_real(stmt);
	ret_verdict->group_id = db_column_int(stmt);
	ret_verdict->history_count = db_column_int(stmt);
	ret_verdict->censored_count = db_column_int(stmt);
	ret_verdict->regime_start_unix_us = db_column_us(stmt);
	ret_verdict->borrowed_count = db_column_int(stmt);
	ret_verdict->borrowed_from = db_column_text(stmt);
	ret_verdict->attrs_used = db_column_text(stmt);
	ret_verdict->detail = db_column_text(stmt);
	ret_verdict->model_version = db_column_int(stmt);
	ret_verdict->judged_unix_us = db_column_us(stmt);
	ret_verdict->night = (int32_t)db_column_int(stmt);
	ret_verdict->measure = measure_read(stmt, ret_verdict->metric);
	ret_verdict->level = level_read(stmt);
	ret_verdict->near_count = db_column_int(stmt);
	ret_verdict->like_count = db_column_int(stmt);
}

int store_verdicts_next(struct store_cursor *cursor, struct step *ret_step,
			struct step_verdict *ret_verdict, struct jo_err *err)
{
	int rc = cursor_step(cursor, CURSOR_VERDICTS, err);
	struct step_verdict verdict;
	struct step step;

	if (rc <= 0)
		return rc;
	step_read(&cursor->stmt, &step);
	read_verdict(&cursor->stmt, &verdict);
	rc = db_row_check(&cursor->stmt, err);
	if (rc < 0)
		return rc;
	verdict.step_id = step.id;
	*ret_step = step;
	*ret_verdict = verdict;
	return 1;
}

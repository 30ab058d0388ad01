/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways to steps with verdicts.  Two go in the order that is asked for, and
 * so need no more memory for a million rows than for one: by the index of ends,
 * and by that of the verdicts that matter, where only a night's rows are sorted.
 */
#include "verdict_select.h"

#include <errno.h>

#include "joboutliers/record.h"
#include "joboutliers/units.h"
#include "open_store.h"
#include "step/night.h"
#include "step_select.h"
#include "verdict_pack.h"
#include "waiting.h"

static const char columns_sql[] = ", v.data, j.night, j.judged_unix_us, j.alpha, j.model_version";

/* Of no verdict, whether there will be none. */
static const char past_sql[] =
	", CASE WHEN v.step IS NULL AND " WAITING_IS_PAST " THEN 1 ELSE 0 END";

static bool is_of_few_steps(const struct store_selection *selection)
{
	return selection->id != JO_MISSING || selection->group_id != JO_MISSING ||
	       selection->job_count > 0;
}

/* The nights of a range, and one more on each side: night and range may be of two time zones. */
static void query_nights(struct query *query, const struct store_selection *selection)
{
	int64_t from_unix_us = selection->end_from_unix_us != JO_MISSING
				       ? selection->end_from_unix_us
				       : selection->active_from_unix_us;

	if (from_unix_us != JO_MISSING)
		query_int(query, " AND j.night >= ?", night_day(from_unix_us - JO_US_PER_DAY));
	if (selection->end_to_unix_us != JO_MISSING)
		query_int(query, " AND j.night <= ?",
			  night_day(selection->end_to_unix_us + JO_US_PER_DAY));
}

int query_verdicts(struct query *query, struct store *store,
		   const struct store_selection *selection, const struct verdict_wanted *wanted,
		   struct jo_err *err)
{
	bool is_by_night = wanted->kinds >= VERDICT_KIND_FIRST_NOTABLE &&
			   wanted->kinds % VERDICT_KIND_FIRST_NOTABLE == 0 &&
			   !is_of_few_steps(selection);
	bool is_by_end = !is_by_night && selection->ending == STORE_ENDED &&
			 selection->order <= STORE_BY_END_NEWEST && !is_of_few_steps(selection);
	bool is_running =
		!is_by_night && query_wants_running(selection) && !is_of_few_steps(selection);
	bool has_without = wanted->want_without || wanted->want_history;
	int rc;

	strbuf_adds(&query->sql, "SELECT ");
	query_columns(query, selection->columns);
	strbuf_addf(&query->sql, "%s%s FROM ", columns_sql, has_without ? past_sql : ", 0");
	if (is_by_night) {
		strbuf_adds(&query->sql,
			    "judging AS j CROSS JOIN verdict AS v" DB_INDEXED_BY(
				    verdict_notable) " CROSS JOIN step AS s"
						     " WHERE v.judging = j.id AND v.kinds >= 4"
						     " AND s.id = v.step");
		query_nights(query, selection);
	} else {
		strbuf_addf(&query->sql,
			    "step AS s%s %s verdict AS v ON v.step = s.id"
			    " LEFT JOIN judging AS j ON j.id = v.judging WHERE true",
			    is_running  ? DB_INDEXED_BY(step_running)
			    : is_by_end ? DB_INDEXED_BY(step_end)
					: "",
			    has_without ? "LEFT JOIN" : "JOIN");
	}
	if (wanted->kinds != 0)
		strbuf_addf(&query->sql, " AND (%s(v.kinds & %u) <> 0)",
			    wanted->want_history ? WAITING_IS_PAST " OR " : "", wanted->kinds);
	rc = query_steps(query, store, selection, err);
	if (rc == 0)
		query_order(query, selection, is_by_night ? "j.night" : NULL);
	return rc;
}

int verdicts_read(struct db_stmt *stmt, struct verdict_texts *texts, const struct step *step,
		  struct step_verdict ret_verdicts[METRIC_COUNT], struct jo_err *err)
{
	size_t size;
	const void *data = db_column_blob(stmt, &size);
	int32_t night = (int32_t)db_column_int(stmt);
	int64_t judged_unix_us = db_column_us(stmt);
	double alpha = db_column_real(stmt);
	int64_t model_version = db_column_int(stmt);
	int rc = db_row_check(stmt, err);

	if (rc == 0)
		rc = verdict_unpack(texts, data, size, ret_verdicts, err);
	for (int i = 0; i < rc; i++) {
		struct step_verdict *verdict = &ret_verdicts[i];

		verdict->step_id = step->id;
		verdict->night = night;
		verdict->judged_unix_us = judged_unix_us;
		verdict->alpha = alpha;
		verdict->model_version = model_version;
		verdict_complete(verdict, step);
	}
	return rc;
}

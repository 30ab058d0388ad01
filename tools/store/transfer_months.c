/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Such ids count up as steps come, so those of a month are much the same as a range
 * of them, though imported history and late records are not where their month is.
 * The range of ids is taken in stretches, and month_cuts.h says where the parts
 * end.  One part is a transaction, as the locks of many may be more than the server
 * has.
 */
#include "transfer_months.h"

#include <inttypes.h>
#include <stdlib.h>

#include "joboutliers/record.h"
#include "month_cuts.h"
#include "month_tables.h"
#include "util/alloc.h"

/* Of ten years each is some days. */
#define STRETCHES 2048

/* When the last step of a range is old enough to be pruned, as far as can be known: what runs ends
 * after it was seen, and what has no time is never old. */
static const char last_sql[] =
	"SELECT CAST(max(CASE WHEN end_unix_us IS NOT NULL THEN end_unix_us"
	" WHEN state = 1 THEN ingest_unix_us ELSE coalesce(start_unix_us, ?) END) AS BIGINT)"
	" FROM step WHERE id BETWEEN ? AND ?";

/* Of the range; the last may be shorter. */
struct stretches {
	struct id_range ids;
	int64_t width;
	size_t count;
	int32_t months[STRETCHES]; /* as month_cuts.h has them */
};

/* The open part's ids; none where it has rows, as of what is said of a step that is not there. */
static int find_open(struct db *to, struct id_range *ret_ids, struct jo_err *err)
{
#define ROWS(table, key)                                                                           \
	" + (SELECT count(*) FROM (SELECT 1 FROM " #table " WHERE " #key " BETWEEN %1$" PRId64     \
	" AND %2$" PRId64 " LIMIT 1) AS one)"
	struct id_range *parts, open = id_range_none;
	int64_t row_count = 0;
	int count = db_parts_list(to, &parts, err), rc = count < 0 ? count : 0;
	char *sql;

	if (rc < 0)
		return rc;
	for (int i = 0; i < count; i++)
		if (db_part_is_open(parts[i]))
			open = parts[i];
	free(parts);
	sql = xasprintf("SELECT 0" MONTH_TABLES(ROWS), open.first, open.last);
	rc = db_query_int(to, sql, &row_count, err);
	free(sql);
	*ret_ids = rc == 0 && row_count == 0 ? open : id_range_none;
	return rc;
#undef ROWS
}

/* The first, or last, id in the range that the source has; 0: none. */
static int find_end(struct db *from, const char *which, struct id_range ids, int64_t *ret_id,
		    struct jo_err *err)
{
	char *sql = xasprintf("SELECT coalesce(%s(id), 0) FROM step WHERE id BETWEEN %" PRId64
			      " AND %" PRId64,
			      which, ids.first, ids.last);
	int rc = db_query_int(from, sql, ret_id, err);

	free(sql);
	return rc;
}

/* Which ids of the open part are to have parts: something must be left of it. */
static int find_ids(struct db *from, struct id_range open, struct id_range *ret_ids,
		    struct jo_err *err)
{
	int rc;

	open.last--;
	rc = find_end(from, "min", open, &ret_ids->first, err);
	return rc < 0 ? rc : find_end(from, "max", open, &ret_ids->last, err);
}

static int64_t end_of(const struct stretches *stretches, size_t count)
{
	int64_t end = stretches->ids.first + (int64_t)count * stretches->width;

	return end <= stretches->ids.last ? end : stretches->ids.last + 1;
}

static int read_month(struct db_stmt *last, struct id_range ids, int32_t *ret_month,
		      struct jo_err *err)
{
	const int64_t end_unix_us = month_begin_unix_us(MONTH_MAX);
	int64_t unix_us;
	int rc;

	db_reset(last);
	db_bind_int(last, end_unix_us);
	db_bind_int(last, ids.first);
	db_bind_int(last, ids.last);
	rc = db_step(last, err);
	if (rc < 0)
		return rc;
	unix_us = db_column_int(last);
	rc = db_row_check(last, err);
	if (unix_us == JO_MISSING)
		*ret_month = MONTH_CUTS_NOTHING;
	else
		*ret_month = month_of(unix_us < end_unix_us ? unix_us : end_unix_us, INT64_MAX);
	return rc;
}

static int read_months(struct db *from, struct stretches *stretches, struct jo_err *err)
{
	int64_t id_count = stretches->ids.last - stretches->ids.first + 1;
	struct db_stmt last;
	int rc = db_prepare(from, last_sql, DB_KEPT, &last, err);

	if (rc < 0)
		return rc;
	stretches->width = (id_count + STRETCHES - 1) / STRETCHES;
	stretches->count = (size_t)((id_count + stretches->width - 1) / stretches->width);
	for (size_t i = 0; rc == 0 && i < stretches->count; i++)
		rc = read_month(
			&last,
			(struct id_range){end_of(stretches, i), end_of(stretches, i + 1) - 1},
			&stretches->months[i], err);
	db_release(&last);
	return rc;
}

static int make_part(struct db *to, struct id_range part, struct jo_err *err)
{
	int rc = db_begin(to, err);

	if (rc == 0)
		rc = db_part_cut(to, part, err);
	if (rc == 0)
		rc = db_commit(to, err);
	if (rc < 0)
		db_rollback(to);
	return rc;
}

int transfer_months_make(struct db *from, struct db *to, struct jo_err *err)
{
	struct stretches stretches;
	struct id_range open;
	size_t ends[STRETCHES], part_count;
	int rc;

	if (!db_has_months(to))
		return 0;
	rc = find_open(to, &open, err);
	if (rc == 0)
		rc = find_ids(from, open, &stretches.ids, err);
	if (rc < 0 || stretches.ids.last == 0)
		return rc;
	rc = read_months(from, &stretches, err);
	if (rc < 0)
		return rc;
	part_count = month_cuts(stretches.months, stretches.count, ends);
	for (size_t i = 0; rc == 0 && i < part_count; i++) {
		int64_t end_id = end_of(&stretches, ends[i]);

		rc = make_part(to, (struct id_range){open.first, end_id - 1}, err);
		open.first = end_id;
	}
	return rc;
}

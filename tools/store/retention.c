/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forgetting what is older than the site wants to keep. */
#include "retention.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>

#include "joboutliers/units.h"
#include "open_store.h"
#include "step/month.h"
#include "step/night.h"
#include "transaction.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* Steps in one transaction: half as many as ingest has in one, so who waits for it notices little.
 * They are of all groups, and most pages of the groups' indexes are written anew in each. */
#define CHUNK 16384

/* In these, " AND id ..." stands for @ where not all ids are meant, and nothing where all are. */

/* The chunk's steps by id, so that each statement that follows finds the same ones. */
static const char choose_sql[] =
	"INSERT INTO pruned SELECT id FROM step WHERE end_unix_us < ?1@"
	" UNION ALL SELECT id FROM step WHERE end_unix_us IS NULL AND start_unix_us < ?1"
	" AND state <> 1@ LIMIT ?2";

/* How many there are. */
static const char count_sql[] =
	"SELECT (SELECT count(*) FROM step WHERE end_unix_us < ?1@) + (SELECT count(*)"
	" FROM step WHERE end_unix_us IS NULL AND start_unix_us < ?1 AND state <> 1@)";

/* One of the others, or none. */
static const char younger_sql[] =
	"SELECT 1 FROM step WHERE end_unix_us >= ?1@"
	" UNION ALL SELECT 1 FROM step WHERE end_unix_us IS NULL"
	" AND (state = 1 OR start_unix_us IS NULL OR start_unix_us >= ?1)@ LIMIT 1";

/* What is said of the steps whose ids are @, but for what is kept by their months. */
static const char forget_sql[] =
	"UPDATE step_group SET change_count = change_count + 1 WHERE id IN"
	" (SELECT group_id FROM (SELECT id AS step, group_id FROM step) AS s WHERE step @);"
	"DELETE FROM waiting WHERE step @;"
	"DELETE FROM finding WHERE kind = 0 AND step @"
	" AND (message IS NULL OR message IN (SELECT id FROM message WHERE state IN (2, 3)));"
	/* What is still on its way goes when it has come to an end. */
	"UPDATE finding SET step = NULL WHERE kind = 0 AND step @;"
	"DELETE FROM expected WHERE step @;"
	"DELETE FROM span WHERE step @;";

/* That the column's ids are those of the chunk; by its least and greatest a server asks no other
 * months. */
#define IN_CHUNK(column)                                                                           \
	"BETWEEN (SELECT min(id) FROM pruned) AND (SELECT max(id) FROM pruned) AND " column        \
	" " DB_IN_FEW("SELECT id FROM pruned")

/* What is. */
static const char drop_sql[] = "DELETE FROM verdict WHERE step " IN_CHUNK("step") ";"
			       "DELETE FROM step_node WHERE step " IN_CHUNK("step") ";"
			       "DELETE FROM profile WHERE step " IN_CHUNK("step") ";"
			       "DELETE FROM exported WHERE step " IN_CHUNK("step") ";";

static const char drop_steps_sql[] = "DELETE FROM step WHERE id " IN_CHUNK("id");

/* A group that was added to lately needs no look; of the others one probe of an index each. */
static const char empty_groups_sql[] =
	"DELETE FROM step_group WHERE coalesce(newest_end_unix_us, 0) < ?"
	" AND NOT EXISTS (SELECT 1 FROM step WHERE group_id = step_group.id"
	" AND end_unix_us IS NOT NULL)"
	" AND NOT EXISTS (SELECT 1 FROM step WHERE state = 1 AND group_id = step_group.id)";

/* Of each node the newest description before the time stays: it still holds. */
static const char old_nodes_sql[] =
	"DELETE FROM node WHERE since_unix_us < (SELECT max(n.since_unix_us) FROM node AS n"
	" WHERE n.cluster_id = node.cluster_id AND n.node_id = node.node_id"
	" AND n.since_unix_us < ?)";

/* Mails that came to an end, and what they told of steps that were forgotten before that. */
static const char old_messages_sql[] =
	"DELETE FROM message WHERE state IN (2, 3) AND done_unix_us < ?";
static const char untold_sql[] =
	"DELETE FROM finding WHERE kind = 0 AND step IS NULL"
	" AND NOT EXISTS (SELECT 1 FROM message WHERE id = finding.message AND state IN (0, 1))";
static const char old_node_findings_sql[] =
	"DELETE FROM finding WHERE kind = 2 AND created_unix_us < ?";

/* Of nights before the steps that are left; and one more, as nights are of some time zone. */
static const char old_judgings_sql[] = "DELETE FROM judging WHERE night < ?";

/* Put the text in for each @; for g_free. */
static char *with(const char *sql, const char *text)
{
	char **parts = g_strsplit(sql, "@", -1);
	char *whole = g_strjoinv(text, parts);

	g_strfreev(parts);
	return whole;
}

/* before: a time or a night. */
static int run_before(struct store *store, const char *sql, int64_t before, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc;

	rc = db_prepare(store->db, sql, DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, before);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	return rc;
}

/* Run what is said of steps of which the condition tells which they are. */
static int forget(struct store *store, const char *condition, struct jo_err *err)
{
	char *sql = with(forget_sql, condition);
	int rc = db_exec(store->db, sql, err);

	g_free(sql);
	return rc;
}

/* ---- steps, some thousand at a time ---- */

/* The chunk's steps: all of them, or the next chunk would be the same. */
static int drop_steps(struct store *store, int count, struct jo_err *err)
{
	struct db_stmt stmt = {0};
	int rc = db_prepare(store->db, drop_steps_sql, DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	rc = db_change_once(&stmt, err);
	if (rc >= 0 && rc < count)
		rc = jo_err_set(err, -EBADMSG,
				"database %s: damaged: %d steps that an index has are not there; "
				"restore it from a backup",
				db_name(store->db), count - rc);
	return rc < 0 ? rc : 0;
}

/* Returns how many steps went. */
static int prune_chunk(struct store *store, struct db_stmt *choose, int64_t before_unix_us,
		       struct jo_err *err)
{
	int count, rc;

	rc = store_begin(store, err);
	if (rc < 0)
		return rc;
	db_reset(choose);
	db_bind_int(choose, before_unix_us);
	db_bind_int(choose, CHUNK);
	rc = count = db_change(choose, err);
	if (rc >= 0)
		rc = forget(store, IN_CHUNK("step"), err);
	if (rc == 0)
		rc = db_exec(store->db, drop_sql, err);
	if (rc == 0)
		rc = drop_steps(store, count, err);
	if (rc == 0)
		rc = db_exec(store->db, "DELETE FROM pruned", err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0)
		store_rollback(store);
	return rc < 0 ? rc : count;
}

static int prune_rest(struct store *store, int64_t before_unix_us, struct jo_err *err)
{
	int rc;

	rc = store_begin(store, err);
	if (rc < 0)
		return rc;
	rc = run_before(store, empty_groups_sql, before_unix_us, err);
	if (rc == 0)
		rc = db_exec(store->db,
			     "DELETE FROM model WHERE group_id NOT IN"
			     " (SELECT id FROM step_group);"
			     "DELETE FROM drift WHERE group_id NOT IN"
			     " (SELECT id FROM step_group)",
			     err);
	if (rc == 0)
		rc = run_before(store, old_judgings_sql, night_day(before_unix_us - JO_US_PER_DAY),
				err);
	if (rc == 0)
		rc = run_before(store, old_nodes_sql, before_unix_us, err);
	if (rc == 0)
		rc = db_exec(store->db, untold_sql, err);
	if (rc == 0)
		rc = run_before(store, old_node_findings_sql, before_unix_us, err);
	if (rc == 0)
		rc = run_before(store, old_messages_sql, before_unix_us, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0)
		store_rollback(store);
	return rc;
}

/* Those that the text says. */
static int prune_chunks(struct store *store, int64_t before_unix_us, const char *which,
			struct store_pruned *pruned, struct jo_err *err)
{
	char *sql = with(choose_sql, which);
	struct db_stmt choose = {0};
	int rc;

	rc = db_exec(store->db, "CREATE TEMP TABLE IF NOT EXISTS pruned (id BIGINT PRIMARY KEY)",
		     err);
	if (rc == 0)
		rc = db_prepare(store->db, sql, DB_KEPT, &choose, err);
	while (rc == 0) {
		rc = prune_chunk(store, &choose, before_unix_us, err);
		if (rc <= 0)
			break;
		pruned->step_count += rc;
		rc = 0;
	}
	db_release(&choose);
	g_free(sql);
	return rc;
}

/* ---- whole months, and other parts ---- */

/* What a query says; JO_MISSING for no row. */
static int ask(struct store *store, const char *query, const char *which, int64_t before_unix_us,
	       int64_t *ret_value, struct jo_err *err)
{
	char *sql = with(query, which);
	struct db_stmt stmt;
	int rc = db_prepare(store->db, sql, DB_ONCE, &stmt, err);

	g_free(sql);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, before_unix_us);
	return db_take_int(&stmt, ret_value, err);
}

/* As a condition; to be freed. */
static char *within(struct id_range part)
{
	return xasprintf("id BETWEEN %" PRId64 " AND %" PRId64, part.first, part.last);
}

/* As ask(), of a part. */
static int ask_part(struct store *store, const char *query, struct id_range part,
		    int64_t before_unix_us, int64_t *ret_value, struct jo_err *err)
{
	char *ids = within(part), *which = xasprintf(" AND %s", ids);
	int rc = ask(store, query, which, before_unix_us, ret_value, err);

	free(which);
	free(ids);
	return rc;
}

/* Whether a part has a step that is not as old. */
static int has_younger(struct store *store, struct id_range part, int64_t before_unix_us,
		       bool *ret_has, struct jo_err *err)
{
	int64_t younger;
	int rc = ask_part(store, younger_sql, part, before_unix_us, &younger, err);

	*ret_has = rc == 0 && younger != JO_MISSING;
	return rc;
}

/* How many steps the part has, where all of them are old; else JO_MISSING. */
static int count_whole(struct store *store, struct id_range part, int64_t before_unix_us,
		       int64_t *ret_count, struct jo_err *err)
{
	bool is_younger;
	int rc = has_younger(store, part, before_unix_us, &is_younger, err);

	*ret_count = JO_MISSING;
	return rc < 0 || is_younger
		       ? rc
		       : ask_part(store, count_sql, part, before_unix_us, ret_count, err);
}

/* Let the part go, in a transaction; 0: somebody reads. */
static int drop_part(struct store *store, struct id_range part, struct jo_err *err)
{
	struct jo_err refusal;
	char *condition = xasprintf("BETWEEN %" PRId64 " AND %" PRId64, part.first, part.last);
	int rc = forget(store, condition, err);

	free(condition);
	if (rc < 0)
		return rc;
	rc = db_part_drop(store->db, part, &refusal);
	if (rc == -EBUSY)
		return 0;
	return rc < 0 ? jo_err_set(err, rc, "%s", refusal.text) : 1;
}

/* Nobody adds steps between the look and the end of it. */
static int prune_part(struct store *store, struct id_range part, int64_t before_unix_us,
		      struct store_pruned *pruned, struct jo_err *err)
{
	int64_t count;
	int rc = store_begin(store, err), is_gone = 0;

	if (rc < 0)
		return rc;
	rc = count_whole(store, part, before_unix_us, &count, err);
	if (rc == 0 && count != JO_MISSING) {
		rc = is_gone = drop_part(store, part, err);
		if (rc == 0)
			pruned->busy_month_count++;
	}
	if (is_gone > 0)
		rc = store_commit(store, err);
	if (is_gone <= 0 || rc < 0)
		store_rollback(store);
	else
		pruned->step_count += count;
	return rc < 0 ? rc : 0;
}

/* Whether it may be that all of a part's steps are old. */
static bool can_be_whole(struct id_range part, int64_t before_unix_us)
{
	int32_t month = (int32_t)month_of_id(part.last);

	return month == MONTH_NONE ? !db_part_is_open(part)
				   : month_begin_unix_us(month) < before_unix_us;
}

static int prune_parts(struct store *store, int64_t before_unix_us, struct store_pruned *pruned,
		       struct jo_err *err)
{
	struct id_range *parts;
	int count = db_parts_list(store->db, &parts, err), rc = count < 0 ? count : 0;

	for (int i = 0; rc == 0 && i < count; i++)
		if (can_be_whole(parts[i], before_unix_us))
			rc = prune_part(store, parts[i], before_unix_us, pruned, err);
	free(parts);
	return rc;
}

/*
 * The steps of the last two months before the time are not removed one by one,
 * but soon go with their months: of the older one of them a long job may have to
 * end first.  Where a month before these stays, as for somebody who reads, only
 * steps go that are old.  A part without a month is as the month in which its last
 * step ended, or the one before, as that of a long job.
 */
struct rest {
	struct id_range *parts; /* that go as a whole or not at all */
	size_t part_count;
	char *one_by_one, *kept; /* which steps are in no such part, and which are; NULL: none */
};

static void rest_release(struct rest *rest)
{
	free(rest->parts);
	free(rest->one_by_one);
	free(rest->kept);
}

/* Whether the steps of a part wait for the rest of it; month: of the time. */
static int is_waiting(struct store *store, struct id_range part, int32_t month, bool *ret_is,
		      struct jo_err *err)
{
	int32_t own = (int32_t)month_of_id(part.last);
	bool is_late = false, is_too_late = false;
	int rc;

	*ret_is = own >= month - 1;
	if (own != MONTH_NONE || db_part_is_open(part))
		return 0;
	rc = has_younger(store, part, month_begin_unix_us(month - 1), &is_late, err);
	if (rc == 0 && is_late)
		rc = has_younger(store, part, month_begin_unix_us(month + 2), &is_too_late, err);
	*ret_is = is_late && !is_too_late;
	return rc;
}

/* Months from this one on are one range, however many there are. */
static void rest_word(struct rest *rest, int32_t month)
{
	struct strbuf ids;

	strbuf_init(&ids);
	strbuf_addf(&ids, "id >= %" PRId64, month_first_id(month));
	for (size_t i = 0; i < rest->part_count; i++) {
		char *part = within(rest->parts[i]);

		if (month_of_id(rest->parts[i].last) == MONTH_NONE)
			strbuf_addf(&ids, " OR %s", part);
		free(part);
	}
	rest->one_by_one = xasprintf(" AND NOT (%s)", ids.text);
	rest->kept = xasprintf(" AND (%s)", ids.text);
	strbuf_release(&ids);
}

/* To be released, whatever happens. */
static int rest_init(struct rest *rest, struct store *store, const struct store_prune *prune,
		     struct jo_err *err)
{
	int32_t month = month_of(prune->end_before_unix_us, prune->end_before_unix_us);
	int count, rc;

	*rest = (struct rest){0};
	if (!db_has_months(store->db) || prune->is_exact || month <= 1) {
		rest->one_by_one = xstrdup("");
		return 0;
	}
	rc = count = db_parts_list(store->db, &rest->parts, err);
	for (int i = 0; rc >= 0 && i < count; i++) {
		bool is_so;

		rc = is_waiting(store, rest->parts[i], month, &is_so, err);
		if (rc == 0 && is_so)
			rest->parts[rest->part_count++] = rest->parts[i];
	}
	rest_word(rest, month - 1);
	return rc < 0 ? rc : 0;
}

static int count_kept(struct store *store, const struct rest *rest, int64_t before_unix_us,
		      struct store_pruned *pruned, struct jo_err *err)
{
	return rest->kept == NULL ? 0
				  : ask(store, count_sql, rest->kept, before_unix_us,
					&pruned->kept_count, err);
}

/* ---- all of it ---- */

int store_prune(struct store *store, const struct store_prune *prune,
		struct store_pruned *ret_pruned, struct jo_err *err)
{
	int64_t before_unix_us = prune->end_before_unix_us;
	struct store_pruned pruned = {0};
	struct rest rest;
	int rc = prune_parts(store, before_unix_us, &pruned, err);

	if (rc < 0)
		return rc;
	rc = rest_init(&rest, store, prune, err);
	if (rc == 0)
		rc = prune_chunks(store, before_unix_us, rest.one_by_one, &pruned, err);
	if (rc == 0)
		rc = prune_rest(store, before_unix_us, err);
	if (rc == 0)
		rc = count_kept(store, &rest, before_unix_us, &pruned, err);
	rest_release(&rest);
	if (rc == 0)
		*ret_pruned = pruned;
	return rc;
}

/* Of those that are kept the ones whose parts are old as a whole are not. */
static int count_whole_parts(struct store *store, const struct rest *rest, int64_t before_unix_us,
			     struct store_pruned *pruned, struct jo_err *err)
{
	int64_t count;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < rest->part_count; i++) {
		if (!can_be_whole(rest->parts[i], before_unix_us))
			continue;
		rc = count_whole(store, rest->parts[i], before_unix_us, &count, err);
		if (rc == 0 && count != JO_MISSING) {
			pruned->step_count += count;
			pruned->kept_count -= count;
		}
	}
	return rc;
}

int store_prune_count(struct store *store, const struct store_prune *prune,
		      struct store_pruned *ret_pruned, struct jo_err *err)
{
	int64_t before_unix_us = prune->end_before_unix_us;
	struct store_pruned pruned = {0};
	struct rest rest;
	int rc = rest_init(&rest, store, prune, err);

	if (rc == 0)
		rc = ask(store, count_sql, rest.one_by_one, before_unix_us, &pruned.step_count,
			 err);
	if (rc == 0)
		rc = count_kept(store, &rest, before_unix_us, &pruned, err);
	if (rc == 0 && pruned.kept_count > 0)
		rc = count_whole_parts(store, &rest, before_unix_us, &pruned, err);
	rest_release(&rest);
	if (rc == 0)
		*ret_pruned = pruned;
	return rc;
}

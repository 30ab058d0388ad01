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

/* ---- whole months ---- */

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

/* How many steps the month has, where all of them are old; else JO_MISSING. */
static int count_whole(struct store *store, int32_t month, int64_t before_unix_us,
		       int64_t *ret_count, struct jo_err *err)
{
	char *which = xasprintf(" AND id BETWEEN %" PRId64 " AND %" PRId64, month_first_id(month),
				month_first_id(month + 1) - 1);
	int64_t younger;
	int rc = ask(store, younger_sql, which, before_unix_us, &younger, err);

	*ret_count = JO_MISSING;
	if (rc == 0 && younger == JO_MISSING)
		rc = ask(store, count_sql, which, before_unix_us, ret_count, err);
	free(which);
	return rc;
}

/* Let the month go, in a transaction; 0: somebody reads. */
static int drop_month(struct store *store, int32_t month, struct jo_err *err)
{
	struct jo_err refusal;
	char *condition = xasprintf("BETWEEN %" PRId64 " AND %" PRId64, month_first_id(month),
				    month_first_id(month + 1) - 1);
	int rc = forget(store, condition, err);

	free(condition);
	if (rc < 0)
		return rc;
	rc = db_month_drop(store->db, month, &refusal);
	if (rc == -EBUSY)
		return 0;
	return rc < 0 ? jo_err_set(err, rc, "%s", refusal.text) : 1;
}

/* Nobody adds steps between the look and the end of it. */
static int prune_month(struct store *store, int32_t month, int64_t before_unix_us,
		       struct store_pruned *pruned, struct jo_err *err)
{
	int64_t count;
	int rc = store_begin(store, err), is_gone = 0;

	if (rc < 0)
		return rc;
	rc = count_whole(store, month, before_unix_us, &count, err);
	if (rc == 0 && count != JO_MISSING) {
		rc = is_gone = drop_month(store, month, err);
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

static int prune_months(struct store *store, int64_t before_unix_us, struct store_pruned *pruned,
			struct jo_err *err)
{
	int32_t months[MONTH_MAX];
	int count = db_months_list(store->db, months, err), rc = count < 0 ? count : 0;

	for (int i = 0; rc == 0 && i < count && month_begin_unix_us(months[i]) < before_unix_us;
	     i++)
		rc = prune_month(store, months[i], before_unix_us, pruned, err);
	return rc;
}

/*
 * The steps of the last two months before the time are not removed one by one,
 * but soon go with their months: of the older one of them a long job may have to
 * end first.  Where a month before these stays, as for somebody who reads, only
 * steps go that are old.
 */
struct rest {
	int64_t end_id;          /* of those that are removed one by one; JO_MISSING: all are */
	char *one_by_one, *kept; /* which they are */
};

static void rest_init(struct rest *rest, const struct store *store, const struct store_prune *prune)
{
	int32_t month = month_of(prune->end_before_unix_us, prune->end_before_unix_us);

	*rest = (struct rest){JO_MISSING, xstrdup(""), NULL};
	if (!db_has_months(store->db) || prune->is_exact)
		return;
	free(rest->one_by_one);
	rest->end_id = month_first_id(month > 1 ? month - 1 : 1);
	rest->one_by_one = xasprintf(" AND id < %" PRId64, rest->end_id);
	rest->kept = xasprintf(" AND id >= %" PRId64, rest->end_id);
}

static void rest_release(struct rest *rest)
{
	free(rest->one_by_one);
	free(rest->kept);
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
	int rc = prune_months(store, before_unix_us, &pruned, err);

	rest_init(&rest, store, prune);
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

/* Of those that are kept the ones whose months are old as a whole are not. */
static int count_whole_months(struct store *store, const struct rest *rest, int64_t before_unix_us,
			      struct store_pruned *pruned, struct jo_err *err)
{
	int32_t months[MONTH_MAX];
	int month_count = db_months_list(store->db, months, err);
	int rc = month_count < 0 ? month_count : 0;
	int64_t count;

	for (int i = 0; i < month_count && month_begin_unix_us(months[i]) < before_unix_us; i++) {
		if (month_first_id(months[i]) < rest->end_id)
			continue;
		rc = count_whole(store, months[i], before_unix_us, &count, err);
		if (rc < 0)
			break;
		if (count != JO_MISSING) {
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
	int rc;

	rest_init(&rest, store, prune);
	rc = ask(store, count_sql, rest.one_by_one, before_unix_us, &pruned.step_count, err);
	if (rc == 0)
		rc = count_kept(store, &rest, before_unix_us, &pruned, err);
	if (rc == 0 && pruned.kept_count > 0)
		rc = count_whole_months(store, &rest, before_unix_us, &pruned, err);
	rest_release(&rest);
	if (rc == 0)
		*ret_pruned = pruned;
	return rc;
}

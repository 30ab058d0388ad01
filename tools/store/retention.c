/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forgetting what is older than the site wants to keep. */
#include "retention.h"

#include <errno.h>

#include "joboutliers/units.h"
#include "open_store.h"
#include "step/night.h"
#include "transaction.h"

/* Steps in one transaction: short enough that readers and a waiting ingest do not notice. */
#define CHUNK 5000

/* The chunk's steps by id, so that each statement that follows finds the same ones. */
static const char choose_sql[] =
	"INSERT INTO pruned SELECT id FROM step WHERE end_unix_us < ?1"
	" UNION ALL SELECT id FROM step WHERE end_unix_us IS NULL AND start_unix_us < ?1"
	" AND state <> 1 LIMIT ?2";

static const char drop_sql[] =
	"UPDATE setting SET value = (SELECT max(id) FROM pruned)"
	" WHERE key = 'step_id_used' AND value < (SELECT max(id) FROM pruned);"
	"UPDATE step_group SET change_count = change_count + 1 WHERE id IN"
	" (SELECT group_id FROM step WHERE id IN (SELECT id FROM pruned));"
	"DELETE FROM verdict WHERE step IN (SELECT id FROM pruned);"
	"DELETE FROM step_node WHERE step IN (SELECT id FROM pruned);"
	"DELETE FROM profile WHERE step IN (SELECT id FROM pruned);"
	"DELETE FROM finding WHERE kind = 0 AND step IN (SELECT id FROM pruned)"
	" AND (message IS NULL OR message IN (SELECT id FROM message WHERE state IN (2, 3)));"
	/* What is still on its way goes when it has come to an end. */
	"UPDATE finding SET step = NULL WHERE kind = 0 AND step IN (SELECT id FROM pruned);"
	"DELETE FROM expected WHERE step IN (SELECT id FROM pruned);"
	"DELETE FROM span WHERE step IN (SELECT id FROM pruned);"
	"DELETE FROM exported WHERE step IN (SELECT id FROM pruned);";

static const char drop_steps_sql[] = "DELETE FROM step WHERE id IN (SELECT id FROM pruned)";

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

int store_prune(struct store *store, int64_t end_before_unix_us, int64_t *ret_step_count,
		struct jo_err *err)
{
	struct db_stmt choose = {0};
	int64_t step_count = 0;
	int rc;

	rc = db_exec(store->db, "CREATE TEMP TABLE IF NOT EXISTS pruned (id BIGINT PRIMARY KEY)",
		     err);
	if (rc == 0)
		rc = db_prepare(store->db, choose_sql, DB_KEPT, &choose, err);
	while (rc == 0) {
		rc = prune_chunk(store, &choose, end_before_unix_us, err);
		if (rc <= 0)
			break;
		step_count += rc;
		rc = 0;
	}
	db_release(&choose);
	if (rc == 0)
		rc = prune_rest(store, end_before_unix_us, err);
	if (rc == 0)
		*ret_step_count = step_count;
	return rc;
}

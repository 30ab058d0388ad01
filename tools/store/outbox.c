/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings and messages: each change of state is one statement, so it holds or did not happen. */
#include "outbox.h"

#include <errno.h>
#include <string.h>

#include "joboutliers/record.h"
#include "name.h"
#include "open_store.h"
#include "query.h"
#include "statements.h"
#include "transaction.h"

const char *const store_message_state_words[] = {"pending", "sending", "sent", "failed", NULL};

/* ---- findings ---- */

int store_finding_add(struct store *store, const struct store_finding *finding, int64_t *ret_id,
		      struct jo_err *err)
{
	int64_t node_id, owner_id;
	struct db_stmt *stmt;
	int rc;

	rc = name_id(store, finding->node, &node_id, err);
	if (rc == 0)
		rc = name_id(store, finding->owner, &owner_id, err);
	if (rc == 0)
		rc = store_use(store, STMT_FINDING_ADD, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, (int64_t)finding->kind);
	db_bind_int(stmt, finding->step_id);
	db_bind_int(stmt, finding->group_id);
	db_bind_int(stmt, node_id);
	db_bind_int(stmt, (int64_t)finding->metric);
	db_bind_int(stmt, owner_id);
	db_bind_int(stmt, finding->since_unix_us);
	db_bind_int(stmt, finding->night);
	db_bind_text(stmt, *finding->detail != '\0' ? finding->detail : NULL);
	db_bind_int(stmt, finding->created_unix_us);
	db_bind_int(stmt, (int64_t)finding->channel);
	return db_insert(stmt, ret_id, err);
}

/* " AND ..." for one owner; NULL is any. */
static int query_owner(struct query *query, struct store *store, const char *owner,
		       struct jo_err *err)
{
	int64_t owner_id;
	int rc;

	if (owner == NULL)
		return 0;
	rc = name_find(store, owner, &owner_id, err);
	if (rc == 0)
		query_int(query, " AND owner_id = ?", owner_id);
	return rc;
}

static void query_night(struct query *query, int32_t night)
{
	query_int(query, " AND night = ?", night != 0 ? night : JO_MISSING);
}

int store_findings_open(struct store *store, const struct store_finding_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct query query;
	int rc;

	query_init(&query);
	strbuf_adds(&query.sql,
		    "SELECT kind, step, group_id, (SELECT text FROM name WHERE id = node_id),"
		    " metric, (SELECT text FROM name WHERE id = owner_id) AS owner, since_unix_us,"
		    " night, detail, created_unix_us, channel FROM finding WHERE true");
	query_int(&query, " AND channel = ?", (int64_t)selection->channel);
	if (selection->want_untold)
		strbuf_adds(&query.sql, " AND message IS NULL");
	query_int(&query, " AND message = ?", selection->message_id);
	query_night(&query, selection->night);
	rc = query_owner(&query, store, selection->owner, err);
	strbuf_adds(&query.sql, " ORDER BY owner" DB_ASC ", id");
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_FINDINGS, ret_cursor, err);
	query_release(&query);
	return rc;
}

int store_findings_next(struct store_cursor *cursor, struct store_finding *ret_finding,
			struct jo_err *err)
{
	struct db_stmt *stmt = &cursor->stmt;
	int rc = cursor_step(cursor, CURSOR_FINDINGS, err);
	struct store_finding finding;

	if (rc <= 0)
		return rc;
	finding.kind = (enum store_finding_kind)db_column_enum(stmt, STORE_FINDING_NODE + 1);
	finding.step_id = db_column_int(stmt);
	finding.group_id = db_column_int(stmt);
	finding.node = db_column_text(stmt);
	finding.metric = (enum metric)db_column_enum(stmt, METRIC_COUNT);
	finding.owner = db_column_text(stmt);
	finding.since_unix_us = db_column_us(stmt);
	finding.night = (int32_t)db_column_int(stmt);
	finding.detail = db_column_text(stmt);
	finding.created_unix_us = db_column_us(stmt);
	finding.channel = (enum store_channel)db_column_enum(stmt, STORE_CHANNEL_COUNT);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_finding = finding;
	return 1;
}

/* ---- messages going in ---- */

static int add_message(struct store *store, const struct store_message *message, int64_t *ret_id,
		       struct jo_err *err)
{
	struct db_stmt *stmt;
	int64_t owner_id;
	int rc;

	rc = name_id(store, message->owner, &owner_id, err);
	if (rc == 0)
		rc = store_use(store, STMT_MESSAGE_ADD, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, (int64_t)message->kind);
	db_bind_int(stmt, message->night);
	db_bind_int(stmt, owner_id);
	db_bind_text(stmt, message->address);
	db_bind_text(stmt, message->header_id);
	db_bind_int(stmt, message->created_unix_us);
	db_bind_blob(stmt, message->body, message->body_size);
	rc = db_insert(stmt, ret_id, err);
	if (rc == 0)
		return jo_err_set(err, -EEXIST, "message to %s: night %d has one already",
				  *message->owner != '\0' ? message->owner : "the admin",
				  (int)message->night);
	return rc < 0 ? rc : 0;
}

static int tell_finding(struct store *store, int64_t message_id, int64_t finding_id,
			struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_FINDING_TELL, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, message_id);
	db_bind_int(stmt, finding_id);
	rc = db_change(stmt, err);
	if (rc == 0)
		return jo_err_set(err, -EEXIST, "finding %lld: told in another message",
				  (long long)finding_id);
	return rc < 0 ? rc : 0;
}

int store_message_queue(struct store *store, const struct store_message *message,
			const int64_t *finding_ids, size_t finding_count, int64_t *ret_id,
			struct jo_err *err)
{
	int64_t id = JO_MISSING;
	int rc;

	/* All of it or nothing, inside of the caller's transaction. */
	rc = db_exec(store->db, "SAVEPOINT queue", err);
	if (rc < 0)
		return rc;
	rc = add_message(store, message, &id, err);
	for (size_t i = 0; rc == 0 && i < finding_count; i++)
		rc = tell_finding(store, id, finding_ids[i], err);
	if (rc < 0) {
		name_forget(store); /* the owner's may be new */
		(void)db_exec(store->db, "ROLLBACK TO queue; RELEASE queue", NULL);
		return rc;
	}
	rc = db_exec(store->db, "RELEASE queue", err);
	if (rc == 0)
		*ret_id = id;
	return rc;
}

/* ---- messages on their way ---- */

struct message_change {
	enum store_message_state state;
	int attempts, uncertain;
	int64_t next_attempt_unix_us, done_unix_us;
	const char *error;
};

static int change_message(struct store *store, int64_t id, const struct message_change *change,
			  struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_MESSAGE_STATE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, id);
	db_bind_int(stmt, (int64_t)change->state);
	db_bind_int(stmt, change->attempts);
	db_bind_int(stmt, change->uncertain);
	db_bind_int(stmt, change->next_attempt_unix_us);
	db_bind_int(stmt, change->done_unix_us);
	db_bind_text(stmt, change->error);
	rc = db_change(stmt, err);
	if (rc == 0)
		return jo_err_set(err, -ENOENT, "message %lld: not in the outbox", (long long)id);
	return rc < 0 ? rc : 0;
}

static const char recover_sql[] =
	"UPDATE message SET state = 0, uncertain_count = uncertain_count + 1,"
	" next_attempt_unix_us = ? WHERE state = 1";

int store_outbox_recover(struct store *store, int64_t now_unix_us, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc;

	rc = db_prepare(store->db, recover_sql, DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, now_unix_us);
	return db_change_once(&stmt, err);
}

static const char message_columns[] =
	"SELECT id, kind, night, (SELECT text FROM name WHERE id = owner_id), address, header_id,"
	" attempt_count, created_unix_us, next_attempt_unix_us, done_unix_us, error, body"
	" FROM message WHERE true";

static void read_message(struct db_stmt *stmt, struct store_message *ret_message)
{
	ret_message->id = db_column_int(stmt);
	ret_message->kind = (enum store_message_kind)db_column_enum(stmt, STORE_MESSAGE_ADMIN + 1);
	ret_message->night = (int32_t)db_column_int(stmt);
	ret_message->owner = db_column_text(stmt);
	ret_message->address = db_column_text(stmt);
	ret_message->header_id = db_column_text(stmt);
	ret_message->attempt_count = db_column_int(stmt);
	ret_message->created_unix_us = db_column_us(stmt);
	ret_message->next_attempt_unix_us = db_column_us(stmt);
	ret_message->done_unix_us = db_column_us(stmt);
	ret_message->error = db_column_text(stmt);
	ret_message->body = db_column_blob(stmt, &ret_message->body_size);
}

/* The message with copies that outlive the statement. */
static int hold_message(struct store *store, int64_t id, struct store_message *ret_message,
			struct jo_err *err)
{
	struct arena_block **held = &store->held_message;
	struct store_cursor *cursor = NULL;
	struct store_message message;
	struct query query;
	int rc;

	query_init(&query);
	strbuf_adds(&query.sql, message_columns);
	query_int(&query, " AND id = ?", id);
	rc = query_open(&query, store, CURSOR_MESSAGES, &cursor, err);
	if (rc == 0)
		rc = store_messages_next(cursor, &message, err);
	if (rc > 0) {
		arena_reset(held);
		message.owner = arena_strdup(held, message.owner);
		message.address = arena_strdup(held, message.address);
		message.header_id = arena_strdup(held, message.header_id);
		message.error = arena_strdup(held, message.error);
		message.body = memcpy(arena_alloc(held, message.body_size + 1), message.body,
				      message.body_size);
		*ret_message = message;
	}
	store_cursor_close(cursor);
	query_release(&query);
	return rc;
}

static int find_due(struct store *store, unsigned kind_mask, int64_t now_unix_us, int64_t *ret_id,
		    struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_MESSAGE_DUE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, now_unix_us);
	db_bind_int(stmt, kind_mask != 0 ? (int64_t)kind_mask : -1);
	rc = db_step(stmt, err);
	if (rc > 0)
		*ret_id = db_column_int(stmt);
	db_reset(stmt);
	return rc;
}

int store_message_claim(struct store *store, unsigned kind_mask, int64_t now_unix_us,
			struct store_message *ret_message, struct jo_err *err)
{
	const struct message_change change = {
		STORE_MESSAGE_SENDING, 1, 0, JO_MISSING, JO_MISSING, NULL};
	int64_t id;
	int rc;

	rc = store_begin(store, err);
	if (rc < 0)
		return rc;
	rc = find_due(store, kind_mask, now_unix_us, &id, err);
	if (rc <= 0) {
		store_rollback(store);
		return rc;
	}
	rc = change_message(store, id, &change, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0) {
		store_rollback(store);
		return rc;
	}
	return hold_message(store, id, ret_message, err);
}

int store_message_sent(struct store *store, int64_t id, int64_t now_unix_us, struct jo_err *err)
{
	const struct message_change change = {STORE_MESSAGE_SENT, 0,           0,
					      JO_MISSING,         now_unix_us, NULL};

	return change_message(store, id, &change, err);
}

int store_message_failed(struct store *store, int64_t id, const char *error,
			 int64_t next_attempt_unix_us, int64_t now_unix_us, struct jo_err *err)
{
	bool is_final = next_attempt_unix_us == JO_MISSING;
	const struct message_change change = {
		is_final ? STORE_MESSAGE_FAILED : STORE_MESSAGE_PENDING,
		0,
		0,
		next_attempt_unix_us,
		is_final ? now_unix_us : JO_MISSING,
		error,
	};

	return change_message(store, id, &change, err);
}

/* ---- messages, to look at ---- */

int store_messages_open(struct store *store, const struct store_message_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct query query;
	int rc;

	query_init(&query);
	strbuf_adds(&query.sql, message_columns);
	query_mask(&query, "state", selection->state_mask);
	query_night(&query, selection->night);
	query_int(&query, " AND done_unix_us >= ?",
		  selection->done_from_unix_us != 0 ? selection->done_from_unix_us : JO_MISSING);
	rc = query_owner(&query, store, selection->owner, err);
	strbuf_adds(&query.sql, " ORDER BY id");
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_MESSAGES, ret_cursor, err);
	query_release(&query);
	return rc;
}

int store_messages_next(struct store_cursor *cursor, struct store_message *ret_message,
			struct jo_err *err)
{
	int rc = cursor_step(cursor, CURSOR_MESSAGES, err);
	struct store_message message;

	if (rc <= 0)
		return rc;
	read_message(&cursor->stmt, &message);
	rc = db_row_check(&cursor->stmt, err);
	if (rc < 0)
		return rc;
	*ret_message = message;
	return 1;
}

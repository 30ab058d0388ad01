/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spans in and out; which step each belongs to is span_join.c's. */
#include "span.h"

#include <assert.h>

#include "cursor_kinds.h"
#include "open_store.h"
#include "query.h"
#include "statements.h"

static const char *text_or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

int store_span_add(struct store *store, const struct store_span *span, int64_t now_unix_us,
		   struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_SPAN_ADD, &stmt, err);

	if (rc < 0)
		return rc;
	assert(store->is_in_transaction);
	db_bind_text(stmt, span->trace_id);
	db_bind_text(stmt, span->span_id);
	db_bind_text(stmt, text_or_null(span->parent_id));
	db_bind_text(stmt, span->name);
	db_bind_int(stmt, span->start_unix_us);
	db_bind_int(stmt, span->wall_us);
	db_bind_int(stmt, span->is_error);
	db_bind_text(stmt, text_or_null(span->status_text));
	db_bind_int(stmt, span->input_bytes);
	db_bind_text(stmt, text_or_null(span->attrs));
	db_bind_int(stmt, span->received_unix_us);
	db_bind_int(stmt, now_unix_us);
	db_bind_text(stmt, text_or_null(span->sender));
	return db_change(stmt, err);
}

int store_spans_open(struct store *store, int64_t step_id, struct store_cursor **ret_cursor,
		     struct jo_err *err)
{
	struct query query;
	int rc;

	query_init(&query);
	strbuf_adds(&query.sql,
		    "SELECT trace_id, span_id, parent_id, name, start_unix_us, wall_us, is_error,"
		    " status_text, input_bytes, attrs, received_unix_us, sender FROM span"
		    " WHERE true");
	query_int(&query, " AND step = ?", step_id);
	strbuf_adds(&query.sql, " ORDER BY start_unix_us, wall_us DESC, span_id");
	rc = query_open(&query, store, CURSOR_SPANS, ret_cursor, err);
	query_release(&query);
	return rc;
}

int store_spans_next(struct store_cursor *cursor, struct store_span *ret_span, struct jo_err *err)
{
	struct db_stmt *stmt = &cursor->stmt;
	int rc = cursor_step(cursor, CURSOR_SPANS, err);
	struct store_span span;

	if (rc <= 0)
		return rc;
	span.trace_id = db_column_text(stmt);
	span.span_id = db_column_text(stmt);
	span.parent_id = db_column_text(stmt);
	span.name = db_column_text(stmt);
	span.start_unix_us = db_column_us(stmt);
	span.wall_us = db_column_us(stmt);
	span.is_error = db_column_enum(stmt, 2) == 1;
	span.status_text = db_column_text(stmt);
	span.input_bytes = db_column_int(stmt);
	span.attrs = db_column_text(stmt);
	span.received_unix_us = db_column_us(stmt);
	span.sender = db_column_text(stmt);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_span = span;
	return 1;
}

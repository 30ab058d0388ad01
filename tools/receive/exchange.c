/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refusals first; nothing here knows a socket. */
#include "receive/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "otel/decode.h"
#include "otel/encode.h"
#include "receive/unpack.h"
#include "util/alloc.h"

#define PATH "/v1/traces"
#define BEARER "Bearer "

/* Of a line in the spool, which ingest reads whole. */
#define LINE_BYTES (256 << 10)

/* Of the lines of one body: twice what a long one of spans that are meant becomes in JSON.  What
 * its resource says stands in each line, so a short body could be lines without end. */
#define LINES_MAX ((size_t)4 * OTEL_MESSAGE_MAX)

#define FIRST_BYTES 4096 /* most bodies are smaller than a page or far larger */

/* Takes as long whatever is wrong with it, but for its length. */
static bool is_token(const char *authorization, const char *token)
{
	size_t len = strlen(token);
	unsigned char differs = 0;

	if (authorization == NULL || strncasecmp(authorization, BEARER, strlen(BEARER)) != 0 ||
	    strlen(authorization) != strlen(BEARER) + len)
		return false;
	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(authorization[strlen(BEARER) + i] ^ token[i]);
	return differs == 0;
}

/* "application/json; charset=utf-8" is application/json. */
static bool is_type(const char *type, const char *name)
{
	size_t len = strlen(name);

	return type != NULL && strncasecmp(type, name, len) == 0 &&
	       (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

void exchange_begin(struct exchange *exchange, const struct exchange_head *head, const char *token)
{
	bool has_form = false;

	*exchange = (struct exchange){.form = REPLY_JSON};
	for (int form = 0; form < REPLY_FORM_COUNT && !has_form; form++)
		if (is_type(head->type, reply_types[form])) {
			exchange->form = (enum reply_form)form;
			has_form = true;
		}
	if (strcmp(head->path, PATH) != 0)
		exchange_refuse(exchange, 404, "expected " PATH);
	if (strcmp(head->method, "POST") != 0)
		exchange_refuse(exchange, 405, "expected POST");
	if (token != NULL && !is_token(head->authorization, token))
		exchange_refuse(exchange, 401,
				"expected Authorization: Bearer with this site's token");
	if (!has_form)
		exchange_refuse(exchange, 415,
				"expected application/x-protobuf or application/json");
	exchange->is_packed = head->encoding != NULL && strcasecmp(head->encoding, "gzip") == 0;
	if (head->encoding != NULL && !exchange->is_packed &&
	    strcasecmp(head->encoding, "identity") != 0)
		exchange_refuse(exchange, 415, "expected Content-Encoding: gzip, or none");
	if (head->length != NULL && strtoull(head->length, NULL, 10) > OTEL_MESSAGE_MAX)
		exchange_refuse(exchange, 413, "the body is too long");
}

static void drop_body(struct exchange *exchange)
{
	free(exchange->body);
	exchange->body = NULL;
	exchange->len = exchange->capacity = 0;
}

void exchange_refuse(struct exchange *exchange, int status, const char *reason)
{
	if (exchange->status != 0)
		return;
	exchange->status = status;
	(void)snprintf(exchange->reason, sizeof(exchange->reason), "%s", reason);
	drop_body(exchange);
}

size_t exchange_add(struct exchange *exchange, const char *bytes, size_t len, size_t room)
{
	size_t before = exchange->capacity, wanted = exchange->len + len;

	if (exchange->status != 0)
		return 0;
	if (wanted > OTEL_MESSAGE_MAX) {
		exchange_refuse(exchange, 413, "the body is too long");
		return 0;
	}
	if (wanted > exchange->capacity) {
		size_t capacity = 2 * exchange->capacity > wanted ? 2 * exchange->capacity : wanted;

		if (capacity < FIRST_BYTES)
			capacity = FIRST_BYTES;
		if (capacity - before > room) {
			exchange_refuse(exchange, 429, "too many requests at a time");
			return 0;
		}
		exchange->body = xreallocarray(exchange->body, capacity, 1);
		exchange->capacity = capacity;
	}
	memcpy(exchange->body + exchange->len, bytes, len);
	exchange->len = wanted;
	return exchange->capacity - before;
}

static int decode(struct exchange *exchange, struct otel_spans *spans, struct jo_err *err)
{
	struct otel_decoded decoded;
	size_t len = exchange->len;
	char *unpacked = NULL;
	int rc = 0;

	if (exchange->is_packed)
		rc = unpack_gzip(exchange->body, exchange->len, OTEL_MESSAGE_MAX, &unpacked, &len,
				 err);
	if (rc < 0)
		return rc;
	rc = (exchange->form == REPLY_JSON)
		     ? otel_decode_json(unpacked != NULL ? unpacked : exchange->body, len, spans,
					&decoded, err)
		     : otel_decode_protobuf(unpacked != NULL ? unpacked : exchange->body, len,
					    spans, &decoded, err);
	free(unpacked);
	if (rc == 0) {
		exchange->refused_count = decoded.refused_count;
		exchange->refused_reason = decoded.refused_reason;
	}
	return rc;
}

struct runs {
	int64_t room;
	int64_t refused_count;
};

static bool has_room(void *context, const struct otel_span *span)
{
	struct runs *runs = context;

	if (span->parent_id[0] != '\0')
		return true;
	if (runs->room == 0) {
		runs->refused_count++;
		return false;
	}
	runs->room--;
	return true;
}

static void limit_runs(struct exchange *exchange, struct otel_spans *spans, struct sender *sender,
		       int64_t day, int64_t runs_max)
{
	struct runs runs = {0};

	for (size_t i = 0; i < spans->count; i++)
		runs.room += spans->list[i].parent_id[0] == '\0';
	runs.room = sender_take_roots(sender, day, runs.room, runs_max);
	otel_spans_keep(spans, has_room, &runs);
	if (runs.refused_count == 0)
		return;
	exchange->refused_count += runs.refused_count;
	exchange->refused_reason =
		"this sender has sent as many spans without a parent today as it may";
}

void exchange_read(struct exchange *exchange, struct sender *sender, int64_t day, int64_t runs_max,
		   struct strbuf *lines)
{
	size_t len_before = lines->len;
	struct otel_spans spans;
	struct jo_err err;
	int rc;

	if (exchange->status != 0)
		return;
	otel_spans_init(&spans);
	rc = decode(exchange, &spans, &err);
	if (rc < 0)
		exchange_refuse(exchange, rc == -E2BIG ? 413 : 400, err.text);
	else
		limit_runs(exchange, &spans, sender, day, runs_max);
	spans.sender = sender->name;
	for (size_t i = 0; exchange->status == 0 && i < spans.count;) {
		i = otel_encode_json(&spans, i, LINE_BYTES, lines);
		if (lines->len - len_before > LINES_MAX)
			exchange_refuse(exchange, 413, "its spans would be too long in the spool");
	}
	if (exchange->status != 0)
		strbuf_truncate(lines, len_before);
	exchange->span_count = (int64_t)spans.count;
	otel_spans_release(&spans);
	drop_body(exchange);
}

void exchange_release(struct exchange *exchange)
{
	drop_body(exchange);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spans that programs told of themselves, and whose detail each is.
 *
 * A span is a step's when a chain of parents leads from it to the span that the step's record
 * has, in the trace that it has: what a span says of itself besides joins nothing.  Both ids are
 * the plugin's, which tells them to the step's own processes alone.  Who learns them later, from
 * what was exported, is too late: see STORE_SPAN_GRACE_US.
 */
#ifndef STORE_SPAN_H
#define STORE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct store_cursor;

/* Of a step these are kept: those with an error first, then the longest, each with those above it.
 */
#define STORE_SPANS_MAX 200

/* How long after its step's end a span may be received: longer than SDKs and Collectors try again,
 * and shorter than until the night's export tells others of the step's ids. */
#define STORE_SPAN_GRACE_US (INT64_C(3600) * 1000000)

/* How far the clock of a program may be from its node's, so that spans lie in their step. */
#define STORE_SPAN_SLACK_US (INT64_C(60) * 1000000)

/* How long a span waits for the step or the span above it. */
#define STORE_SPAN_WAIT_US (INT64_C(7) * 86400 * 1000000)

/* How many may wait of traces that no step is known of, and so many again of steps' traces: those
 * take no room from these.  200 MB each. */
#define STORE_SPANS_WAITING_MAX 500000

#define STORE_SPAN_SENDER_SIZE 64 /* of what is shown of one */

/* Texts are "" when there are none. */
struct store_span {
	const char *trace_id, *span_id, *parent_id;
	const char *name;
	int64_t start_unix_us, wall_us;
	bool is_error;
	const char *status_text;
	int64_t input_bytes;      /* as the program declared it; or JO_MISSING */
	const char *attrs;        /* "KEY=VALUE,KEY=VALUE", as struct jo_attrs has them */
	int64_t received_unix_us; /* JO_MISSING: it is an admin's file */
	const char *sender;       /* "": the same */
};

/* Keep a span, within a transaction: 1; 0 when it is known. */
int store_span_add(struct store *store, const struct store_span *span, int64_t now_unix_us,
		   struct jo_err *err);

struct store_spans_settled {
	int64_t refused_count; /* below a step, but at another time than it */
	int64_t dropped_count; /* waited for too long, or were too many */
	/* Who lost most of these for having sent too many; "": nobody did. */
	char dropped_of[STORE_SPAN_SENDER_SIZE];
};

/*
 * Find the steps of spans that wait, in a transaction of its own.  Where too many wait, who has
 * most of them loses the oldest until there are as few as may be, and nobody who has fewer loses
 * any: by sender, and of steps' traces, which nobody else knows, by the steps' user.  What the span
 * of a program right below a plugin's step declares, its input size and attributes, is the step's
 * where it has none; such a step is to be judged again.
 */
int store_spans_settle(struct store *store, int64_t now_unix_us,
		       struct store_spans_settled *ret_settled, struct jo_err *err);

/* The spans of a step, as they began; closed by store_cursor_close. */
int store_spans_open(struct store *store, int64_t step_id, struct store_cursor **ret_cursor,
		     struct jo_err *err);

/* The next one: 1, or 0 at the end; its texts are good until the next call. */
int store_spans_next(struct store_cursor *cursor, struct store_span *ret_span, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spans of OpenTelemetry in memory: what is read of the wire and of files, and what is written
 * there.  What a span means to a step is for others.
 *
 * Texts are UTF-8 without control characters, as in records, cut at OTEL_TEXT_MAX bytes; all of
 * them, and the lists, are the struct otel_spans' own and end with it.
 */
#ifndef OTEL_SPANS_H
#define OTEL_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

#define OTEL_TRACE_ID_BYTES 16
#define OTEL_SPAN_ID_BYTES 8
/* In hex, with the NUL. */
#define OTEL_TRACE_ID_SIZE (2 * OTEL_TRACE_ID_BYTES + 1)
#define OTEL_SPAN_ID_SIZE (2 * OTEL_SPAN_ID_BYTES + 1)

/* What a TracesData in JSON has of the sender, where a receiver wrote it; and how the uid of a user
 * of its host begins there, where others are addresses. */
#define OTEL_SENDER_MEMBER "joboutliers.sender"
#define OTEL_SENDER_USER "uid:"

#define OTEL_ATTRIBUTES_MAX 128 /* of a span or a resource: as many as SDKs keep by default */
#define OTEL_TEXT_MAX 1024      /* bytes of a name or a value: a statement of SQL, not a document */

enum otel_value_kind { OTEL_VALUE_TEXT, OTEL_VALUE_INT, OTEL_VALUE_REAL, OTEL_VALUE_BOOL };

/* Lists, maps and bytes have no place here: nothing of a step is one. */
struct otel_value {
	enum otel_value_kind kind;
	union {
		const char *text;
		int64_t number;
		double real; /* finite */
		bool is_true;
	};
};

struct otel_attribute {
	const char *key;
	struct otel_value value;
};

struct otel_attributes {
	struct otel_attribute *list;
	size_t count, capacity;
};

/* As on the wire. */
enum otel_kind {
	OTEL_KIND_UNSPECIFIED,
	OTEL_KIND_INTERNAL,
	OTEL_KIND_SERVER,
	OTEL_KIND_CLIENT,
	OTEL_KIND_PRODUCER,
	OTEL_KIND_CONSUMER,
};
enum otel_status { OTEL_STATUS_UNSET, OTEL_STATUS_OK, OTEL_STATUS_ERROR };

/* Something that happened in a span.  Of spans that are read there are none. */
struct otel_event {
	const char *name;
	int64_t unix_ns;
	struct otel_attributes attributes;
};

struct otel_span {
	size_t resource; /* index of its resource */
	char trace_id[OTEL_TRACE_ID_SIZE];
	char span_id[OTEL_SPAN_ID_SIZE];
	char parent_id[OTEL_SPAN_ID_SIZE]; /* "": a root */
	const char *name;
	enum otel_kind kind;
	int64_t start_unix_ns, end_unix_ns;
	enum otel_status status;
	const char *status_text; /* "": none */
	struct otel_attributes attributes;
	struct otel_event *events;
	size_t event_count;
	char link_trace_id[OTEL_TRACE_ID_SIZE]; /* "": none, as of spans that are read */
	char link_span_id[OTEL_SPAN_ID_SIZE];
};

/* What the spans of one program have in common. */
struct otel_resource {
	struct otel_attributes attributes;
};

struct otel_spans {
	struct otel_resource *resources;
	size_t resource_count, resource_capacity;
	struct otel_span *list;
	size_t count, capacity;
	struct arena_block *texts;
	const char *sender; /* who the receiver saw that they came from; NULL: nobody saw */
};

/* None. */
void otel_spans_init(struct otel_spans *spans);

/* Free all of them. */
void otel_spans_release(struct otel_spans *spans);

/* Add a resource without attributes; spans that come next are its. */
void otel_spans_add_resource(struct otel_spans *spans);

/* Add a span of the resource that was added last: all zero, with "" for texts.  Good until the next
 * is added. */
struct otel_span *otel_spans_add(struct otel_spans *spans);

/* Keep the spans that are wanted, asked of each in their order. */
void otel_spans_keep(struct otel_spans *spans,
		     bool (*is_wanted)(void *context, const struct otel_span *span), void *context);

/* Add an event to a span, without attributes.  Good until the next is added to it. */
struct otel_event *otel_span_add_event(struct otel_span *span, const char *name, int64_t unix_ns);

/* The text as all texts here are, good as long as the spans; len bytes, of which NUL is none that
 * may be shown. */
const char *otel_spans_text(struct otel_spans *spans, const void *bytes, size_t len);

/* The attributes of the resource that was added last. */
struct otel_attributes *otel_spans_resource(struct otel_spans *spans);

/*
 * Add an attribute, whose texts are the spans'.  What is too much, or a number that is not finite,
 * or a key that is empty, is left out: a span is worth having without.
 */
void otel_attributes_add(struct otel_attributes *attributes, const char *key,
			 const struct otel_value *value);

/* The value of the key, or NULL.  Of two the last. */
const struct otel_value *otel_attributes_get(const struct otel_attributes *attributes,
					     const char *key);

#define OTEL_VALUE_SIZE 32 /* a double's 17 digits, sign, point and exponent */

/* The value as a text: of a text itself, of others in buf. */
const char *otel_value_text(const struct otel_value *value, char buf[OTEL_VALUE_SIZE]);

/* Whether text is an id of so many hex digits in lower case, not all 0. */
bool otel_id_is_valid(const char *text, size_t digits);

#endif

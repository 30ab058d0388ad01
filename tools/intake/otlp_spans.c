/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What spans say is believed of themselves, and of whose they are as the configuration has it. */
#include "intake/otlp_spans.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "intake/field.h"
#include "intake/line_rows.h"
#include "joboutliers/class.h"
#include "joboutliers/units.h"
#include "otel/decode.h"
#include "step/step.h"
#include "util/alloc.h"

/* Spans in a block: more than a block has records, as most are the details of one. */
#define BLOCK_SPANS 4096

/* Below it are sizes that a double has exactly. */
#define REAL_SIZE_MAX 9007199254740992.0

#define SET(member, text) jo_record_set_string(member, sizeof(member), text)

void otlp_spans_init(struct otlp_spans *spans, const struct source_request *request)
{
	*spans = (struct otlp_spans){.request = request, .rules = request->otlp};
	otel_spans_init(&spans->spans);
}

void otlp_spans_release(struct otlp_spans *spans)
{
	otel_spans_release(&spans->spans);
	spans->at = 0;
}

int otlp_spans_decode(struct otlp_spans *spans, const char *line, size_t len, const char *name,
		      int64_t received_unix_us, struct source_block *block, struct jo_err *err)
{
	struct otel_decoded decoded;
	struct jo_err why;
	int rc;

	otlp_spans_release(spans);
	rc = otel_decode_json(line, len, &spans->spans, &decoded, err);
	if (rc < 0)
		return rc;
	spans->received_unix_us = received_unix_us;
	if (decoded.refused_count > 0) {
		(void)jo_err_set(&why, -EBADMSG, "%s: %" PRId64 " of its spans: %s", name,
				 decoded.refused_count, decoded.refused_reason);
		source_block_refuse(block, NULL, why.text);
	}
	return 0;
}

/* ---- what attributes say ---- */

static int64_t size_of(const struct otel_value *value)
{
	int64_t bytes;

	switch (value->kind) {
	case OTEL_VALUE_INT:
		return value->number >= 0 ? value->number : JO_MISSING;
	case OTEL_VALUE_REAL:
		return value->real >= 0 && value->real < REAL_SIZE_MAX ? (int64_t)value->real
								       : JO_MISSING;
	case OTEL_VALUE_TEXT:
		return jo_bytes_parse(value->text, &bytes, NULL) == 0 ? bytes : JO_MISSING;
	case OTEL_VALUE_BOOL:
		break;
	}
	return JO_MISSING;
}

static bool is_size_key(const struct source_otlp *rules, const char *key)
{
	for (size_t i = 0; i < rules->size->count; i++)
		if (strcmp(rules->size->list[i], key) == 0)
			return true;
	return false;
}

static int64_t declared_size(const struct source_otlp *rules, const struct otel_span *span)
{
	for (size_t i = 0; i < rules->size->count; i++) {
		const struct otel_value *value =
			otel_attributes_get(&span->attributes, rules->size->list[i]);

		if (value != NULL && size_of(value) != JO_MISSING)
			return size_of(value);
	}
	return JO_MISSING;
}

/* Those that a step can have, the first of them; what is none is left out. */
static void declared_attrs(const struct source_otlp *rules, const struct otel_span *span,
			   struct jo_attrs *ret_attrs)
{
	char buf[OTEL_VALUE_SIZE];

	ret_attrs->count = 0;
	for (size_t i = 0; i < span->attributes.count; i++) {
		const struct otel_attribute *attribute = &span->attributes.list[i];

		if (!is_size_key(rules, attribute->key) &&
		    strcmp(attribute->key, rules->owner) != 0)
			(void)jo_attrs_set(ret_attrs, attribute->key,
					   otel_value_text(&attribute->value, buf), NULL);
	}
}

static const char *text_of(const struct otel_attributes *attributes, const char *key)
{
	const struct otel_value *value = otel_attributes_get(attributes, key);

	return value != NULL && value->kind == OTEL_VALUE_TEXT ? value->text : "";
}

/* The user that the admin named for the service, or the span itself where that is believed. */
static const char *owner_of(const struct source_otlp *rules, const struct otel_span *span,
			    const struct otel_resource *resource, const char *service)
{
	size_t len = strlen(service);
	const char *owner;

	for (size_t i = 0; len > 0 && i < rules->services->count; i++) {
		const char *rule = rules->services->list[i];

		if (strncmp(rule, service, len) == 0 && rule[len] == '=')
			return rule + len + 1;
	}
	if (rules->owner[0] == '\0' || strcmp(rules->owner, SOURCE_OTLP_OWNER_SENDER) == 0)
		return "";
	owner = text_of(&span->attributes, rules->owner);
	return owner[0] != '\0' ? owner : text_of(&resource->attributes, rules->owner);
}

/* What a file of the admin's says of a sender is nothing that a receiver saw. */
static const char *sender_of(const struct otlp_spans *spans)
{
	return spans->received_unix_us != JO_MISSING && spans->spans.sender != NULL
		       ? spans->spans.sender
		       : "";
}

/* The user of this host whose process sent them, as the receiver saw it; JO_MISSING: of another
 * host, or nobody saw. */
static int64_t sender_uid(const struct otlp_spans *spans)
{
	static const char word[] = OTEL_SENDER_USER;
	const char *sender = sender_of(spans);
	int64_t uid;
	char *end;

	if (strncmp(sender, word, strlen(word)) != 0 || sender[strlen(word)] == '\0')
		return JO_MISSING;
	uid = strtoll(sender + strlen(word), &end, 10);
	return *end == '\0' && uid >= 0 && uid < UINT32_MAX ? uid : JO_MISSING;
}

/* ---- a step of its own ---- */

static void identify(const struct otel_span *span, struct jo_record *record)
{
	char *identity = xasprintf("%s-%s", span->trace_id, span->span_id);

	record->job_id = line_job_make("otlp", identity);
	free(identity);
	(void)field_step("batch", record, NULL);
	SET(record->trace_id, span->trace_id);
	SET(record->span_id, span->span_id);
}

/* "SERVICE/SPAN" is the job's name, and what the class is made of. */
static void set_name(struct jo_record *record, const char *service, const char *name)
{
	char *text = xasprintf("%s%s%s", service, service[0] != '\0' ? "/" : "", name);

	SET(record->job_name, text);
	jo_class_make(text[0] != '\0' ? text : "span", record->class_name);
	free(text);
}

static void put_step(struct otlp_spans *spans, const struct otel_span *span, int64_t input_bytes,
		     struct source_block *block)
{
	const struct otel_resource *resource = &spans->spans.resources[span->resource];
	const char *service = text_of(&resource->attributes, "service.name");
	const struct otel_value *exit_code =
		otel_attributes_get(&span->attributes, "process.exit.code");
	struct jo_record *record = source_block_record(block);

	jo_record_init(record, JO_RECORD_END);
	identify(span, record);
	/* So no group of Slurm's jobs gets it, but where GroupBy leaves the cluster out. */
	SET(record->cluster, STEP_CLUSTER_OTLP);
	SET(record->partition, service);
	set_name(record, service, span->name);
	SET(record->program, text_of(&resource->attributes, "process.executable.name"));
	SET(record->node, text_of(&resource->attributes, "host.name"));
	SET(record->user, owner_of(spans->rules, span, resource, service));
	if (record->user[0] == '\0' && strcmp(spans->rules->owner, SOURCE_OTLP_OWNER_SENDER) == 0)
		record->uid = sender_uid(spans);
	record->start_unix_us = span->start_unix_ns / 1000;
	record->wall_us = (span->end_unix_ns - span->start_unix_ns) / 1000;
	record->input_bytes = input_bytes;
	record->input_source = JO_INPUT_PROGRAM;
	if (exit_code != NULL && exit_code->kind == OTEL_VALUE_INT && exit_code->number >= 0)
		record->exit_status = exit_code->number;
	declared_attrs(spans->rules, span, &record->attrs);
	source_block_put(block, span->status == OTEL_STATUS_ERROR ? STEP_STATE_FAILED
								  : STEP_STATE_COMPLETED);
}

/* Whether it ended before it was received, as far as clocks agree, or is in a file of today: one of
 * years to come would be the newest step until then, and never be pruned. */
static bool has_ended(const struct otlp_spans *spans, const struct otel_span *span)
{
	int64_t end_unix_us = span->end_unix_ns / 1000;

	if (spans->received_unix_us == JO_MISSING)
		return !source_is_future(spans->request, end_unix_us);
	return end_unix_us <= spans->received_unix_us + STORE_SPAN_SLACK_US;
}

static void refuse_future(const struct otlp_spans *spans, const struct otel_span *span,
			  struct source_block *block)
{
	struct jo_err why;

	(void)jo_err_set(&why, -EBADMSG, "span %s-%s ends %s", span->trace_id, span->span_id,
			 spans->received_unix_us == JO_MISSING ? "in the future"
							       : "after it was received");
	source_block_refuse(block, NULL, why.text);
}

/* ---- a detail ---- */

static void put_span(const struct otlp_spans *spans, const struct otel_span *span,
		     int64_t input_bytes, struct source_block *block)
{
	char text[JO_ATTRS_TEXT_SIZE];
	struct jo_attrs attrs;

	declared_attrs(spans->rules, span, &attrs);
	source_block_span(block,
			  &(struct store_span){
				  .trace_id = span->trace_id,
				  .span_id = span->span_id,
				  .parent_id = span->parent_id,
				  .name = span->name,
				  .start_unix_us = span->start_unix_ns / 1000,
				  .wall_us = (span->end_unix_ns - span->start_unix_ns) / 1000,
				  .is_error = span->status == OTEL_STATUS_ERROR,
				  .status_text = span->status_text,
				  .input_bytes = input_bytes,
				  .attrs = jo_attrs_format(&attrs, text),
				  .received_unix_us = spans->received_unix_us,
				  .sender = sender_of(spans),
			  });
}

bool otlp_spans_next(struct otlp_spans *spans, struct source_block *block)
{
	for (; spans->at < spans->spans.count; spans->at++) {
		const struct otel_span *span = &spans->spans.list[spans->at];
		int64_t input_bytes = declared_size(spans->rules, span);

		if (source_block_is_full(block) || block->span_count >= BLOCK_SPANS)
			return false;
		if (!has_ended(spans, span))
			refuse_future(spans, span, block);
		else if (span->parent_id[0] == '\0' && input_bytes != JO_MISSING)
			put_step(spans, span, input_bytes, block);
		else
			put_span(spans, span, input_bytes, block);
	}
	return true;
}

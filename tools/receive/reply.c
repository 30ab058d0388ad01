/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of a few bytes, by the libraries that know how they are written. */
#include "receive/reply.h"

#include <jansson.h>
#include <string.h>

#include "otlp.pb-c.h"
#include "util/alloc.h"

const char *const reply_types[] = {
	[REPLY_PROTOBUF] = "application/x-protobuf",
	[REPLY_JSON] = "application/json",
};

/* *object is gone afterwards. */
static char *text_of(json_t *object, size_t *ret_len)
{
	char *text = json_dumps(object, JSON_COMPACT);

	json_decref(object);
	if (text == NULL)
		alloc_failed();
	*ret_len = strlen(text);
	return text;
}

char *reply_success(enum reply_form form, int64_t refused_count, const char *reason,
		    size_t *ret_len)
{
	Otlp__ExportTraceServiceResponse response = OTLP__EXPORT_TRACE_SERVICE_RESPONSE__INIT;
	Otlp__ExportTracePartialSuccess partial = OTLP__EXPORT_TRACE_PARTIAL_SUCCESS__INIT;
	uint8_t *bytes;

	if (form == REPLY_JSON)
		return text_of(refused_count == 0
				       ? json_object()
				       : json_pack("{s{sIss}}", "partialSuccess", "rejectedSpans",
						   (json_int_t)refused_count, "errorMessage",
						   reason),
			       ret_len);
	if (refused_count > 0) {
		partial.rejected_spans = refused_count;
		partial.error_message = (char *)(uintptr_t)reason;
		response.partial_success = &partial;
	}
	*ret_len = otlp__export_trace_service_response__get_packed_size(&response);
	bytes = xmalloc(*ret_len + 1);
	(void)otlp__export_trace_service_response__pack(&response, bytes);
	return (char *)bytes;
}

char *reply_failure(enum reply_form form, const char *reason, size_t *ret_len)
{
	Otlp__RpcStatus status = OTLP__RPC_STATUS__INIT;
	uint8_t *bytes;

	if (form == REPLY_JSON)
		return text_of(json_pack("{ss}", "message", reason), ret_len);
	status.message = (char *)(uintptr_t)reason;
	*ret_len = otlp__rpc_status__get_packed_size(&status);
	bytes = xmalloc(*ret_len + 1);
	(void)otlp__rpc_status__pack(&status, bytes);
	return (char *)bytes;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A judged step as a span of OpenTelemetry: its names are in sjoboutliers(1), under STEPS AS SPANS. */
#ifndef EXPORT_OTLP_SPAN_H
#define EXPORT_OTLP_SPAN_H

#include <stdbool.h>

#include "otel/spans.h"
#include "store/judged.h"

/* The service that spans are of, unless somebody says otherwise. */
#define OTLP_SERVICE_NAME "joboutliers"

/*
 * Add the step, of the resource that is its cluster's: one is added where that of the last span is
 * another's.  service_name and resource_attributes ("KEY=VALUE,...", percent-encoded; "" for none)
 * are said of each resource.
 *
 * A step that was recorded with a trace is that span; of any other the ids are made of its numbers,
 * the same whenever it is exported.  Returns false for one that has no begin or end: it is no span.
 */
bool otlp_span_add(struct otel_spans *spans, const struct judged_step *row,
		   const char *service_name, const char *resource_attributes);

#endif

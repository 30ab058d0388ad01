/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where spans are sent, and how: by the site's configuration and OpenTelemetry's own variables. */
#ifndef EXPORT_OTLP_TARGET_H
#define EXPORT_OTLP_TARGET_H

#include <stdbool.h>

#include "joboutliers/err.h"
#include "util/strlist.h"

struct otlp_target {
	char *url;                         /* without who asks, so that it may be shown */
	char *user, *password;             /* that it had; NULL: none */
	struct strlist headers;            /* "Name: value"; some of them are secrets */
	char *ca_file, *certificate, *key; /* "": the system's, and none */
	long timeout_ms;
	bool is_packed; /* by gzip */
};

/*
 * Whether there is anywhere to send to: an endpoint of the configuration, or else of
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT.
 */
bool otlp_target_is_set(const char *endpoint);

/*
 * Read all of it: headers_file ("": none) has a header a line, and nobody else may read it.  To
 * what is a base, "/v1/traces" is appended.  Returns 0, -EINVAL for what cannot be used, or why a
 * file could not be read.  Release *ret_target whatever is returned.
 */
int otlp_target_read(const char *endpoint, const char *headers_file, struct otlp_target *ret_target,
		     struct jo_err *err);

/* Free what it owns; zeroed memory is fine. */
void otlp_target_release(struct otlp_target *target);

/* Decode "%2C" and the like in place, as these variables have it. */
void otlp_percent_decode(char *text);

#endif

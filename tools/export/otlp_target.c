/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By https://opentelemetry.io/docs/specs/otel/protocol/exporter/; what is of traces alone wins. */
#include "export/otlp_target.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"
#include "util/secret.h"

#define PATH "/v1/traces"

/* The specification's. */
#define TIMEOUT_MS 10000
#define TIMEOUT_MAX_MS 3600000

/* Bytes of the file of headers: some tokens. */
#define HEADERS_MAX 16384

static const char *variable(const char *name)
{
	char full[64] = "OTEL_EXPORTER_OTLP_TRACES_";
	const char *value;

	(void)strncat(full, name, sizeof(full) - strlen(full) - 1);
	value = getenv(full);
	if (value != NULL && value[0] != '\0')
		return value;
	full[strlen("OTEL_EXPORTER_OTLP_")] = '\0';
	(void)strncat(full, name, sizeof(full) - strlen(full) - 1);
	value = getenv(full);
	return value == NULL ? "" : value;
}

bool otlp_target_is_set(const char *endpoint)
{
	return endpoint[0] != '\0' || variable("ENDPOINT")[0] != '\0';
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

	return at == NULL ? -1 : (int)(at - digits);
}

void otlp_percent_decode(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		int high = text[0] == '%' ? hex_digit(text[1]) : -1;
		int low = high >= 0 ? hex_digit(text[2]) : -1;

		*to++ = low >= 0 ? (char)(high * 16 + low) : *text;
		text += low >= 0 ? 2 : 0;
	}
	*to = '\0';
}

/* A base, to which the path is appended; but one that has it already is no base. */
static char *with_path(const char *base)
{
	size_t len = strlen(base), path_len = strlen(PATH);

	while (len > 0 && base[len - 1] == '/')
		len--;
	if (len >= path_len && strncmp(base + len - path_len, PATH, path_len) == 0)
		return xasprintf("%.*s", (int)len, base);
	return xasprintf("%.*s" PATH, (int)len, base);
}

/* Take "USER:PASSWORD@" out of the address, which people are shown. */
static void take_credentials(struct otlp_target *target)
{
	char *scheme = strstr(target->url, "://");
	char *begin = scheme != NULL ? scheme + strlen("://") : target->url;
	char *at = memrchr(begin, '@', strcspn(begin, "/?#")), *colon;

	if (at == NULL)
		return;
	*at = '\0';
	colon = strchr(begin, ':');
	if (colon != NULL)
		*colon++ = '\0';
	target->user = xstrdup(begin);
	target->password = xstrdup(colon != NULL ? colon : "");
	otlp_percent_decode(target->user);
	otlp_percent_decode(target->password);
	if (colon != NULL)
		explicit_bzero(colon, strlen(colon));
	memmove(begin, at + 1, strlen(at + 1) + 1);
}

static int set_url(struct otlp_target *target, const char *endpoint, struct jo_err *err)
{
	const char *own = getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), *shown;

	if (endpoint[0] != '\0')
		target->url = with_path(endpoint);
	else if (own != NULL && own[0] != '\0')
		target->url = xstrdup(own);
	else
		target->url = with_path(variable("ENDPOINT"));
	take_credentials(target);
	/* a wrong one may have a password anywhere */
	shown = strchr(target->url, '@') != NULL ? "***" : target->url;
	if (strncasecmp(target->url, "http://", 7) != 0 &&
	    strncasecmp(target->url, "https://", 8) != 0)
		return jo_err_set(
			err, -EINVAL,
			"OtlpEndpoint %.100s: expected http://HOST:PORT or https://HOST:PORT",
			shown);
	return 0;
}

static bool is_header(const char *name, const char *value)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	if (name[0] == '\0')
		return false;
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && strchr(marks, *name) == NULL)
			return false;
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return false;
	return true;
}

/* The pair is changed.  Values are secrets, so no error shows one. */
static int add_header(struct otlp_target *target, char *pair, char separator, const char *source,
		      struct jo_err *err)
{
	char *value = strchr(pair, separator), *name = pair + strspn(pair, " \t"), *header;

	if (value == NULL)
		return jo_err_set(err, -EINVAL, "%s: expected NAME%cVALUE", source, separator);
	*value++ = '\0';
	for (size_t len = strlen(name); len > 0 && strchr(" \t", name[len - 1]) != NULL; len--)
		name[len - 1] = '\0';
	value += strspn(value, " \t");
	if (separator == '=')
		otlp_percent_decode(value);
	if (!is_header(name, value))
		return jo_err_set(err, -EINVAL, "%s: '%.60s' is no header", source, name);
	header = xasprintf("%s: %s", name, value);
	strlist_add(&target->headers, header);
	explicit_bzero(header, strlen(header));
	free(header);
	return 0;
}

/* Separated by any of the bytes; empty ones and comments are passed by. */
static int add_headers(struct otlp_target *target, char *list, const char *between, char separator,
		       const char *source, struct jo_err *err)
{
	char *pair;
	int rc = 0;

	while (rc == 0 && (pair = strsep(&list, between)) != NULL)
		if (pair[strspn(pair, " \t")] != '\0' && pair[0] != '#')
			rc = add_header(target, pair, separator, source, err);
	return rc;
}

static int set_headers(struct otlp_target *target, const char *headers_file, struct jo_err *err)
{
	char buf[HEADERS_MAX], *of_variable = xstrdup(variable("HEADERS"));
	int rc = add_headers(target, of_variable, ",", '=', "OTEL_EXPORTER_OTLP_HEADERS", err);

	free(of_variable);
	if (rc < 0 || headers_file[0] == '\0')
		return rc;
	rc = secret_read(headers_file, SECRET_NOBODY_ELSE, buf, sizeof(buf), err);
	if (rc == 0)
		rc = add_headers(target, buf, "\r\n", ':', headers_file, err);
	explicit_bzero(buf, sizeof(buf));
	return rc;
}

int otlp_target_read(const char *endpoint, const char *headers_file, struct otlp_target *ret_target,
		     struct jo_err *err)
{
	long timeout_ms = strtol(variable("TIMEOUT"), NULL, 10);
	int rc;

	*ret_target = (struct otlp_target){
		.ca_file = xstrdup(variable("CERTIFICATE")),
		.certificate = xstrdup(variable("CLIENT_CERTIFICATE")),
		.key = xstrdup(variable("CLIENT_KEY")),
		.timeout_ms =
			timeout_ms > 0 && timeout_ms <= TIMEOUT_MAX_MS ? timeout_ms : TIMEOUT_MS,
		.is_packed = strcmp(variable("COMPRESSION"), "none") != 0,
	};
	rc = set_url(ret_target, endpoint, err);
	if (rc == 0)
		rc = set_headers(ret_target, headers_file, err);
	return rc;
}

void otlp_target_release(struct otlp_target *target)
{
	for (size_t i = 0; i < target->headers.count; i++)
		explicit_bzero(target->headers.list[i], strlen(target->headers.list[i]));
	strlist_release(&target->headers);
	if (target->password != NULL)
		explicit_bzero(target->password, strlen(target->password));
	free(target->user);
	free(target->password);
	free(target->url);
	free(target->ca_file);
	free(target->certificate);
	free(target->key);
	*target = (struct otlp_target){.url = NULL};
}

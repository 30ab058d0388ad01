/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcurl and zlib do it; which answer may be tried again is the protocol's. */
#include "export/otlp_post.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "util/alloc.h"
#include "util/strbuf.h"

/* Of an answer, which is {} as a rule, so much is kept. */
#define ANSWER_MAX 65536

/* What people are shown of one. */
#define QUOTE_MAX 120

/* zlib's way to ask for a gzip header. */
#define GZIP_WINDOW_BITS (15 + 16)

struct otlp_post {
	CURL *curl;
	struct curl_slist *headers;
	bool is_packed;
	struct strbuf answer;
	int64_t retry_after_s;
	char error[CURL_ERROR_SIZE];
};

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
	struct otlp_post *post = context;
	size_t len = size * count, room = ANSWER_MAX - post->answer.len;

	strbuf_add(&post->answer, bytes, len < room ? len : room);
	return len;
}

/* A date in place of seconds is left: nobody who has a queue says one. */
static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
	static const char name[] = "retry-after:";
	struct otlp_post *post = context;
	size_t len = size * count, at = strlen(name);
	char text[24] = "", *end;
	long seconds;

	if (len <= at || strncasecmp(bytes, name, at) != 0)
		return len;
	memcpy(text, bytes + at, len - at < sizeof(text) ? len - at : sizeof(text) - 1);
	seconds = strtol(text, &end, 10);
	if (end != text && seconds >= 0)
		post->retry_after_s = seconds;
	return len;
}

static CURLcode set_options(struct otlp_post *post, const struct otlp_target *target)
{
	CURL *curl = post->curl;
	CURLcode code = CURLE_OK;

#define SET(option, value)                                                                         \
	if (code == CURLE_OK)                                                                      \
	code = curl_easy_setopt(curl, option, value)
	SET(CURLOPT_URL, target->url);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_TIMEOUT_MS, target->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, target->timeout_ms);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_ERRORBUFFER, post->error);
	SET(CURLOPT_USERAGENT, "OTel-OTLP-Exporter-joboutliers/" JO_VERSION);
	SET(CURLOPT_HTTPHEADER, post->headers);
	SET(CURLOPT_WRITEFUNCTION, take_answer);
	SET(CURLOPT_WRITEDATA, post);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, post);
	if (target->user != NULL) {
		SET(CURLOPT_USERNAME, target->user);
		SET(CURLOPT_PASSWORD, target->password);
	}
	if (target->ca_file[0] != '\0')
		SET(CURLOPT_CAINFO, target->ca_file);
	if (target->certificate[0] != '\0')
		SET(CURLOPT_SSLCERT, target->certificate);
	if (target->key[0] != '\0')
		SET(CURLOPT_SSLKEY, target->key);
#undef SET
	return code;
}

static int add_header(struct otlp_post *post, const char *header, struct jo_err *err)
{
	struct curl_slist *more = curl_slist_append(post->headers, header);

	if (more == NULL)
		return jo_err_set(err, -ENOMEM, "a request to send spans by");
	post->headers = more;
	return 0;
}

int otlp_post_new(const struct otlp_target *target, struct otlp_post **ret_post, struct jo_err *err)
{
	struct otlp_post *post = xcalloc(1, sizeof(*post));
	/* Without the last, a large request waits a second for leave to send its body. */
	const char *const own[] = {"Content-Type: application/json", "Expect:",
				   target->is_packed ? "Content-Encoding: gzip" : "Accept: */*"};
	CURLcode code;
	int rc = 0;

	strbuf_init(&post->answer);
	post->is_packed = target->is_packed;
	post->curl = curl_easy_init();
	if (post->curl == NULL)
		rc = jo_err_set(err, -ENOMEM, "a connection to send spans by");
	for (size_t i = 0; i < target->headers.count && rc == 0; i++)
		rc = add_header(post, target->headers.list[i], err);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]) && rc == 0; i++)
		rc = add_header(post, own[i], err);
	if (rc == 0) {
		code = set_options(post, target);
		if (code != CURLE_OK)
			rc = jo_err_set(err, -EINVAL, "%s: %s", target->url,
					curl_easy_strerror(code));
	}
	if (rc < 0)
		otlp_post_free(post);
	else
		*ret_post = post;
	return rc;
}

void otlp_post_free(struct otlp_post *post)
{
	if (post == NULL)
		return;
	curl_easy_cleanup(post->curl);
	curl_slist_free_all(post->headers);
	strbuf_release(&post->answer);
	free(post);
}

/* The caller frees *ret_packed. */
static int pack(const char *bytes, size_t size, unsigned char **ret_packed, size_t *ret_size,
		struct jo_err *err)
{
	z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size};
	uLong bound;

	if (size > UINT32_MAX / 2 || deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
						  GZIP_WINDOW_BITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return jo_err_set(err, -ENOMEM, "pack %zu bytes of spans", size);
	bound = deflateBound(&stream, (uLong)size);
	*ret_packed = xmalloc(bound);
	stream.next_out = *ret_packed;
	stream.avail_out = (uInt)bound;
	(void)deflate(&stream, Z_FINISH);
	*ret_size = stream.total_out;
	(void)deflateEnd(&stream);
	return 0;
}

/* An answer that is no JSON acknowledges as well. */
static void read_partial(struct otlp_post *post, struct otlp_answer *answer)
{
	json_t *object = json_loadb(post->answer.text, post->answer.len, 0, NULL);
	const json_t *partial = json_object_get(object, "partialSuccess");
	const json_t *count = json_object_get(partial, "rejectedSpans");
	const char *message = json_string_value(json_object_get(partial, "errorMessage"));

	answer->rejected_count = json_is_string(count) ? strtoll(json_string_value(count), NULL, 10)
						       : json_integer_value(count);
	if (answer->rejected_count < 0)
		answer->rejected_count = 0;
	if (answer->rejected_count > 0)
		(void)jo_err_set(&answer->trouble, -EIO, "%lld spans were not taken%s%.*s",
				 (long long)answer->rejected_count, message == NULL ? "" : ": ",
				 QUOTE_MAX, message == NULL ? "" : message);
	json_decref(object);
}

static void judge(struct otlp_post *post, long status, struct otlp_answer *answer)
{
	static const struct {
		long status;
		enum otlp_outcome outcome;
	} outcomes[] = {{429, OTLP_LATER},  {502, OTLP_LATER},   {503, OTLP_LATER},
			{504, OTLP_LATER},  {400, OTLP_REFUSED}, {413, OTLP_REFUSED},
			{422, OTLP_REFUSED}};

	if (status / 100 == 2) {
		answer->outcome = OTLP_TAKEN;
		read_partial(post, answer);
		return;
	}
	answer->outcome = OTLP_FAILED;
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (outcomes[i].status == status)
			answer->outcome = outcomes[i].outcome;
	answer->retry_after_s = post->retry_after_s;
	(void)jo_err_set(&answer->trouble, -EIO, "the receiver answered %ld%s%.*s", status,
			 post->answer.len > 0 ? ": " : "", QUOTE_MAX, post->answer.text);
}

void otlp_post_send(struct otlp_post *post, const char *json, size_t size,
		    struct otlp_answer *ret_answer)
{
	struct otlp_answer answer = {.outcome = OTLP_FAILED, .retry_after_s = -1};
	unsigned char *packed = NULL;
	size_t body_size = size;
	long status = 0;
	CURLcode code;

	strbuf_reset(&post->answer);
	post->retry_after_s = -1;
	post->error[0] = '\0';
	if (post->is_packed && pack(json, size, &packed, &body_size, &answer.trouble) < 0) {
		*ret_answer = answer;
		return;
	}
	(void)curl_easy_setopt(post->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_size);
	(void)curl_easy_setopt(post->curl, CURLOPT_POSTFIELDS,
			       packed != NULL ? (const char *)packed : json);
	code = curl_easy_perform(post->curl);
	free(packed);
	if (code == CURLE_OK) {
		(void)curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &status);
		judge(post, status, &answer);
	} else {
		answer.outcome = OTLP_LATER;
		(void)jo_err_set(&answer.trouble, -EIO, "%s",
				 post->error[0] != '\0' ? post->error : curl_easy_strerror(code));
	}
	*ret_answer = answer;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMTP with libcurl.  libcurl says that a transfer failed; at which command,
 * and in which words of the server, is read from its trace of the dialogue.
 */
#include <curl/curl.h>
#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mail/doc.h"
#include "mail/smtp.h"

/* Bytes that are kept of a reply: its code, and enough of the text to be quoted. */
#define REPLY_MAX 200
#define MAILS_PER_CONNECTION 50 /* many servers stop at 100 */

struct mail_smtp {
	const struct mail_transport *transport;
	char *password;      /* NULL: none */
	CURL *curl;          /* with its connection; NULL: none yet, or given up */
	unsigned mail_count; /* on this connection */

	/* the message under way */
	const char *message;
	size_t size, sent;
	bool is_at_end; /* libcurl has all of it: the server may have it too */
	enum mail_smtp_stage stage;
	GString *reply; /* to the last command, its lines joined */
};

static size_t read_message(char *buffer, size_t size, size_t count, void *data)
{
	struct mail_smtp *smtp = data;
	size_t part = MIN(size * count, smtp->size - smtp->sent);

	memcpy(buffer, smtp->message + smtp->sent, part);
	smtp->sent += part;
	if (smtp->sent == smtp->size && !smtp->is_at_end) {
		smtp->is_at_end = true;
		smtp->stage = MAIL_STAGE_MESSAGE;
		g_string_truncate(smtp->reply, 0);
	}
	return part;
}

static const struct {
	const char *command;
	enum mail_smtp_stage stage;
} stage_commands[] = {
	{"MAIL FROM:", MAIL_STAGE_SENDER},
	{"RCPT TO:", MAIL_STAGE_RECIPIENT},
	{"DATA", MAIL_STAGE_DATA},
};

/* A command goes out.  Its text is not kept: it may be a password. */
static void note_command(struct mail_smtp *smtp, const char *text, size_t size)
{
	/* the farewell after a refusal would hide what was refused, and why */
	if (size >= 4 && strncmp(text, "QUIT", 4) == 0)
		return;
	if (smtp->stage == MAIL_STAGE_MESSAGE)
		return;
	g_string_truncate(smtp->reply, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(stage_commands); i++) {
		size_t len = strlen(stage_commands[i].command);

		if (size >= len && strncmp(text, stage_commands[i].command, len) == 0)
			smtp->stage = stage_commands[i].stage;
	}
}

static int trace(CURL *curl, curl_infotype type, char *text, size_t size, void *data)
{
	struct mail_smtp *smtp = data;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT) {
		note_command(smtp, text, size);
	} else if (type == CURLINFO_HEADER_IN && smtp->reply->len < REPLY_MAX) {
		if (smtp->reply->len > 0)
			g_string_append_c(smtp->reply, ' ');
		g_string_append_len(smtp->reply, text, (gssize)MIN(size, REPLY_MAX));
	}
	return 0;
}

static CURLcode set_options(struct mail_smtp *smtp, CURL *curl)
{
	CURLcode code = mail_smtp_options(curl, smtp->transport, smtp->password);

#define SET(option, value)                                                                         \
	if (code == CURLE_OK)                                                                      \
	code = curl_easy_setopt(curl, option, value)
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, read_message);
	SET(CURLOPT_READDATA, smtp);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, trace);
	SET(CURLOPT_DEBUGDATA, smtp);
#undef SET
	return code;
}

static int open_curl(struct mail_smtp *smtp, struct jo_err *err)
{
	CURL *curl = curl_easy_init();
	CURLcode code = curl == NULL ? CURLE_FAILED_INIT : set_options(smtp, curl);

	if (code != CURLE_OK) {
		curl_easy_cleanup(curl);
		return jo_err_set(err, -EINVAL, "SmtpUrl %s: %s", smtp->transport->url,
				  curl_easy_strerror(code));
	}
	smtp->curl = curl;
	smtp->mail_count = 0;
	return 0;
}

static void close_curl(struct mail_smtp *smtp)
{
	mail_smtp_close(smtp->curl);
	smtp->curl = NULL;
}

int mail_smtp_new(const struct mail_transport *transport, const char *password,
		  struct mail_smtp **ret_smtp, struct jo_err *err)
{
	struct mail_smtp *smtp;
	int rc;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return jo_err_set(err, -EIO, "libcurl cannot start");
	smtp = g_new0(struct mail_smtp, 1);
	smtp->transport = transport;
	smtp->password = g_strdup(password);
	smtp->reply = g_string_new(NULL);
	rc = open_curl(smtp, err);
	if (rc != 0) {
		mail_smtp_free(smtp);
		return rc;
	}
	*ret_smtp = smtp;
	return 0;
}

void mail_smtp_free(struct mail_smtp *smtp)
{
	if (smtp == NULL)
		return;
	close_curl(smtp);
	curl_global_cleanup();
	if (smtp->password != NULL)
		explicit_bzero(smtp->password, strlen(smtp->password));
	g_free(smtp->password);
	(void)g_string_free(smtp->reply, TRUE);
	g_free(smtp);
}

/* What went wrong, for a person: the server's own words if it said any. */
static void describe(const struct mail_smtp *smtp, CURLcode code, const char *detail,
		     struct jo_err *err)
{
	static const char *const where[] = {
		[MAIL_STAGE_CONNECT] = "before the mail",    [MAIL_STAGE_SENDER] = "on the sender",
		[MAIL_STAGE_RECIPIENT] = "on the recipient", [MAIL_STAGE_DATA] = "before the text",
		[MAIL_STAGE_MESSAGE] = "after the text",
	};
	char *reply = mail_clean(smtp->reply->str, REPLY_MAX);
	char *why = mail_smtp_why(smtp->transport, code, detail);

	g_strstrip(reply);
	if (smtp->is_at_end && reply[0] == '\0')
		(void)jo_err_set(err, -EIO, "no answer after the text, so it may have arrived (%s)",
				 curl_easy_strerror(code));
	else if (reply[0] == '4' || reply[0] == '5')
		(void)jo_err_set(err, -EIO, "the mail server said, %s: %s", where[smtp->stage],
				 reply);
	else
		(void)jo_err_set(err, -EIO, "%s: %s", where[smtp->stage], why);
	g_free(why);
	g_free(reply);
}

static CURLcode perform(struct mail_smtp *smtp, const char *from_address, const char *to_address,
			char *detail)
{
	struct curl_slist *recipients = curl_slist_append(NULL, to_address);
	CURLcode code = CURLE_OUT_OF_MEMORY;

	if (recipients != NULL &&
	    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, from_address) == CURLE_OK &&
	    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, recipients) == CURLE_OK &&
	    curl_easy_setopt(smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)smtp->size) ==
		    CURLE_OK &&
	    curl_easy_setopt(smtp->curl, CURLOPT_ERRORBUFFER, detail) == CURLE_OK)
		code = curl_easy_perform(smtp->curl);
	(void)curl_easy_setopt(smtp->curl, CURLOPT_ERRORBUFFER, NULL);
	(void)curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	return code;
}

enum mail_outcome mail_smtp_send(struct mail_smtp *smtp, const char *from_address,
				 const char *to_address, const void *message, size_t size,
				 struct jo_err *err)
{
	char detail[CURL_ERROR_SIZE] = "";
	enum mail_outcome outcome;
	CURLcode code;

	if (smtp->curl == NULL && open_curl(smtp, err) != 0)
		return MAIL_UNREACHABLE;
	smtp->message = message;
	smtp->size = size;
	smtp->sent = 0;
	smtp->is_at_end = false;
	smtp->stage = MAIL_STAGE_CONNECT;
	g_string_truncate(smtp->reply, 0);
	code = perform(smtp, from_address, to_address, detail);
	if (code == CURLE_OK) {
		if (++smtp->mail_count >= MAILS_PER_CONNECTION)
			close_curl(smtp);
		return MAIL_SENT;
	}
	describe(smtp, code, detail, err);
	outcome = mail_smtp_outcome(smtp->stage, atoi(smtp->reply->str));
	/* libcurl would use a connection again that has timed out, and spoil the next mail too */
	close_curl(smtp);
	return outcome;
}

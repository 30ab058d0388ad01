/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the mail server whether it would take a mail, and gives it none: libcurl
 * connects, encrypts and logs in; MAIL, RCPT and RSET are said here, as libcurl
 * knows no mail without its text.
 */
#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "mail/doc.h"
#include "mail/smtp.h"

#define REPLY_MAX 4096 /* eight lines of the length that RFC 5321, 4.5.3.1.5, allows */
#define SHOWN_MAX 160  /* characters of a reply: two lines of a terminal say why */

struct probe {
	CURL *curl;
	curl_socket_t fd;
	gint64 end_us; /* g_get_monotonic_time */
	GString *reply;
};

static int wait_for(struct probe *probe, short events, struct jo_err *err)
{
	struct pollfd fd = {.fd = probe->fd, .events = events};
	gint64 left_us = probe->end_us - g_get_monotonic_time();

	if (left_us > 0 && poll(&fd, 1, (int)(left_us / 1000) + 1) > 0)
		return 0;
	return jo_err_set(err, -ETIMEDOUT, "the mail server does not answer");
}

static int say(struct probe *probe, const char *command, struct jo_err *err)
{
	size_t len = strlen(command), sent;
	CURLcode code;
	int rc = 0;

	while (len > 0 && rc == 0) {
		code = curl_easy_send(probe->curl, command, len, &sent);
		if (code == CURLE_OK) {
			command += sent;
			len -= sent;
		} else if (code == CURLE_AGAIN) {
			rc = wait_for(probe, POLLOUT, err);
		} else {
			rc = jo_err_set(err, -EIO, "%s", curl_easy_strerror(code));
		}
	}
	return rc;
}

/* Whether the reply is whole: its last line has a blank behind the code. */
static bool is_whole(const GString *reply)
{
	const char *last;

	if (reply->len < 4 || reply->str[reply->len - 1] != '\n')
		return false;
	last = g_strrstr_len(reply->str, (gssize)reply->len - 1, "\n");
	last = last == NULL ? reply->str : last + 1;
	return strlen(last) >= 4 && last[3] != '-';
}

static int hear(struct probe *probe, struct jo_err *err)
{
	char buf[512];
	size_t size;
	CURLcode code;
	int rc = 0;

	g_string_truncate(probe->reply, 0);
	while (rc == 0 && !is_whole(probe->reply)) {
		code = curl_easy_recv(probe->curl, buf, sizeof(buf), &size);
		if (code == CURLE_AGAIN)
			rc = wait_for(probe, POLLIN, err);
		else if (code != CURLE_OK || size == 0)
			rc = jo_err_set(err, -EIO, "the mail server hung up");
		else if (probe->reply->len + size > REPLY_MAX)
			rc = jo_err_set(err, -EPROTO, "the mail server talks without end");
		else
			g_string_append_len(probe->reply, buf, (gssize)size);
	}
	return rc;
}

/* One command, and its answer, which must be good. */
static int ask(struct probe *probe, const char *verb, const char *address, struct jo_err *err)
{
	char *command = g_strdup_printf("%s:<%s>\r\n", verb, address), *reply;
	int rc = say(probe, command, err);

	if (rc == 0)
		rc = hear(probe, err);
	if (rc == 0 && probe->reply->str[0] != '2') {
		reply = g_strstrip(mail_clean(probe->reply->str, SHOWN_MAX));
		rc = jo_err_set(err, -EACCES, "the mail server says to %s:<%s>: %s", verb, address,
				reply);
		g_free(reply);
	} else if (rc < 0) {
		(void)jo_err_prefix(err, "%s:<%s>", verb, address);
	}
	g_free(command);
	return rc;
}

static int connect_to(struct probe *probe, const struct mail_transport *transport,
		      const char *password, struct jo_err *err)
{
	char detail[CURL_ERROR_SIZE] = "", *why;
	CURLcode code = mail_smtp_options(probe->curl, transport, password);

	if (code == CURLE_OK)
		code = curl_easy_setopt(probe->curl, CURLOPT_CONNECT_ONLY, 1L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(probe->curl, CURLOPT_ERRORBUFFER, detail);
	if (code == CURLE_OK)
		code = curl_easy_perform(probe->curl);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(probe->curl, CURLINFO_ACTIVESOCKET, &probe->fd);
	(void)curl_easy_setopt(probe->curl, CURLOPT_ERRORBUFFER, NULL);
	if (code == CURLE_OK)
		return 0;
	why = mail_smtp_why(transport, code, detail);
	(void)jo_err_set(err, -EIO, "%s", why);
	g_free(why);
	return -EIO;
}

int mail_smtp_probe(const struct mail_transport *transport, const char *password,
		    const char *from_address, const char *to_address, struct jo_err *err)
{
	struct probe probe = {
		.end_us = g_get_monotonic_time() + transport->timeout_s * (gint64)G_USEC_PER_SEC,
		.reply = g_string_new(NULL),
	};
	int rc;

	probe.curl = curl_easy_init();
	if (probe.curl == NULL)
		rc = jo_err_set(err, -EIO, "libcurl cannot start");
	else
		rc = connect_to(&probe, transport, password, err);
	if (rc == 0 && from_address != NULL)
		rc = ask(&probe, "MAIL FROM", from_address, err);
	if (rc == 0 && from_address != NULL && to_address != NULL)
		rc = ask(&probe, "RCPT TO", to_address, err);
	/* nobody is to think that a mail was lost */
	if (rc == 0 && from_address != NULL && say(&probe, "RSET\r\n", NULL) == 0)
		(void)hear(&probe, NULL);
	mail_smtp_close(probe.curl);
	(void)g_string_free(probe.reply, TRUE);
	return rc;
}

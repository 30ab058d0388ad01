/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every connection to the mail server has in common. */
#include "mail/smtp.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

/* A server that does not answer by then is tried again later. */
#define CONNECT_TIMEOUT_S 30

CURLcode mail_smtp_options(CURL *curl, const struct mail_transport *transport, const char *password)
{
	static const long use_ssl[] = {
		[MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
		[MAIL_TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
		[MAIL_TLS_NONE] = CURLUSESSL_NONE,
	};
	bool is_verified = transport->tls == MAIL_TLS_REQUIRED;
	CURLcode code = CURLE_OK;

#define SET(option, value)                                                                         \
	if (code == CURLE_OK)                                                                      \
	code = curl_easy_setopt(curl, option, value)
	SET(CURLOPT_URL, transport->url);
	SET(CURLOPT_PROXY, ""); /* whatever all_proxy is for, it is not for this */
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)MIN(CONNECT_TIMEOUT_S, transport->timeout_s));
	SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)transport->timeout_s);
	SET(CURLOPT_TIMEOUT, (long)transport->timeout_s);
	SET(CURLOPT_USE_SSL, use_ssl[transport->tls]);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, is_verified ? 1L : 0L);
	SET(CURLOPT_SSL_VERIFYHOST, is_verified ? 2L : 0L);
	if (transport->ca_file != NULL)
		SET(CURLOPT_CAINFO, transport->ca_file);
	if (password != NULL) {
		SET(CURLOPT_USERNAME, transport->login);
		SET(CURLOPT_PASSWORD, password);
	}
#undef SET
	return code;
}

char *mail_smtp_why(const struct mail_transport *transport, CURLcode code, const char *detail)
{
	const char *words = detail[0] != '\0' ? detail : curl_easy_strerror(code);

	if (code == CURLE_USE_SSL_FAILED)
		return g_strdup_printf("%s offers no TLS, which SmtpTls=required asks for: %s",
				       transport->url, words);
	return g_strdup(words);
}

/*
 * libcurl says QUIT, and waits for the answer as long as for any other; a server
 * that hangs would be waited for a second time.  The answer tells nothing, so
 * nothing is read any more.
 */
void mail_smtp_close(CURL *curl)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (curl != NULL && curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD)
		(void)shutdown(fd, SHUT_RD);
	curl_easy_cleanup(curl);
}

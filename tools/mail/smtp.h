/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection to the site's mail server as libcurl has it; for smtp.c and smtp_probe.c alone. */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include <curl/curl.h>

#include "mail/transport.h"

/* Address, encryption, login and times of the transport; password may be NULL. */
CURLcode mail_smtp_options(CURL *curl, const struct mail_transport *transport,
			   const char *password);

/* Why a transfer failed, in words for who runs it; detail is libcurl's own, or "".  Free it. */
char *mail_smtp_why(const struct mail_transport *transport, CURLcode code, const char *detail);

/* End it with QUIT, but wait for nothing.  NULL is fine. */
void mail_smtp_close(CURL *curl);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection to the site's mail server as libcurl has it; for smtp.c and smtp_probe.c alone. */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include <curl/curl.h>

#include "mail/transport.h"

/* Address, encryption, login and times of the transport; password may be NULL. */
CURLcode mail_smtp_options(CURL *curl, const struct mail_transport *transport,
			   const char *password);

/* End it with QUIT, but wait for nothing.  NULL is fine. */
void mail_smtp_close(CURL *curl);

#endif

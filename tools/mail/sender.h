/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hands finished messages to the site's mail system: a sendmail program, or an
 * SMTP server.  Says what came of each; when to try again is left to retry.h.
 */
#ifndef MAIL_SENDER_H
#define MAIL_SENDER_H

#include <stddef.h>

#include "joboutliers/err.h"
#include "mail/retry.h"

enum mail_via { MAIL_VIA_SENDMAIL, MAIL_VIA_SMTP };

enum mail_tls {
	MAIL_TLS_REQUIRED,      /* encrypted, and the server's certificate is checked */
	MAIL_TLS_OPPORTUNISTIC, /* encrypted when offered, whoever offers; without a login */
	MAIL_TLS_NONE,          /* without a login */
};

/* Owned by the caller for as long as the sender lives. */
struct mail_transport {
	enum mail_via via;
	const char *sendmail; /* absolute path */
	const char *url;      /* smtp://HOST[:PORT], or smtps:// for TLS from the first byte */
	enum mail_tls tls;
	const char *ca_file;       /* NULL: the system's */
	const char *login;         /* NULL: none */
	const char *password_file; /* one line; private to its owner */
	int timeout_s;
};

/*
 * RFC 5321, 4.5.3.2.6, grants a server ten minutes after the message's end:
 * who gives up earlier may deliver the mail twice.
 */
#define MAIL_TIMEOUT_S 600

struct mail_sender;

/*
 * Check the transport and read its password.  Connects to nothing yet.
 *
 * Returns 0; -EINVAL for a transport that contradicts itself (a login without
 * required TLS); -EACCES for a password file that others may read; or the errno
 * of opening it.
 */
int mail_sender_new(const struct mail_transport *transport, struct mail_sender **ret_sender,
		    struct jo_err *err);

/* Close the connection, if there is one, and free the sender; NULL is fine. */
void mail_sender_free(struct mail_sender *sender);

/*
 * Send one message (lines end in CRLF) and wait for the answer.  *err is filled
 * for every outcome but MAIL_SENT, with what the other side said.
 */
enum mail_outcome mail_send(struct mail_sender *sender, const char *from_address,
			    const char *to_address, const void *message, size_t size,
			    struct jo_err *err);

/*
 * Ask the mail server, without giving it a mail, whether it would take one from
 * the one address to the other; NULL is not asked about.  There is nothing to
 * ask a sendmail program.
 *
 * Returns 0, or a negative errno with what the other side said.
 */
int mail_probe(const struct mail_transport *transport, const char *from_address,
	       const char *to_address, struct jo_err *err);

#endif

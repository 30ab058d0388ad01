/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ways behind mail_send(), for sender.c alone. */
#ifndef MAIL_TRANSPORT_H
#define MAIL_TRANSPORT_H

#include "mail/sender.h"

/* As mail_send, by running the program, which is given timeout_s seconds. */
enum mail_outcome mail_sendmail_send(const char *program, int timeout_s, const char *from_address,
				     const char *to_address, const void *message, size_t size,
				     struct jo_err *err);

/* As mail_probe. */
int mail_smtp_probe(const struct mail_transport *transport, const char *password,
		    const char *from_address, const char *to_address, struct jo_err *err);

/* One connection, kept open between messages. */
struct mail_smtp;

/* password may be NULL. */
int mail_smtp_new(const struct mail_transport *transport, const char *password,
		  struct mail_smtp **ret_smtp, struct jo_err *err);

/* Close the connection and free it; NULL is fine. */
void mail_smtp_free(struct mail_smtp *smtp);

/* As mail_send, over the connection, which is made when there is none. */
enum mail_outcome mail_smtp_send(struct mail_smtp *smtp, const char *from_address,
				 const char *to_address, const void *message, size_t size,
				 struct jo_err *err);

#endif

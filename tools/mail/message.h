/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A document and its headers as the bytes of one mail (RFC 5322, MIME). */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include <stdint.h>

#include "joboutliers/err.h"
#include "mail/doc.h"

struct mail_headers {
	const char *from_address;
	const char *from_name; /* names may be NULL, and may hold anything */
	const char *to_address;
	const char *to_name;
	const char *reply_to; /* an address, or NULL */
	const char *subject;
	const char
		*message_id; /* without the brackets; names the mail on every attempt to send it */
	const char *unsubscribe; /* a mailto: or https: address, or NULL */
	const char *language;    /* of the text, "de-CH", or NULL */
	int64_t date_unix_s;
};

#define MAIL_MESSAGE_ID_SIZE 300 /* 32 random digits, our name, and a domain of at most 255 */

/*
 * A new Message-ID in the domain of address: random, so that no two mails of
 * any site share one.
 */
void mail_message_id_make(const char *address, char ret_id[MAIL_MESSAGE_ID_SIZE]);

/* Whether text can stand in List-Unsubscribe: mailto: or https:, printable ASCII without <>, and
 * blanks. */
int mail_unsubscribe_check(const char *text, struct jo_err *err);

/*
 * Build the message: a text part, an HTML part with the same content, and the
 * document's images inside that one.  Lines end in CRLF and are at most 998
 * bytes of ASCII, so that any server takes it as it is.
 *
 * Returns 0, or -EINVAL for an address that is none; *ret_message, which the
 * caller frees with g_bytes_unref, is then untouched.
 */
int mail_message_build(const struct mail_headers *headers, const struct mail_doc *doc,
		       GBytes **ret_message, struct jo_err *err);

#endif

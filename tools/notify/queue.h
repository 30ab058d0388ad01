/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Into the outbox: what a mail tells is in the ledger from the moment the mail is there. */
#ifndef NOTIFY_QUEUE_H
#define NOTIFY_QUEUE_H

#include "mail/message.h"
#include "notify/digest.h"

/* A message to be queued, and what it tells; all of it is lent. */
struct notify_outgoing {
	enum store_message_kind kind;
	const char *owner; /* a user, or "" for the admin */
	struct mail_headers
		headers; /* without sender, id, date and language, which all have alike */
	const struct mail_doc *doc;
	const int64_t *finding_ids; /* the database's, of what it tells */
	size_t finding_count;
};

/*
 * Build a message and put it into the outbox; call it between begin and commit.  Returns 0; -EEXIST
 * when the owner had a mail this night already, or a finding is told elsewhere; or another negative
 * errno.
 */
int notify_queue_message(struct store *store, const struct notify_settings *settings,
			 const struct notify_outgoing *outgoing, int64_t now_unix_us,
			 struct jo_err *err);

/*
 * Put a composed mail into the outbox and what it tells into the ledger, in one
 * transaction.  Returns 1; 0 when the user had a mail this night already,
 * what it tells then waits for the next one; or a negative errno.
 */
int notify_queue(struct store *store, const struct notify_settings *settings,
		 const struct notify_mail *mail, int64_t now_unix_us, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Out of the outbox: what is due goes to the mail server, as much as the site's limits allow. */
#ifndef NOTIFY_DELIVER_H
#define NOTIFY_DELIVER_H

#include "mail/sender.h"
#include "notify/settings.h"
#include "store/store.h"

/* What a run of the outbox came to. */
struct notify_delivery {
	int64_t sent_count, deferred_count, failed_count;
	int64_t waiting_count; /* of users' mails, for another night: night_max is reached */
	bool is_broken_off;    /* the mail server is out of reach; the rest was left for later */
	struct jo_err trouble; /* the last mail that was not taken, and why; code 0: none */
};

/*
 * Send all messages that are due, without want_users the admin's alone, and users no more than
 * night_max; the others wait for the next night, those that wait longest are sent first.  Whatever
 * becomes of one, the others are tried, until MAIL_UNREACHABLE_MAX in a row met no mail server.
 * *delivery is added to.  Returns 0; a negative errno means that the database failed.
 *
 * Nobody else may be at it: the lock is the mailer's, and before each mail it is asked whether it
 * is still held.
 */
int notify_deliver(struct store *store, struct store_lock *lock,
		   const struct notify_settings *settings,
		   struct mail_sender *sender, int64_t now_unix_us,
		   struct notify_delivery *delivery, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one user's mail says: as much of the worst as fits a screen, the rest counted. */
#ifndef NOTIFY_DIGEST_H
#define NOTIFY_DIGEST_H

#include "finding/drift_news.h"
#include "finding/items.h"
#include "mail/doc.h"
#include "notify/picture.h"
#include "notify/settings.h"

/* One user's digest. */
struct notify_mail {
	const char *user;
	struct recipient recipient;
	const struct finding_item *items; /* all that it tells */
	size_t item_count;
	const struct drift_news *drifts; /* likewise; good news come last */
	size_t drift_count;
	size_t finding_count; /* what the items are collapsed into, and the drifts */
	char *subject;
	struct mail_doc doc;
};

/*
 * Lines of the text part that a screen shows: a terminal of 50, less what a mail
 * reader needs for itself.  A single finding is told whatever it takes.
 */
#define NOTIFY_SCREEN_LINES 46

/* What is needed from one digest to the next. */
struct notify_writer {
	struct store *store;
	const struct notify_settings *settings;
	struct notify_drawing drawing;
	bool want_pictures; /* off once gnuplot has failed: the next mails need not wait for it */
};

/* Tonight's items and news, sorted by user, and how far they were gone through: from 0. */
struct notify_digests {
	const struct finding_items *items;
	const struct drift_news_list *news;
	size_t item, drift;
};

/*
 * Fill in whose the next mail is and what it tells, and nothing else; the users come by name.
 * Good news alone are no reason to write.  Returns false behind the last.
 */
bool notify_digest_next(struct notify_digests *digests, struct notify_mail *ret_mail);

/* Who gets it, by the uid of the newest of what it tells. */
void notify_digest_address(const struct notify_settings *settings, struct notify_mail *mail);

/*
 * Fill subject, document (empty before) and finding_count of a mail whose user, recipient, items
 * and drifts are known.  Returns 0, or a negative errno when the store fails.
 */
int notify_digest_write(struct notify_writer *writer, struct notify_mail *mail, struct jo_err *err);

#endif

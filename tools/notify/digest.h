/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one user's mail says: as much of the worst as fits a screen, the rest counted. */
#ifndef NOTIFY_DIGEST_H
#define NOTIFY_DIGEST_H

#include "notify/notify.h"
#include "notify/picture.h"

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

/* Fill subject, document and finding_count of a mail whose user and items are known. */
int notify_digest_write(struct notify_writer *writer, struct notify_mail *mail, struct jo_err *err);

#endif

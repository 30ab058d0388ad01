/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One digest per user, of what there is to tell tonight. */
#ifndef NOTIFY_COMPOSE_H
#define NOTIFY_COMPOSE_H

#include "notify/digest.h"

/* Takes a composed mail, which is good until it returns.  Returns 0, or a negative errno, which
 * ends the composing. */
typedef int notify_sink(void *context, const struct notify_mail *mail, struct jo_err *err);

/*
 * Compose the digest of each user (user NULL) or of one, and hand it to sink: the user with the
 * worst finding first, as a limit may let only some of them out tonight.  Returns 0, what sink
 * returned, or a negative errno when the store fails.
 */
int notify_compose(struct store *store, const struct notify_settings *settings,
		   const struct finding_items *items, const struct drift_news_list *news,
		   const char *user, notify_sink *sink, void *context, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The admin's mail: lines on what needs to be known or done, and the site's health. */
#ifndef NOTIFY_ADMIN_H
#define NOTIFY_ADMIN_H

#include "finding/health.h"
#include "finding/machine_news.h"
#include "notify/settings.h"
#include "store/store.h"

/* Add a line with a number, from the text of this name, whose names begin with the number's; none
 * when it is 0. */
void notify_admin_add_count(const struct notify_settings *settings, const char *part,
			    const struct mail_name *names, int64_t count, struct strlist *lines);

/* Add a line for each node and drift. */
void notify_admin_add_machine(const struct notify_settings *settings,
			      const struct machine_news *news, struct strlist *lines);

/* When the last notice to the admin was made; JO_MISSING: never.  Returns 0 or a negative errno. */
int notify_last_notice(struct store *store, int64_t *ret_created_unix_us, struct jo_err *err);

/* What the admin is told. */
struct notify_notice {
	const struct strlist *lines; /* what needs to be known or done */
	const struct health_fact *facts;
	size_t fact_count;
};

/*
 * Queue the admin's notice: the lines, what could not be delivered since the
 * last notice, and the facts on the site's health.  Without lines, and without
 * trouble among the facts, there is one on the weekly day alone, which says that
 * all is well.  Returns 1; 0 when there is nothing to say, or there was a notice
 * this night already; or a negative errno.
 */
int notify_queue_notice(struct store *store, const struct notify_settings *settings,
			const struct notify_notice *notice, int64_t now_unix_us,
			struct jo_err *err);

#endif

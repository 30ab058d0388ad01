/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A drift in the words of a mail. */
#ifndef NOTIFY_DRIFT_VALUES_H
#define NOTIFY_DRIFT_VALUES_H

#include "finding/drift_news.h"
#include "mail/catalog.h"

/* Fill the values (of notify_drift_names) with all there is to say to the user; where: as
 * notify_where_read has it of the jobs since. */
void notify_drift_fill(const struct mail_catalog *wording, const struct drift_news *news,
		       const char *where, struct mail_values *values);

/* Fill the values (of notify_node_drift_names) with what the admin is told of a drift that nodes
 * alone explain, and for which so many items were told to nobody. */
void notify_node_drift_fill(const struct mail_catalog *wording, const struct drift_finding *finding,
			    size_t held_count, struct mail_values *values);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding in the words of a mail. */
#ifndef NOTIFY_FINDING_VALUES_H
#define NOTIFY_FINDING_VALUES_H

#include "finding/findings.h"
#include "mail/catalog.h"
#include "notify/differences.h"
#include "notify/picture.h"

/* Fill the values (of notify_finding_names) with all there is to say about the finding. */
void notify_words_fill(const struct mail_catalog *wording, const struct finding *finding,
		       const struct notify_peers *peers, const struct notify_picture *picture,
		       struct mail_values *values);

/* What jobs are called: by their class, or where they have none by the job.  Free with g_free. */
char *notify_name_words(const char *class_name, const char *job);

/* Less is shown as 0.0. */
#define NOTIFY_CORE_HOURS_MIN 0.05

/* The core-hours that the findings' items took beyond what was expected, and these beside them,
 * "17.9", or NULL for too little to say.  The caller frees it. */
char *notify_core_hours_words(const struct findings *findings, double core_hours);

/* Set the flag that is called as the metric's word, and no other metric's. */
void notify_metric_fill(enum metric metric, struct mail_values *values);

#endif

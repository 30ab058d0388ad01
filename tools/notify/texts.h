/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts that mails are made of, and what each may name: a new name is a row
 * in texts.c, a value where it is filled, and a line of
 * joboutliers-templates(5), which tests/lint/templates.t compares.
 */
#ifndef NOTIFY_TEXTS_H
#define NOTIFY_TEXTS_H

#include "mail/catalog.h"

/* The tables of names, for those who fill values. */
extern const struct mail_name notify_digest_names[];
extern const struct mail_name notify_finding_names[];
extern const struct mail_name notify_difference_names[];
extern const struct mail_name notify_where_names[];
extern const struct mail_name notify_picture_names[];
extern const struct mail_name notify_admin_names[];
extern const struct mail_name notify_would_names[];
extern const struct mail_name notify_waiting_names[];
extern const struct mail_name notify_undelivered_names[];
extern const struct mail_name notify_slow_node_names[];
extern const struct mail_name notify_drift_names[];
extern const struct mail_name notify_node_drift_names[];

/* All texts, each with its kind and its table of names; the last has no name. */
extern const struct mail_part notify_parts[];

/* The built-in texts as a file of them; static. */
const char *notify_built_in(void);

/*
 * The built-in texts, with those of the site's file (path; "": none) in their
 * place.  What of it cannot be used is added to problems, and the built-in text stays.  The caller
 * frees the wording with mail_catalog_free.
 */
struct mail_catalog *notify_wording_new(const char *path, struct strlist *problems);

#endif

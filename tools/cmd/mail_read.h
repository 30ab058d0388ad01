/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What whoever mails, or tells what would be mailed, works with. */
#ifndef CMD_MAIL_READ_H
#define CMD_MAIL_READ_H

#include "cmd/mail_settings.h"
#include "finding/tonight.h"
#include "mail/sender.h"

/* Zeroed but for env before; mail_read_release it in any case. */
struct mail_read {
	struct cmd_env *env;
	struct mail_settings settings;
	struct store *store;
	struct tonight_now now; /* what there is to tell */
	struct strlist lines;   /* for the admin */
};

/*
 * Read the configuration's keys on mail, open the database and read what there
 * is to tell.  What of the site's templates cannot be used is logged, and told
 * to the admin.  is_look: nothing will be sent or recorded.
 *
 * Returns 0; CMD_USAGE for a configuration that cannot be used; or a negative errno.
 */
int mail_read(struct mail_read *mailing, bool is_look, struct jo_err *err);
void mail_read_release(struct mail_read *mailing);

/* The configuration's mail system. */
void mail_read_transport(const struct conf *conf, struct mail_transport *ret_transport);

/*
 * Tell the admin mailing->lines and the site's health, behind the users' mails:
 * by a notice in the outbox, or without AdminMail in the program's messages.
 * Returns 1 when it was told, 0 when there was nothing to tell or a notice this
 * night already.
 */
int mail_admin_tell(struct mail_read *mailing, struct jo_err *err);

/* ---- looking: nothing is sent or recorded ---- */

extern const struct out_column mail_preview_columns[];
extern const char mail_preview_default_columns[];

/* A line for each mail. */
int mail_preview_list(struct mail_read *mailing, const struct out_options *output, struct jo_err *err);

/* One user's mail. */
int mail_preview_print(struct mail_read *mailing, const char *user, bool want_html, struct jo_err *err);

#endif

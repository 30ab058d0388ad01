/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the site wants of its mails.  notify/ makes mails of what finding/ has to
 * tell: who gets them, how they are worded, and the outbox's way to the mail
 * server.  It decides nothing about findings, and leaves layout and delivery to mail/.
 */
#ifndef NOTIFY_SETTINGS_H
#define NOTIFY_SETTINGS_H

#include "finding/rules.h"
#include "mail/catalog.h"
#include "notify/recipient.h"

struct judge_options; /* judge/judge.h */

/* All that it points to is lent; strings may be "", never NULL. */
struct notify_settings {
	struct finding_rules rules; /* on what is told */
	struct recipient_sources recipients;

	bool want_users;     /* users get mail; else the admin alone */
	int64_t night_max;   /* mails to users in a night, 0: any number */
	int64_t minute_max;  /* mails in a minute, 0: any number */
	bool takes_requests; /* users may mute and expect, so mails say how */

	const char *from_address;
	const char *admin_address;
	const char *unsubscribe;            /* "": a mail to the admin */
	const struct mail_catalog *wording; /* of notify_wording_new */
	const struct judge_options *judge; /* by which verdicts were made; NULL: pictures go without
					      the band */
	const char *gnuplot;               /* the program for pictures; "": mails go without */
};

#endif

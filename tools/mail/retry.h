/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of a mail after an attempt to deliver it.  Decisions only: no
 * clock, no database, no network.
 */
#ifndef MAIL_RETRY_H
#define MAIL_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum mail_outcome {
	MAIL_SENT,        /* the server answered that it has the mail */
	MAIL_DEFERRED,    /* not now: something about this mail or its recipient */
	MAIL_REFUSED,     /* never: this mail or its recipient */
	MAIL_UNREACHABLE, /* nothing was said about this mail; the next one would meet the same */
};

/* How far the SMTP dialogue had come when it ended. */
enum mail_smtp_stage {
	MAIL_STAGE_CONNECT, /* connection, greeting, EHLO, STARTTLS, AUTH */
	MAIL_STAGE_SENDER,
	MAIL_STAGE_RECIPIENT,
	MAIL_STAGE_DATA,
	MAIL_STAGE_MESSAGE, /* after the message's last byte */
};

/*
 * The outcome of a dialogue that failed at stage with this reply code, 0 for
 * none (timeout, connection lost).
 *
 * A 5xx refuses the mail only where it can be about the mail.  One to the
 * greeting, the login or the sender would refuse every mail of the site, and an
 * expired password must not cost everybody theirs.
 */
enum mail_outcome mail_smtp_outcome(enum mail_smtp_stage stage, int reply_code);

/* The outcome of a sendmail program that ended with this exit status (sysexits.h). */
enum mail_outcome mail_sendmail_outcome(int exit_status);

#define MAIL_RETRY_FIRST_S (15 * 60)    /* greylisting wants 5 to 15 minutes */
#define MAIL_RETRY_LONGEST_S (6 * 3600) /* so that a nightly run always tries again */
#define MAIL_GIVE_UP_S (5 * 24 * 3600)  /* RFC 5321, 4.5.4.1: at least 4 to 5 days */

/*
 * How long after attempt number attempt_count (from 1) the next one may be:
 * doubling, from the first to the longest.
 */
int64_t mail_retry_delay_s(int64_t attempt_count);

enum mail_state { MAIL_STATE_QUEUED, MAIL_STATE_SENT, MAIL_STATE_FAILED };

/*
 * The state of a mail, made at created_unix_s, after this outcome: refused, or
 * not delivered for MAIL_GIVE_UP_S, is failed.
 */
enum mail_state mail_state_after(enum mail_outcome outcome, int64_t created_unix_s,
				 int64_t now_unix_s);

/*
 * Whether a run should leave the rest of the queue alone: this many mails in a
 * row found the server unreachable.  One alone may be about that mail (a server
 * that hangs on its content), and must not stop the others.
 */
#define MAIL_UNREACHABLE_MAX 3

#endif

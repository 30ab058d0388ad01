/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reply codes, exit statuses and attempts, turned into what to do next. */
#include "mail/retry.h"

#include <sysexits.h>

enum mail_outcome mail_smtp_outcome(enum mail_smtp_stage stage, int reply_code)
{
	int is_permanent = reply_code / 100 == 5;

	/* 421, at any time: the server is about to close the connection */
	if (reply_code / 100 < 4 || reply_code / 100 > 5 || reply_code == 421 ||
	    stage == MAIL_STAGE_CONNECT)
		return MAIL_UNREACHABLE;
	/* 552 answers the size that MAIL FROM declares: this mail is too large */
	if (stage == MAIL_STAGE_SENDER && is_permanent && reply_code != 552)
		return MAIL_UNREACHABLE;
	return is_permanent ? MAIL_REFUSED : MAIL_DEFERRED;
}

enum mail_outcome mail_sendmail_outcome(int exit_status)
{
	switch (exit_status) {
	case EX_OK:
		return MAIL_SENT;
	case EX_DATAERR:
	case EX_NOUSER:
	case EX_NOHOST:
		return MAIL_REFUSED;
	case EX_TEMPFAIL:
		return MAIL_DEFERRED;
	default:
		/* a missing program, its configuration, its machine */
		return MAIL_UNREACHABLE;
	}
}

int64_t mail_retry_delay_s(int64_t attempt_count)
{
	int64_t delay_s = MAIL_RETRY_FIRST_S;

	for (int64_t i = 1; i < attempt_count && delay_s < MAIL_RETRY_LONGEST_S; i++)
		delay_s *= 2;
	return delay_s < MAIL_RETRY_LONGEST_S ? delay_s : MAIL_RETRY_LONGEST_S;
}

enum mail_state mail_state_after(enum mail_outcome outcome, int64_t created_unix_s,
				 int64_t now_unix_s)
{
	if (outcome == MAIL_SENT)
		return MAIL_STATE_SENT;
	if (outcome == MAIL_REFUSED || now_unix_s - created_unix_s >= MAIL_GIVE_UP_S)
		return MAIL_STATE_FAILED;
	return MAIL_STATE_QUEUED;
}

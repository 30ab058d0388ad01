/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a mail: refusals are about the mail only where they can be. */
#include <sysexits.h>

#include "mail/retry.h"
#include "tap.h"

static const struct {
	enum mail_smtp_stage stage;
	int code;
	enum mail_outcome want;
	const char *name;
} smtp_cases[] = {
	{MAIL_STAGE_CONNECT, 0, MAIL_UNREACHABLE, "no connection"},
	{MAIL_STAGE_CONNECT, 554, MAIL_UNREACHABLE, "a greeting that refuses"},
	{MAIL_STAGE_CONNECT, 535, MAIL_UNREACHABLE, "a wrong password costs nobody their mail"},
	{MAIL_STAGE_CONNECT, 454, MAIL_UNREACHABLE, "no TLS just now"},
	{MAIL_STAGE_SENDER, 550, MAIL_UNREACHABLE, "a sender that is refused"},
	{MAIL_STAGE_SENDER, 530, MAIL_UNREACHABLE, "a login that is missing"},
	{MAIL_STAGE_SENDER, 552, MAIL_REFUSED, "a mail that is too large"},
	{MAIL_STAGE_SENDER, 451, MAIL_DEFERRED, "a sender deferred"},
	{MAIL_STAGE_RECIPIENT, 550, MAIL_REFUSED, "no such user"},
	{MAIL_STAGE_RECIPIENT, 450, MAIL_DEFERRED, "a mailbox that is busy"},
	{MAIL_STAGE_RECIPIENT, 421, MAIL_UNREACHABLE, "the server shuts down"},
	{MAIL_STAGE_DATA, 554, MAIL_REFUSED, "no valid recipients"},
	{MAIL_STAGE_DATA, 452, MAIL_DEFERRED, "a full disk"},
	{MAIL_STAGE_MESSAGE, 554, MAIL_REFUSED, "taken for spam"},
	{MAIL_STAGE_MESSAGE, 451, MAIL_DEFERRED, "not now"},
	{MAIL_STAGE_MESSAGE, 0, MAIL_UNREACHABLE, "no answer after the text"},
	{MAIL_STAGE_MESSAGE, 999, MAIL_UNREACHABLE, "an answer that is none"},
	{MAIL_STAGE_RECIPIENT, 250, MAIL_UNREACHABLE, "lost after a good answer"},
};

static const struct {
	int status;
	enum mail_outcome want;
} sendmail_cases[] = {
	{EX_OK, MAIL_SENT},           {EX_NOUSER, MAIL_REFUSED},
	{EX_NOHOST, MAIL_REFUSED},    {EX_DATAERR, MAIL_REFUSED},
	{EX_TEMPFAIL, MAIL_DEFERRED}, {EX_CONFIG, MAIL_UNREACHABLE},
	{EX_OSERR, MAIL_UNREACHABLE}, {EX_UNAVAILABLE, MAIL_UNREACHABLE},
	{EX_USAGE, MAIL_UNREACHABLE}, {127, MAIL_UNREACHABLE},
	{1, MAIL_UNREACHABLE},
};

static const struct {
	int64_t attempts, want_s;
} delays[] = {{0, 900},   {1, 900},   {2, 1800},  {3, 3600},     {4, 7200},
	      {5, 14400}, {6, 21600}, {7, 21600}, {1000, 21600}, {INT64_MAX, 21600}};

int main(void)
{
	const int64_t day_s = 24 * 3600;

	for (size_t i = 0; i < sizeof(smtp_cases) / sizeof(smtp_cases[0]); i++)
		is_int(mail_smtp_outcome(smtp_cases[i].stage, smtp_cases[i].code),
		       smtp_cases[i].want, "%s (%d)", smtp_cases[i].name, smtp_cases[i].code);
	for (size_t i = 0; i < sizeof(sendmail_cases) / sizeof(sendmail_cases[0]); i++)
		is_int(mail_sendmail_outcome(sendmail_cases[i].status), sendmail_cases[i].want,
		       "sendmail's status %d", sendmail_cases[i].status);
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++)
		is_int(mail_retry_delay_s(delays[i].attempts), delays[i].want_s,
		       "the wait after attempt %jd", (intmax_t)delays[i].attempts);

	is_int(mail_state_after(MAIL_SENT, 0, 9 * day_s), MAIL_STATE_SENT,
	       "sent is sent, however late");
	is_int(mail_state_after(MAIL_REFUSED, 0, 1), MAIL_STATE_FAILED,
	       "refused is failed at once");
	is_int(mail_state_after(MAIL_DEFERRED, 0, 5 * day_s - 1), MAIL_STATE_QUEUED,
	       "deferred is tried for five days");
	is_int(mail_state_after(MAIL_DEFERRED, 0, 5 * day_s), MAIL_STATE_FAILED,
	       "and then given up");
	is_int(mail_state_after(MAIL_UNREACHABLE, 0, 5 * day_s - 1), MAIL_STATE_QUEUED,
	       "so is what met no server");
	is_int(mail_state_after(MAIL_UNREACHABLE, 0, 5 * day_s), MAIL_STATE_FAILED,
	       "given up likewise");
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Out of the outbox: what is due, as much as the site's limits allow, the rest next time. */
#include "notify/deliver.h"

#include <errno.h>
#include <time.h>

#include "joboutliers/units.h"
#include "step/night.h"
#include "util/when.h"

static int settle(struct store *store, const struct store_message *message,
		  enum mail_outcome outcome, const char *trouble, int64_t now_unix_us,
		  struct notify_delivery *delivery, struct jo_err *err)
{
	enum mail_state state = mail_state_after(outcome, message->created_unix_us / JO_US_PER_S,
						 now_unix_us / JO_US_PER_S);
	int64_t next_unix_us;

	if (state == MAIL_STATE_SENT) {
		delivery->sent_count++;
		return store_message_sent(store, message->id, now_unix_us, err);
	}
	(void)jo_err_set(&delivery->trouble, -EIO, "%s: %s", message->address, trouble);
	if (state == MAIL_STATE_FAILED) {
		delivery->failed_count++;
		next_unix_us = JO_MISSING;
	} else {
		delivery->deferred_count++;
		next_unix_us =
			now_unix_us + mail_retry_delay_s(message->attempt_count) * JO_US_PER_S;
	}
	return store_message_failed(store, message->id, trouble, next_unix_us, now_unix_us, err);
}

/* The mails that users may still be sent in this night; INT64_MAX: any number. */
static int mails_left(struct store *store, const struct notify_settings *settings,
		      int64_t now_unix_us, int64_t *ret_count, struct jo_err *err)
{
	const struct store_message_selection selection = {
		.state_mask = 1u << STORE_MESSAGE_SENT,
		.done_from_unix_us = night_of(now_unix_us).from_unix_us,
	};
	int64_t left = settings->night_max;
	struct store_cursor *cursor;
	struct store_message message;
	int rc;

	if (settings->night_max == 0) {
		*ret_count = INT64_MAX;
		return 0;
	}
	rc = store_messages_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_messages_next(cursor, &message, err)) > 0)
		left -= message.kind == STORE_MESSAGE_USER;
	store_cursor_close(cursor);
	*ret_count = left > 0 ? left : 0;
	return rc;
}

/* How many that are due the limit keeps for another night. */
static int count_waiting(struct store *store, int64_t now_unix_us, int64_t *ret_count,
			 struct jo_err *err)
{
	const struct store_message_selection selection = {.state_mask = 1u
									<< STORE_MESSAGE_PENDING};
	struct store_cursor *cursor;
	struct store_message message;
	int rc = store_messages_open(store, &selection, &cursor, err);

	if (rc < 0)
		return rc;
	*ret_count = 0;
	while ((rc = store_messages_next(cursor, &message, err)) > 0)
		*ret_count += message.kind == STORE_MESSAGE_USER &&
			      message.next_attempt_unix_us <= now_unix_us;
	store_cursor_close(cursor);
	return rc;
}

/* Wait until the next mail may follow the one before it. */
static void keep_pace(const struct notify_settings *settings, struct timespec *next)
{
	int64_t gap_ns;

	if (settings->minute_max == 0)
		return;
	if (next->tv_sec == 0)
		(void)clock_gettime(CLOCK_MONOTONIC, next);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL) == EINTR)
		;
	(void)clock_gettime(CLOCK_MONOTONIC, next);
	gap_ns = next->tv_nsec + INT64_C(60000000000) / settings->minute_max;
	next->tv_sec += gap_ns / 1000000000;
	next->tv_nsec = gap_ns % 1000000000;
}

int notify_deliver(struct store *store, struct store_lock *lock,
		   const struct notify_settings *settings, struct mail_sender *sender,
		   int64_t now_unix_us, struct notify_delivery *delivery, struct jo_err *err)
{
	const unsigned admin_mask = 1u << STORE_MESSAGE_ADMIN;
	struct store_message message;
	struct timespec next = {0};
	int unreachable_count = 0;
	int64_t left = 0;
	int rc;

	rc = store_outbox_recover(store, now_unix_us, err);
	if (rc >= 0)
		rc = mails_left(store, settings, now_unix_us, &left, err);
	if (rc < 0)
		return rc;
	while ((rc = store_message_claim(store, settings->want_users && left > 0 ? 0 : admin_mask,
					 now_unix_us, &message, err)) > 0) {
		struct jo_err trouble = {0};
		enum mail_outcome outcome;

		keep_pace(settings, &next);
		rc = store_lock_check(lock, err);
		if (rc < 0)
			return rc;
		outcome = mail_send(sender, settings->from_address, message.address, message.body,
				    message.body_size, &trouble);
		left -= outcome == MAIL_SENT && message.kind == STORE_MESSAGE_USER;
		rc = settle(store, &message, outcome, trouble.text, now_unix_us, delivery, err);
		if (rc < 0)
			return rc;
		unreachable_count = outcome == MAIL_UNREACHABLE ? unreachable_count + 1 : 0;
		if (unreachable_count == MAIL_UNREACHABLE_MAX) {
			delivery->is_broken_off = true;
			return 0;
		}
	}
	if (rc == 0 && settings->want_users && left == 0)
		rc = count_waiting(store, now_unix_us, &delivery->waiting_count, err);
	return rc;
}

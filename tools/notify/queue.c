/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the outbox and out of it.  What a mail tells is in the ledger from the
 * moment the mail is in the outbox, in one transaction; a mail that the server
 * was sent but did not answer for stays there under the same Message-ID.
 */
#include "notify/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "joboutliers/units.h"
#include "finding/drifts.h"
#include "mail/message.h"
#include "notify/texts.h"
#include "step/night.h"
#include "util/alloc.h"
#include "util/when.h"

/* More lines say no more: then something is wrong with the set-up, not with users. */
#define NOTICE_LINES_MAX 40

/* Build and queue one message; call it between begin and commit. */
static int queue_message(struct store *store, const struct notify_settings *settings,
			 struct store_message *message, struct mail_headers *headers,
			 const struct mail_doc *doc, const int64_t *finding_ids,
			 size_t finding_count, int64_t now_unix_us, struct jo_err *err)
{
	char header_id[MAIL_MESSAGE_ID_SIZE];
	char *sender = mail_catalog_line(settings->wording, "sender", NULL);
	GBytes *bytes;
	gsize size;
	int64_t id;
	int rc;

	mail_message_id_make(settings->from_address, header_id);
	headers->from_address = settings->from_address;
	headers->from_name = sender;
	headers->message_id = header_id;
	headers->date_unix_s = now_unix_us / JO_US_PER_S;
	headers->language = mail_catalog_language(settings->wording, "language");
	rc = mail_message_build(headers, doc, &bytes, err);
	g_free(sender);
	if (rc < 0)
		return rc;
	message->night = night_day(now_unix_us);
	message->address = headers->to_address;
	message->header_id = header_id;
	message->created_unix_us = now_unix_us;
	message->body = g_bytes_get_data(bytes, &size);
	message->body_size = size;
	rc = store_message_queue(store, message, finding_ids, finding_count, &id, err);
	g_bytes_unref(bytes);
	return rc;
}

/* What it may add to the ledger at most. */
static size_t count_told(const struct notify_mail *mail)
{
	size_t count = mail->item_count;

	for (size_t i = 0; i < mail->drift_count; i++)
		count += 1 + mail->drifts[i].held.count;
	return count;
}

/* The ids of what is new among the mail's drifts and items. */
static int add_findings(struct store *store, const struct notify_mail *mail, int64_t now_unix_us,
			int64_t *ids, size_t *ret_count, struct jo_err *err)
{
	size_t count = 0;

	for (size_t i = 0; i < mail->drift_count; i++) {
		int rc = notify_drift_add_findings(store, &mail->drifts[i], now_unix_us, ids,
						   &count, err);

		if (rc < 0)
			return rc;
	}
	for (size_t i = 0; i < mail->item_count; i++) {
		const struct notify_item *item = &mail->items[i];
		struct store_finding finding = {
			.kind = STORE_FINDING_STEP,
			.step_id = item->step_id,
			.group_id = item->group_id,
			.node = "",
			.metric = item->metric,
			.owner = mail->user,
			.since_unix_us = item->end_unix_us,
			.night = night_day(now_unix_us),
			.detail = "",
			.message_id = JO_MISSING,
			.created_unix_us = now_unix_us,
		};
		int rc = store_finding_add(store, &finding, &ids[count], err);

		if (rc < 0)
			return rc;
		count += (size_t)rc;
	}
	*ret_count = count;
	return 0;
}

/* Where "no more of these" goes; the caller frees it.  NULL: nowhere. */
static char *unsubscribe_address(const struct notify_settings *settings)
{
	if (settings->unsubscribe[0] != '\0')
		return xstrdup(settings->unsubscribe);
	if (settings->admin_address[0] == '\0')
		return NULL;
	return xasprintf("mailto:%s?subject=unsubscribe%%20joboutliers", settings->admin_address);
}

int notify_queue(struct store *store, const struct notify_settings *settings,
		 const struct notify_mail *mail, int64_t now_unix_us, struct jo_err *err)
{
	struct store_message message = {.kind = STORE_MESSAGE_USER, .owner = mail->user};
	char *unsubscribe = unsubscribe_address(settings);
	struct mail_headers headers = {
		.to_address = mail->address,
		.to_name = mail->person.name,
		.reply_to = settings->admin_address[0] != '\0' ? settings->admin_address : NULL,
		.subject = mail->subject,
		.unsubscribe = unsubscribe,
	};
	int64_t *ids = xcalloc(count_told(mail) + 1, sizeof(*ids));
	struct jo_err queue_err = {0};
	size_t count = 0;
	int rc;

	rc = store_begin(store, err);
	if (rc < 0)
		goto out;
	rc = add_findings(store, mail, now_unix_us, ids, &count, &queue_err);
	if (rc == 0 && count == 0)
		rc = -EEXIST; /* all of it is told elsewhere */
	if (rc == 0)
		rc = queue_message(store, settings, &message, &headers, &mail->doc, ids, count,
				   now_unix_us, &queue_err);
	if (rc == 0)
		rc = store_commit(store, &queue_err);
	if (rc == 0) {
		rc = 1;
		goto out;
	}
	store_rollback(store);
	if (rc == -EEXIST)
		rc = 0;
	else if (err != NULL)
		*err = queue_err;
out:
	free(unsubscribe);
	free(ids);
	return rc;
}

int notify_last_notice(struct store *store, int64_t *ret_created_unix_us, struct jo_err *err)
{
	struct store_message_selection selection = {.owner = ""};
	struct store_cursor *cursor;
	struct store_message message;
	int rc;

	*ret_created_unix_us = JO_MISSING;
	rc = store_messages_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_messages_next(cursor, &message, err)) > 0)
		if (message.kind == STORE_MESSAGE_ADMIN)
			*ret_created_unix_us = message.created_unix_us;
	store_cursor_close(cursor);
	return rc;
}

static void add_failure(const struct notify_settings *settings, const struct store_message *message,
			struct strlist *lines)
{
	struct mail_values *values = mail_values_new(notify_undelivered_names);
	char *line;

	mail_values_text(values, "user", message->owner);
	mail_values_text(values, "address", message->address);
	mail_values_text(values, "reason", message->error);
	line = mail_catalog_line(settings->wording, "admin-undelivered", values);
	strlist_add(lines, line);
	g_free(line);
	mail_values_free(values);
}

static int add_failures(struct store *store, const struct notify_settings *settings,
			int64_t since_unix_us, struct strlist *lines, struct jo_err *err)
{
	struct store_message_selection selection = {.state_mask = 1u << STORE_MESSAGE_FAILED};
	struct store_cursor *cursor;
	struct store_message message;
	int rc;

	rc = store_messages_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_messages_next(cursor, &message, err)) > 0)
		if (message.kind == STORE_MESSAGE_USER && message.done_unix_us > since_unix_us)
			add_failure(settings, &message, lines);
	store_cursor_close(cursor);
	return rc;
}

static bool has_trouble(const struct notify_notice *notice)
{
	for (size_t i = 0; i < notice->fact_count; i++)
		if (notice->facts[i].is_trouble)
			return true;
	return false;
}

static struct mail_values *notice_values(const struct strlist *lines,
					 const struct notify_notice *notice)
{
	struct mail_values *values = mail_values_new(notify_admin_names);

	mail_values_flag(values, "is_well", lines->count == 0 && !has_trouble(notice));
	for (size_t i = 0; i < notice->fact_count; i++) {
		struct mail_values *fact = mail_values_member(values, "facts");

		mail_values_text(fact, "label", notice->facts[i].label);
		mail_values_text(fact, "text", notice->facts[i].text);
		mail_values_flag(fact, "is_trouble", notice->facts[i].is_trouble);
	}

	for (size_t i = 0; i < lines->count && i < NOTICE_LINES_MAX; i++)
		mail_values_text(mail_values_member(values, "lines"), "line", lines->list[i]);
	if (lines->count > NOTICE_LINES_MAX)
		mail_values_count(values, "rest", (int64_t)(lines->count - NOTICE_LINES_MAX));
	return values;
}

static int queue_notice(struct store *store, const struct notify_settings *settings,
			const struct strlist *lines, const struct notify_notice *notice,
			int64_t now_unix_us, struct jo_err *err)
{
	struct store_message message = {.kind = STORE_MESSAGE_ADMIN, .owner = ""};
	struct mail_headers headers = {.to_address = settings->admin_address};
	struct mail_values *values = notice_values(lines, notice);
	struct mail_doc doc;
	char *subject;
	int rc;

	mail_doc_init(&doc);
	headers.subject = subject = mail_catalog_line(settings->wording, "admin-subject", values);
	mail_catalog_write(settings->wording, "admin", values, &doc);
	mail_values_free(values);
	rc = store_begin(store, err);
	if (rc == 0) {
		rc = queue_message(store, settings, &message, &headers, &doc, NULL, 0, now_unix_us,
				   err);
		if (rc == 0)
			rc = store_commit(store, err);
		if (rc < 0)
			store_rollback(store);
	}
	g_free(subject);
	mail_doc_release(&doc);
	return rc;
}

int notify_queue_notice(struct store *store, const struct notify_settings *settings,
			const struct notify_notice *notice, int64_t now_unix_us, struct jo_err *err)
{
	struct strlist all = {0};
	struct jo_err queue_err = {0};
	int64_t last_unix_us;
	int rc;

	/* failures come first: they are told once, the lines again when they still hold */
	rc = notify_last_notice(store, &last_unix_us, err);
	if (rc == 0)
		rc = add_failures(store, settings, last_unix_us, &all, err);
	for (size_t i = 0; i < notice->lines->count; i++)
		strlist_add(&all, notice->lines->list[i]);
	if (rc == 0 &&
	    (all.count > 0 || has_trouble(notice) || notify_is_weekly_day(now_unix_us))) {
		rc = queue_notice(store, settings, &all, notice, now_unix_us, &queue_err);
		if (rc == 0)
			rc = 1;
		else if (rc == -EEXIST)
			rc = 0;
		else if (err != NULL)
			*err = queue_err;
	}
	strlist_release(&all);
	return rc;
}

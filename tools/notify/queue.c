/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the outbox and out of it.  What a mail tells is in the ledger from the
 * moment the mail is in the outbox, in one transaction; a mail that the server
 * was sent but did not answer for stays there under the same Message-ID.
 */
#include "notify/queue.h"

#include <errno.h>
#include <stdlib.h>

#include "joboutliers/units.h"
#include "finding/ledger.h"
#include "step/night.h"
#include "util/alloc.h"

int notify_queue_message(struct store *store, const struct notify_settings *settings,
			 const struct notify_outgoing *outgoing, int64_t now_unix_us,
			 struct jo_err *err)
{
	char header_id[MAIL_MESSAGE_ID_SIZE];
	char *sender = mail_catalog_line(settings->wording, "sender", NULL);
	struct mail_headers headers = outgoing->headers;
	struct store_message message = {
		.kind = outgoing->kind,
		.owner = outgoing->owner,
		.night = night_day(now_unix_us),
		.address = headers.to_address,
		.header_id = header_id,
		.created_unix_us = now_unix_us,
	};
	GBytes *bytes;
	gsize size;
	int64_t id;
	int rc;

	mail_message_id_make(settings->from_address, header_id);
	headers.from_address = settings->from_address;
	headers.from_name = sender;
	headers.message_id = header_id;
	headers.date_unix_s = now_unix_us / JO_US_PER_S;
	headers.language = mail_catalog_language(settings->wording, "language");
	rc = mail_message_build(&headers, outgoing->doc, &bytes, err);
	g_free(sender);
	if (rc < 0)
		return rc;
	message.body = g_bytes_get_data(bytes, &size);
	message.body_size = size;
	rc = store_message_queue(store, &message, outgoing->finding_ids, outgoing->finding_count,
				 &id, err);
	g_bytes_unref(bytes);
	return rc;
}

/* The ids of those entries that are new. */
struct new_ids {
	int64_t *list;
	size_t count, capacity;
};

static int add_entry(struct store *store, const struct store_finding *entry, struct new_ids *ids,
		     struct jo_err *err)
{
	int rc;

	ids->list = xgrow(ids->list, ids->count, &ids->capacity, sizeof(*ids->list));
	rc = store_finding_add(store, entry, &ids->list[ids->count], err);
	ids->count += rc > 0;
	return rc < 0 ? rc : 0;
}

static int add_items(struct store *store, const struct finding_item *items, size_t count,
		     int64_t now_unix_us, struct new_ids *ids, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		const struct store_finding entry = ledger_entry_of_item(&items[i], now_unix_us);

		rc = add_entry(store, &entry, ids, err);
	}
	return rc;
}

/* Enter the mail's drifts, with what they hold, and its items. */
static int add_findings(struct store *store, const struct notify_mail *mail, int64_t now_unix_us,
			struct new_ids *ids, struct jo_err *err)
{
	for (size_t i = 0; i < mail->drift_count; i++) {
		const struct drift_news *news = &mail->drifts[i];
		const struct store_finding entry =
			ledger_entry_of_drift(&news->finding->drift, mail->user, now_unix_us);
		int rc = add_entry(store, &entry, ids, err);

		if (rc == 0 && news->finding->cpu != NULL) {
			const struct store_finding of_cpu = ledger_entry_of_drift(
				&news->finding->cpu->drift, mail->user, now_unix_us);

			rc = add_entry(store, &of_cpu, ids, err);
		}
		if (rc == 0)
			rc = add_items(store, news->held.list, news->held.count, now_unix_us, ids,
				       err);
		if (rc < 0)
			return rc;
	}
	return add_items(store, mail->items, mail->item_count, now_unix_us, ids, err);
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
	char *unsubscribe = unsubscribe_address(settings);
	struct new_ids ids = {0};
	struct notify_outgoing outgoing = {
		.kind = STORE_MESSAGE_USER,
		.owner = mail->user,
		.headers = {.to_address = mail->recipient.address,
			    .to_name = mail->recipient.user.full_name,
			    .reply_to = settings->admin_address[0] != '\0' ? settings->admin_address
									   : NULL,
			    .subject = mail->subject,
			    .unsubscribe = unsubscribe},
		.doc = &mail->doc,
	};
	struct jo_err queue_err = {0};
	int rc;

	rc = store_begin(store, err);
	if (rc < 0)
		goto out;
	rc = add_findings(store, mail, now_unix_us, &ids, &queue_err);
	if (rc == 0 && ids.count == 0)
		rc = -EEXIST; /* all of it is told elsewhere */
	outgoing.finding_ids = ids.list;
	outgoing.finding_count = ids.count;
	if (rc == 0)
		rc = notify_queue_message(store, settings, &outgoing, now_unix_us, &queue_err);
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
	free(ids.list);
	return rc;
}

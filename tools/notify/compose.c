/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Composes one digest per user, and finds out who gets it. */
#include "notify/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "notify/digest.h"

/*
 * The name in a record comes from the job's environment where passwd did not
 * know its uid; so a name counts as its owner's only when the uid agrees.
 */
void notify_find_recipient(const struct notify_settings *settings, struct notify_mail *mail)
{
	int64_t uid = mail->items[0].uid;
	struct jo_err *err = &mail->problem;
	bool is_known = settings->find_person(mail->user, &mail->person);
	int rc;

	if (!is_known)
		mail->person.name[0] = '\0';
	if (mail->user[0] == '\0') {
		rc = jo_err_set(err, -ENOENT, "a job of uid %lld names no user", (long long)uid);
	} else if (is_known && uid != JO_MISSING && mail->person.uid != uid) {
		rc = jo_err_set(err, -EPERM,
				"'%.64s' is named by jobs of uid %lld, whose name it is not",
				mail->user, (long long)uid);
	} else {
		/* who left may still be in the map; the domain alone proves nothing */
		rc = mail_address_of(settings->mail_map, is_known ? settings->mail_domain : "",
				     mail->user, mail->address, err);
		if (rc == -ENOENT && !is_known)
			rc = jo_err_set(err, rc,
					"'%.64s' has no passwd entry and is not in MailMap",
					mail->user);
	}
	if (rc != 0)
		mail->address[0] = '\0';
}

static int compose_one(struct notify_writer *writer, const struct notify_item *items, size_t count,
		       notify_sink *sink, void *context, struct jo_err *err)
{
	struct notify_mail mail = {.user = items[0].user, .items = items, .item_count = count};
	int rc;

	mail_doc_init(&mail.doc);
	notify_find_recipient(writer->settings, &mail);
	rc = notify_digest_write(writer, &mail, err);
	if (rc == 0)
		rc = sink(context, &mail, err);
	g_free(mail.subject);
	mail_doc_release(&mail.doc);
	return rc;
}

int notify_compose(struct store *store, const struct notify_settings *settings,
		   const struct notify_items *items, const char *user, notify_sink *sink,
		   void *context, struct jo_err *err)
{
	struct notify_writer writer = {
		.store = store,
		.settings = settings,
		.drawing = {store,
			    settings->wording,
			    settings->judge,
			    settings->gnuplot,
			    {.count = 0}},
		.want_pictures = settings->gnuplot[0] != '\0',
	};
	int rc = 0;

	for (size_t i = 0, end; i < items->count && rc == 0; i = end) {
		const struct notify_item *first = &items->list[i];

		for (end = i + 1;
		     end < items->count && strcmp(items->list[end].user, first->user) == 0; end++)
			;
		if (user == NULL || strcmp(user, first->user) == 0)
			rc = compose_one(&writer, first, end - i, sink, context, err);
	}
	notify_models_release(&writer.drawing.models);
	return rc;
}

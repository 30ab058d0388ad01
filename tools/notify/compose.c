/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Composes one digest per user, and finds out who gets it. */
#include "notify/notify.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "finding/drifts.h"
#include "notify/digest.h"
#include "util/alloc.h"

/*
 * The name in a record comes from the job's environment where passwd did not
 * know its uid; so a name counts as its owner's only when the uid agrees.
 */
void notify_find_recipient(const struct notify_settings *settings, struct notify_mail *mail)
{
	int64_t uid = mail->item_count > 0 ? mail->items[0].uid : mail->drifts[0].share->newest.uid;
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

static int compose_one(struct notify_writer *writer, struct notify_mail *mail, notify_sink *sink,
		       void *context, struct jo_err *err)
{
	int rc;

	/* good news alone are no reason to write */
	if (mail->item_count == 0 && (mail->drift_count == 0 || mail->drifts[0].is_good_news))
		return 0;
	mail_doc_init(&mail->doc);
	notify_find_recipient(writer->settings, mail);
	rc = notify_digest_write(writer, mail, err);
	if (rc == 0)
		rc = sink(context, mail, err);
	g_free(mail->subject);
	mail_doc_release(&mail->doc);
	return rc;
}

/* The next user of two lists that are sorted by user; NULL: there is none. */
static const char *next_user(const struct notify_items *items, size_t item,
			     const struct notify_drifts *drifts, size_t drift)
{
	const char *of_item = item < items->count ? items->list[item].user : NULL;
	const char *of_drift =
		drifts != NULL && drift < drifts->count ? drifts->list[drift].share->user : NULL;

	if (of_item == NULL || of_drift == NULL)
		return of_item != NULL ? of_item : of_drift;
	return strcmp(of_item, of_drift) <= 0 ? of_item : of_drift;
}

/* One user's mail that is still to be written. */
struct draft {
	struct notify_mail mail;
	double score; /* the worst that it tells */
};

static int compare_drafts(const void *left, const void *right)
{
	const struct draft *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return strcmp(a->mail.user, b->mail.user);
}

/* What each user, or one, is to be told, the worst first; the caller frees them. */
static struct draft *make_drafts(const struct notify_items *items,
				 const struct notify_drifts *drifts, const char *user,
				 size_t *ret_count)
{
	size_t size = items->count + (drifts == NULL ? 0 : drifts->count);
	struct draft *drafts = xcalloc(size + 1, sizeof(*drafts));
	size_t item = 0, drift = 0, count = 0;
	const char *next;

	while ((next = next_user(items, item, drifts, drift)) != NULL) {
		struct draft draft = {.mail = {.user = next, .items = &items->list[item]}};

		for (; item < items->count && strcmp(items->list[item].user, next) == 0; item++) {
			draft.score = fmax(draft.score, items->list[item].score);
			draft.mail.item_count++;
		}
		if (drifts != NULL)
			draft.mail.drift_count = notify_drifts_of(drifts, next, &draft.mail.drifts);
		drift += draft.mail.drift_count;
		/* what is slow for good comes before any single job */
		if (draft.mail.drift_count > 0 && !draft.mail.drifts[0].is_good_news)
			draft.score = INFINITY;
		if (user == NULL || strcmp(user, next) == 0)
			drafts[count++] = draft;
	}
	qsort(drafts, count, sizeof(*drafts), compare_drafts);
	*ret_count = count;
	return drafts;
}

int notify_compose(struct store *store, const struct notify_settings *settings,
		   const struct notify_items *items, const struct notify_drifts *drifts,
		   const char *user, notify_sink *sink, void *context, struct jo_err *err)
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
	struct draft *drafts;
	size_t count;
	int rc = 0;

	drafts = make_drafts(items, drifts, user, &count);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = compose_one(&writer, &drafts[i].mail, sink, context, err);
	free(drafts);
	night_predictors_release(&writer.drawing.predictors);
	return rc;
}

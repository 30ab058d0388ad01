/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorts what there is to tell into drafts, one per user, and writes them, the worst first. */
#include "notify/compose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

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
static struct draft *make_drafts(const struct finding_items *items,
				 const struct drift_news_list *news, const char *user,
				 size_t *ret_count)
{
	struct draft *drafts = xcalloc(items->count + news->count + 1, sizeof(*drafts));
	struct notify_digests digests = {items, news, 0, 0};
	struct draft draft = {.score = 0};
	size_t count = 0;

	while (notify_digest_next(&digests, &draft.mail)) {
		if (user != NULL && strcmp(user, draft.mail.user) != 0)
			continue;
		draft.score = 0;
		for (size_t i = 0; i < draft.mail.item_count; i++)
			draft.score = fmax(draft.score, draft.mail.items[i].score);
		/* what is slow for good comes before any single job */
		if (draft.mail.drift_count > 0 && !draft.mail.drifts[0].is_good_news)
			draft.score = INFINITY;
		drafts[count++] = draft;
	}
	qsort(drafts, count, sizeof(*drafts), compare_drafts);
	*ret_count = count;
	return drafts;
}

static int compose_one(struct notify_writer *writer, struct notify_mail *mail, notify_sink *sink,
		       void *context, struct jo_err *err)
{
	int rc;

	mail_doc_init(&mail->doc);
	notify_digest_address(writer->settings, mail);
	rc = notify_digest_write(writer, mail, err);
	if (rc == 0)
		rc = sink(context, mail, err);
	g_free(mail->subject);
	mail_doc_release(&mail->doc);
	return rc;
}

int notify_compose(struct store *store, const struct notify_settings *settings,
		   const struct finding_items *items, const struct drift_news_list *news,
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

	drafts = make_drafts(items, news, user, &count);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = compose_one(&writer, &drafts[i].mail, sink, context, err);
	free(drafts);
	night_predictors_release(&writer.drawing.predictors);
	return rc;
}

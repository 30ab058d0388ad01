/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a user's findings into the values of a mail, and leaves the wording to templates. */
#include "notify/digest.h"

#include <stdlib.h>
#include <string.h>

#include "notify/drift_values.h"
#include "notify/finding_values.h"
#include "notify/texts.h"

#define FULL_MAX 2  /* findings told in full: more do not fit a screen */
#define BRIEF_MAX 5 /* findings told in a line, with what explains them */

/* From the most to the least that is told: in full, and in a line each. */
static const struct layout {
	size_t full, brief;
} layouts[] = {{FULL_MAX, BRIEF_MAX}, {FULL_MAX, 3}, {1, 5}, {1, 3}, {1, 1}, {1, 0}};

/* Told at all, in full or in a line. */
#define TOLD_MAX (FULL_MAX + BRIEF_MAX)

/* One user's findings, and what was read about those that are told.  Drifts come before all else. */
struct digest {
	const struct notify_settings *settings;
	const struct notify_mail *mail;
	size_t drift_count; /* without good news, which stand at the end of the list */
	struct findings findings;
	char drift_where[FULL_MAX][EXPLAIN_TEXT_SIZE];
	struct notify_peers peers[TOLD_MAX];
	struct notify_picture picture; /* of the worst */
};

/* A mail is complete without its picture, so a failure costs no more than that. */
static void draw(struct notify_writer *writer, struct digest *digest)
{
	if (writer->want_pictures &&
	    notify_picture_draw(&writer->drawing, &digest->findings.list[0], &digest->peers[0],
				&digest->picture, NULL) < 0)
		writer->want_pictures = false;
}

/* Only drifts that are told in full say where the time goes. */
static int read_drifts(struct notify_writer *writer, struct digest *digest, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < digest->drift_count && i < FULL_MAX && rc == 0; i++)
		rc = notify_where_read(writer->store, writer->settings->wording,
				       digest->mail->drifts[i].finding->peers,
				       digest->drift_where[i], err);
	return rc;
}

/* Only findings that are told need their peers, and the worst has a picture. */
static int read_peers(struct notify_writer *writer, struct digest *digest, struct jo_err *err)
{
	for (size_t i = 0; i < digest->findings.count && digest->drift_count + i < TOLD_MAX; i++) {
		int rc = notify_peers_read(writer->store, writer->settings->wording,
					   &digest->findings.list[i], &digest->peers[i], err);

		if (rc < 0)
			return rc;
		if (i == 0 && digest->drift_count < FULL_MAX)
			draw(writer, digest);
	}
	return 0;
}

static size_t count_all(const struct digest *digest)
{
	return digest->drift_count + digest->findings.count;
}

/* What has number i of all. */
static void add_one(const struct digest *digest, size_t i, bool is_full, struct mail_values *values)
{
	static const struct notify_picture no_picture;
	bool is_drift = i < digest->drift_count;
	size_t k = is_drift ? i : i - digest->drift_count;
	struct mail_values *one = mail_values_member(
		values, is_drift ? (is_full ? "drifts" : "further_drifts")
				 : (is_full ? "findings" : "further"));
	const char *part = is_drift ? "drift-headline" : "headline";

	if (count_all(digest) > 1)
		mail_values_count(one, "number", (int64_t)i + 1);
	if (is_drift)
		notify_drift_fill(digest->settings->wording, &digest->mail->drifts[k],
				  k < FULL_MAX ? digest->drift_where[k] : "", one);
	else
		notify_words_fill(digest->settings->wording, &digest->findings.list[k],
				  &digest->peers[k],
				  k == 0 ? &digest->picture : &no_picture, one);
	if (i == 0) {
		char *headline = mail_catalog_line(digest->settings->wording, part, one);

		mail_values_text(values, "headline", headline);
		g_free(headline);
	}
}

static const char *cluster_of(const struct notify_mail *mail)
{
	return mail->item_count > 0 ? mail->items[0].cluster
				    : mail->drifts[0].share->newest.cluster;
}

/* A job's number, which is safe to paste. */
static void set_expect_job(const struct digest *digest, struct mail_values *values)
{
	char job[STEP_JOB_TEXT_SIZE];

	if (digest->drift_count > 0)
		mail_values_text(
			values, "expect_job",
			step_job_format(&digest->mail->drifts[0].share->newest, job, sizeof(job)));
	else
		mail_values_text(values, "expect_job", digest->findings.list[0].items[0]->label);
}

static void set_core_hours(const struct digest *digest, struct mail_values *values)
{
	double drifted = 0;
	char *core_hours;

	for (size_t i = 0; i < digest->drift_count; i++)
		drifted += digest->mail->drifts[i].share->core_hours;
	core_hours = notify_core_hours_words(&digest->findings, drifted);
	mail_values_text(values, "total_core_hours", core_hours);
	free(core_hours);
}

/* Whether any of what is told has an input size. */
static bool is_sized(const struct digest *digest)
{
	const struct notify_mail *mail = digest->mail;
	bool is_any = false;

	for (size_t i = 0; i < mail->item_count; i++)
		is_any = is_any || mail->items[i].input_bytes != JO_MISSING;
	for (size_t i = 0; i < digest->drift_count; i++)
		is_any = is_any || mail->drifts[i].share->newest.input_bytes != JO_MISSING;
	return is_any;
}

static struct mail_values *digest_values(const struct digest *digest, const struct layout *layout)
{
	struct mail_values *values = mail_values_new(notify_digest_names);
	const struct notify_mail *mail = digest->mail;
	size_t count = count_all(digest);
	size_t told = MIN(layout->full + layout->brief, count);

	mail_values_text(values, "person",
			 mail->recipient.user.full_name[0] != '\0' ? mail->recipient.user.full_name : mail->user);
	mail_values_text(values, "user", mail->user);
	mail_values_text(values, "cluster", cluster_of(mail));
	mail_values_flag(values, "is_sized", is_sized(digest));
	mail_values_count(values, "found", (int64_t)count);
	mail_values_count(values, "others", (int64_t)count - 1);
	mail_values_flag(values, "drifts_alone", digest->findings.count == 0);
	set_core_hours(digest, values);
	for (size_t i = 0; i < told; i++)
		add_one(digest, i, i < layout->full, values);
	mail_values_flag(values, "has_further", count > layout->full);
	mail_values_count(values, "rest", (int64_t)(count - told));
	for (size_t i = digest->drift_count; i < mail->drift_count; i++)
		notify_drift_fill(digest->settings->wording, &mail->drifts[i], "",
				  mail_values_member(values, "good_news"));
	if (digest->settings->takes_requests)
		set_expect_job(digest, values);
	mail_values_text(values, "contact", digest->settings->admin_address);
	return values;
}

static size_t count_lines(const struct mail_doc *doc)
{
	char *text = mail_doc_text(doc);
	size_t count = 0;

	for (const char *c = text; *c != '\0'; c++)
		count += *c == '\n';
	g_free(text);
	return count;
}

/* As much as fits; the document is empty before. */
static void write_layouts(const struct digest *digest, struct notify_mail *mail)
{
	const struct mail_catalog *wording = digest->settings->wording;
	const struct layout *last = &layouts[G_N_ELEMENTS(layouts) - 1];

	for (const struct layout *layout = layouts; layout <= last; layout++) {
		struct mail_values *values = digest_values(digest, layout);

		g_free(mail->subject);
		mail->subject = mail_catalog_line(wording, "subject", values);
		mail_doc_release(&mail->doc);
		mail_doc_init(&mail->doc);
		mail_catalog_write(wording, "digest", values, &mail->doc);
		mail_values_free(values);
		if (count_lines(&mail->doc) <= NOTIFY_SCREEN_LINES)
			return;
	}
}

/* The next user of either list; NULL: there is none. */
static const char *next_user(const struct notify_digests *digests)
{
	const struct finding_items *items = digests->items;
	const struct drift_news_list *news = digests->news;
	const char *of_item =
		digests->item < items->count ? items->list[digests->item].user : NULL;
	const char *of_drift =
		digests->drift < news->count ? news->list[digests->drift].share->user : NULL;

	if (of_item == NULL || of_drift == NULL)
		return of_item != NULL ? of_item : of_drift;
	return strcmp(of_item, of_drift) <= 0 ? of_item : of_drift;
}

bool notify_digest_next(struct notify_digests *digests, struct notify_mail *ret_mail)
{
	const struct finding_items *items = digests->items;
	const char *user;

	while ((user = next_user(digests)) != NULL) {
		struct notify_mail mail = {.user = user, .items = items->list + digests->item};

		for (; digests->item < items->count &&
		       strcmp(items->list[digests->item].user, user) == 0;
		     digests->item++)
			mail.item_count++;
		mail.drift_count = drift_news_of(digests->news, user, &mail.drifts);
		digests->drift += mail.drift_count;
		if (mail.item_count > 0 || !mail.drifts[0].is_good_news) {
			*ret_mail = mail;
			return true;
		}
	}
	return false;
}

void notify_digest_address(const struct notify_settings *settings, struct notify_mail *mail)
{
	int64_t uid = mail->item_count > 0 ? mail->items[0].uid : mail->drifts[0].share->newest.uid;

	recipient_find(&settings->recipients, mail->user, uid, &mail->recipient);
}

int notify_digest_write(struct notify_writer *writer, struct notify_mail *mail, struct jo_err *err)
{
	struct digest digest = {.settings = writer->settings, .mail = mail};
	int rc;

	while (digest.drift_count < mail->drift_count &&
	       !mail->drifts[digest.drift_count].is_good_news)
		digest.drift_count++;
	findings_collapse(mail->items, mail->item_count, &digest.findings);
	mail->finding_count = count_all(&digest);
	rc = read_drifts(writer, &digest, err);
	if (rc == 0)
		rc = read_peers(writer, &digest, err);
	if (rc == 0)
		write_layouts(&digest, mail);
	notify_picture_release(&digest.picture);
	for (size_t i = 0; i < TOLD_MAX; i++)
		notify_peers_release(&digest.peers[i]);
	findings_release(&digest.findings);
	return rc;
}

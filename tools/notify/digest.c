/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts a user's findings into the values of a mail, and leaves the wording to templates. */
#include "notify/digest.h"

#include <stdlib.h>
#include <string.h>

#include "notify/words.h"
#include "notify/wording.h"

#define FULL_MAX 2 /* findings told in full */

/* From the most to the least that is told: in full, and in a line each. */
static const struct layout {
	size_t full, brief;
} layouts[] = {{FULL_MAX, 5}, {FULL_MAX, 3}, {1, 5}, {1, 3}, {1, 1}, {1, 0}};

/* One user's findings, and what was read about those told in full. */
struct digest {
	const struct notify_settings *settings;
	const struct notify_mail *mail;
	struct notify_findings findings;
	struct notify_peers peers[FULL_MAX];
	struct notify_picture picture; /* of the worst */
};

/* A mail is complete without its picture, so a failure costs no more than that. */
static void draw(struct notify_writer *writer, struct digest *digest,
		 const struct notify_points *points)
{
	if (writer->want_pictures &&
	    notify_picture_draw(&writer->drawing, &digest->findings.list[0], points,
				&digest->picture, NULL) < 0)
		writer->want_pictures = false;
}

/* Only findings that are told in full need their peers, and the worst has a picture. */
static int read_peers(struct notify_writer *writer, struct digest *digest, struct jo_err *err)
{
	for (size_t i = 0; i < digest->findings.count && i < FULL_MAX; i++) {
		struct notify_points points = {0};
		int rc = notify_peers_read(writer->store, writer->settings->wording,
					   &digest->findings.list[i], &digest->peers[i], &points,
					   err);

		if (rc < 0)
			return rc;
		if (i == 0)
			draw(writer, digest, &points);
		notify_points_release(&points);
	}
	return 0;
}

static void add_finding(const struct digest *digest, size_t i, const char *list,
			struct mail_values *values)
{
	static const struct notify_peers no_peers;
	static const struct notify_picture no_picture;
	struct mail_values *finding = mail_values_member(values, list);

	if (digest->findings.count > 1)
		mail_values_count(finding, "number", (int64_t)i + 1);
	notify_words_fill(digest->settings->wording, &digest->findings.list[i],
			  i < FULL_MAX ? &digest->peers[i] : &no_peers,
			  i == 0 ? &digest->picture : &no_picture, finding);
	if (i == 0) {
		char *headline = mail_wording_line(digest->settings->wording, "headline", finding);

		mail_values_text(values, "headline", headline);
		g_free(headline);
	}
}

static struct mail_values *digest_values(const struct digest *digest, const struct layout *layout)
{
	struct mail_values *values = mail_values_new(notify_digest_names);
	const struct notify_mail *mail = digest->mail;
	size_t count = digest->findings.count;
	size_t told = MIN(layout->full + layout->brief, count);
	char *core_hours = notify_core_hours_words(&digest->findings);

	mail_values_text(values, "person",
			 mail->person.name[0] != '\0' ? mail->person.name : mail->user);
	mail_values_text(values, "user", mail->user);
	mail_values_text(values, "cluster", mail->items[0].cluster);
	mail_values_count(values, "found", (int64_t)count);
	mail_values_count(values, "others", (int64_t)count - 1);
	mail_values_text(values, "total_core_hours", core_hours);
	for (size_t i = 0; i < told; i++)
		add_finding(digest, i, i < layout->full ? "findings" : "further", values);
	mail_values_flag(values, "has_further", count > layout->full);
	mail_values_count(values, "rest", (int64_t)(count - told));
	/* a job's number is safe to paste */
	if (digest->settings->takes_requests)
		mail_values_text(values, "expect_job", digest->findings.list[0].items[0]->label);
	mail_values_text(values, "contact", digest->settings->admin_address);
	free(core_hours);
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
	const struct mail_wording *wording = digest->settings->wording;
	const struct layout *last = &layouts[G_N_ELEMENTS(layouts) - 1];

	for (const struct layout *layout = layouts; layout <= last; layout++) {
		struct mail_values *values = digest_values(digest, layout);

		g_free(mail->subject);
		mail->subject = mail_wording_line(wording, "subject", values);
		mail_doc_release(&mail->doc);
		mail_doc_init(&mail->doc);
		mail_wording_write(wording, "digest", values, &mail->doc);
		mail_values_free(values);
		if (count_lines(&mail->doc) <= NOTIFY_SCREEN_LINES)
			return;
	}
}

int notify_digest_write(struct notify_writer *writer, struct notify_mail *mail, struct jo_err *err)
{
	struct digest digest = {.settings = writer->settings, .mail = mail};
	int rc;

	notify_collapse(mail->items, mail->item_count, &digest.findings);
	mail->finding_count = digest.findings.count;
	rc = read_peers(writer, &digest, err);
	if (rc == 0)
		write_layouts(&digest, mail);
	notify_picture_release(&digest.picture);
	notify_findings_release(&digest.findings);
	return rc;
}

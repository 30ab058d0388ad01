/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Composes one digest per user: who gets it, and what it says. */
#include "notify/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "notify/collapse.h"
#include "notify/words.h"
#include "util/alloc.h"

/*
 * The name in a record comes from the job's environment where passwd did not
 * know its uid; so a name counts as its owner's only when the uid agrees.
 */
static void find_recipient(const struct notify_settings *settings, struct notify_mail *mail)
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

/* What one composing needs throughout. */
struct composer {
	struct store *store;
	const struct notify_settings *settings;
	bool want_pictures; /* off once gnuplot has failed: the next mails need not wait for it */
	notify_sink *sink;
	void *sink_context;
};

/* A mail is complete without its picture, so a failure costs no more than that. */
static void draw(struct composer *composer, const struct notify_finding *finding,
		 const struct notify_points *points, struct notify_picture *ret_picture)
{
	if (composer->want_pictures &&
	    notify_picture_draw(finding, points, composer->settings->gnuplot, ret_picture, NULL) <
		    0)
		composer->want_pictures = false;
}

/* Only findings that are told in full need their peers, and the worst has a picture. */
static int write_words(struct composer *composer, const struct notify_findings *findings,
		       struct notify_words *words, struct jo_err *err)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct notify_finding *finding = &findings->list[i];
		struct notify_picture picture = {0};
		struct notify_points points = {0};
		struct notify_peers peers = {0};
		int rc = 0;

		if (i < MAIL_DIGEST_FULL_MAX)
			rc = notify_peers_read(composer->store, finding, &peers, &points, err);
		if (rc < 0)
			return rc;
		if (i == 0)
			draw(composer, finding, &points, &picture);
		notify_words_write(finding, &peers, &picture, &words[i]);
		notify_points_release(&points);
	}
	return 0;
}

/* One line, with a command for the worst finding; a job's number is safe to paste. */
static char *say_no_words(const struct notify_findings *findings)
{
	return xasprintf("Was it normal? 'sjoboutliers expect %s' says so. 'sjoboutliers mute' is "
			 "for fewer mails: --class, --partition or --until choose which, --weekly "
			 "gathers them.",
			 findings->list[0].items[0]->label);
}

static int write_digest(struct composer *composer, struct notify_mail *mail, struct jo_err *err)
{
	const struct notify_settings *settings = composer->settings;
	struct notify_findings findings;
	struct notify_words *words;
	struct mail_finding *list;
	struct mail_digest digest;
	char *excess, *say_no;
	int rc;

	notify_collapse(mail->items, mail->item_count, &findings);
	words = xcalloc(findings.count, sizeof(*words));
	list = xcalloc(findings.count, sizeof(*list));
	excess = notify_excess_words(&findings);
	say_no = settings->takes_requests ? say_no_words(&findings) : NULL;
	rc = write_words(composer, &findings, words, err);
	if (rc < 0)
		goto out;
	for (size_t i = 0; i < findings.count; i++)
		list[i] = words[i].finding;
	digest = (struct mail_digest){
		.person = mail->person.name[0] != '\0' ? mail->person.name : mail->user,
		.cluster = mail->items[0].cluster,
		.findings = list,
		.finding_count = findings.count,
		.excess = excess,
		.contact = settings->admin_address[0] != '\0' ? settings->admin_address : NULL,
		.say_no = say_no,
	};
	mail_digest_write(&digest, &mail->doc);
	mail->subject = mail_digest_subject(&digest);
	mail->finding_count = findings.count;
out:
	for (size_t i = 0; i < findings.count; i++)
		notify_words_release(&words[i]);
	free(words);
	free(list);
	free(excess);
	free(say_no);
	notify_findings_release(&findings);
	return rc;
}

static int compose_one(struct composer *composer, const struct notify_item *items, size_t count,
		       struct jo_err *err)
{
	struct notify_mail mail = {.user = items[0].user, .items = items, .item_count = count};
	int rc;

	mail_doc_init(&mail.doc);
	find_recipient(composer->settings, &mail);
	rc = write_digest(composer, &mail, err);
	if (rc == 0)
		rc = composer->sink(composer->sink_context, &mail, err);
	g_free(mail.subject);
	mail_doc_release(&mail.doc);
	return rc;
}

int notify_compose(struct store *store, const struct notify_settings *settings,
		   const struct notify_items *items, const char *user, notify_sink *sink,
		   void *context, struct jo_err *err)
{
	struct composer composer = {store, settings, settings->gnuplot[0] != '\0', sink, context};
	int rc = 0;

	for (size_t i = 0, end; i < items->count && rc == 0; i = end) {
		const struct notify_item *first = &items->list[i];

		for (end = i + 1;
		     end < items->count && strcmp(items->list[end].user, first->user) == 0; end++)
			;
		if (user == NULL || strcmp(user, first->user) == 0)
			rc = compose_one(&composer, first, end - i, err);
	}
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wording of the digest's frame.  It says what was seen and what it cost;
 * it never says that somebody did something wrong, because nobody knows that.
 */
#include "mail/digest.h"

#define DIFFERENCES_MAX 3
#define HEADLINE_MAX 100

static void add_opening(const struct mail_digest *digest, struct mail_doc *doc)
{
	const char *where = digest->cluster != NULL ? digest->cluster : "";
	const char *on = where[0] != '\0' ? " on " : "";
	int is_one = digest->finding_count == 1;

	if (digest->person != NULL && digest->person[0] != '\0')
		mail_doc_add(doc, MAIL_PARAGRAPH, "Hello %s,", digest->person);
	else
		mail_doc_add(doc, MAIL_PARAGRAPH, "Hello,");
	mail_doc_add(
		doc, MAIL_PARAGRAPH,
		"your jobs%s%s are compared with earlier ones of the same kind and input size. "
		"%s stood out%s%s%s.",
		on, where, is_one ? "This one" : "These",
		digest->excess == NULL ? "" : (is_one ? "; it took " : "; together they took "),
		digest->excess == NULL ? "" : digest->excess,
		digest->excess == NULL ? "" : " more than expected");
}

static void add_finding(const struct mail_digest *digest, size_t i, struct mail_doc *doc)
{
	const struct mail_finding *finding = &digest->findings[i];

	if (digest->finding_count > 1)
		mail_doc_add(doc, MAIL_HEADING, "%zu. %s", i + 1, finding->headline);
	else
		mail_doc_add(doc, MAIL_HEADING, "%s", finding->headline);
	for (size_t j = 0; j < finding->fact_count; j++)
		mail_doc_add_fact(doc, finding->facts[j].label, finding->facts[j].text);
	for (size_t j = 0; j < finding->difference_count && j < DIFFERENCES_MAX; j++)
		mail_doc_add_fact(doc, j == 0 ? "What differs" : NULL, finding->differences[j]);
	if (finding->png != NULL)
		mail_doc_add_image(doc, finding->png, finding->png_size, finding->png_text);
	if (finding->next_step != NULL)
		mail_doc_add(doc, MAIL_PARAGRAPH, "%s", finding->next_step);
	if (finding->next_command != NULL)
		mail_doc_add(doc, MAIL_COMMAND, "%s", finding->next_command);
}

static void add_further(const struct mail_digest *digest, struct mail_doc *doc)
{
	size_t i = MAIL_DIGEST_FULL_MAX;
	size_t brief_end = MIN(i + MAIL_DIGEST_BRIEF_MAX, digest->finding_count);

	if (digest->finding_count <= i)
		return;
	mail_doc_add(doc, MAIL_HEADING, "And further");
	for (; i < brief_end; i++) {
		const struct mail_finding *finding = &digest->findings[i];
		char *headline = mail_clean(finding->headline, HEADLINE_MAX);

		mail_doc_add(doc, MAIL_ITEM, "%s (%s)", headline, finding->jobs);
		g_free(headline);
	}
	if (i < digest->finding_count)
		mail_doc_add(doc, MAIL_ITEM, "%zu more, each smaller than these",
			     digest->finding_count - i);
}

void mail_digest_write(const struct mail_digest *digest, struct mail_doc *doc)
{
	add_opening(digest, doc);
	for (size_t i = 0; i < digest->finding_count && i < MAIL_DIGEST_FULL_MAX; i++)
		add_finding(digest, i, doc);
	add_further(digest, doc);
	mail_doc_add(doc, MAIL_FOOTER,
		     "Each finding is mailed once, and there is at most one such mail a night.");
	if (digest->say_no != NULL)
		mail_doc_add(doc, MAIL_FOOTER, "%s", digest->say_no);
	if (digest->contact != NULL)
		mail_doc_add(doc, MAIL_FOOTER,
			     "Questions, a finding that is wrong, no more of these mails: "
			     "answer this one, or write to %s.",
			     digest->contact);
}

char *mail_digest_subject(const struct mail_digest *digest)
{
	const char *headline = digest->findings[0].headline;

	if (digest->finding_count == 1)
		return g_strdup(headline);
	return g_strdup_printf("%s, and %zu more", headline, digest->finding_count - 1);
}

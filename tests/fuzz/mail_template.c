/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A template and its values from the same bytes: refused for a reason, or
 * written as a document that is text throughout, in both of its parts.
 */
#include "fuzz.h"
#include "mail/markup.h"
#include "notify/texts.h"

static void check_block(const struct mail_block *block)
{
	fuzz_check(g_utf8_validate(block->text, -1, NULL));
	fuzz_check(block->text[0] != '\0' || block->kind == MAIL_IMAGE);
	for (const char *c = block->text; *c != '\0'; c = g_utf8_next_char(c))
		fuzz_check(!g_unichar_iscntrl(g_utf8_get_char(c)));
}

static void fill(struct mail_values *values, const char *text)
{
	struct mail_values *finding;

	mail_values_text(values, "person", text);
	mail_values_count(values, "found", 1);
	mail_values_flag(values, "has_further", true);
	for (int i = 0; i < 2; i++) {
		finding = mail_values_member(values, i == 0 ? "findings" : "further");
		mail_values_text(finding, "name", text);
		mail_values_count(finding, "jobs", i + 1);
		mail_values_image(finding, "picture", "png", 3, text);
		mail_values_text(mail_values_member(finding, "differences"), "difference", text);
	}
}

static void write_out(const struct mail_template *template, const char *text)
{
	struct mail_values *values = mail_values_new(notify_digest_names);
	GPtrArray *images = g_ptr_array_new();
	struct mail_doc doc;
	char *written, *html;

	fill(values, text);
	mail_doc_init(&doc);
	written = mail_template_write(template, values, images);
	mail_markup_write(written, images, &doc);
	for (guint i = 0; i < doc.blocks->len; i++)
		check_block(doc.blocks->pdata[i]);
	g_free(written);
	written = mail_doc_text(&doc);
	html = mail_doc_html(&doc, text, "en", "x");
	fuzz_check(g_utf8_validate(written, -1, NULL) && g_utf8_validate(html, -1, NULL));
	fuzz_check(strstr(html, "<script") == NULL);
	g_free(written);
	g_free(html);
	g_ptr_array_unref(images);
	mail_values_free(values);
	mail_doc_release(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct mail_template *template = NULL;
	struct jo_err err = {0};
	size_t line = 0;

	if (mail_template_parse(text, notify_digest_names, NULL, &template, &line, &err) == 0) {
		write_out(template, text);
		mail_template_free(template);
	} else {
		fuzz_check(template == NULL && err.text[0] != '\0' && line <= size);
	}
	free(text);
	return 0;
}

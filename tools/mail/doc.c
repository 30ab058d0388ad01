/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The document itself, and the one place where foreign text is made fit to be shown. */
#include "mail/doc.h"

#include "joboutliers/utf8.h"

#include <stdarg.h>

static void free_block(gpointer data)
{
	struct mail_block *block = data;

	g_free(block->label);
	g_free(block->text);
	if (block->png != NULL)
		g_bytes_unref(block->png);
	g_free(block);
}

void mail_doc_init(struct mail_doc *doc)
{
	doc->blocks = g_ptr_array_new_with_free_func(free_block);
}

void mail_doc_release(struct mail_doc *doc)
{
	if (doc->blocks != NULL)
		g_ptr_array_unref(doc->blocks);
	doc->blocks = NULL;
}

static struct mail_block *add_block(struct mail_doc *doc, enum mail_block_kind kind,
				    const char *text)
{
	struct mail_block *block = g_new0(struct mail_block, 1);

	block->kind = kind;
	block->text = mail_clean(text, MAIL_CLEAN_MAX);
	g_ptr_array_add(doc->blocks, block);
	return block;
}

void mail_doc_add(struct mail_doc *doc, enum mail_block_kind kind, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	(void)add_block(doc, kind, text);
	g_free(text);
}

void mail_doc_add_fact(struct mail_doc *doc, const char *label, const char *text)
{
	struct mail_block *block = add_block(doc, MAIL_FACT, text);

	if (label != NULL)
		block->label = mail_clean(label, MAIL_CLEAN_MAX);
}

void mail_doc_add_image(struct mail_doc *doc, const void *png, size_t png_size, const char *text)
{
	struct mail_block *block = add_block(doc, MAIL_IMAGE, text);

	block->png = g_bytes_new(png, png_size);
}

char *mail_clean(const char *text, size_t max_chars)
{
	char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
	GString *clean = g_string_new(NULL);
	size_t count = 0;

	for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
		gunichar character = g_utf8_get_char(c);

		if (g_unichar_iscntrl(character) || character == 0xa0)
			character = ' ';
		else if (jo_utf8_printable(c) == 0)
			continue;
		if (count++ == max_chars) {
			/* the last three make room for the dots */
			for (size_t i = 0; i < 3 && clean->len > 0; i++)
				g_string_truncate(clean, (gsize)(g_utf8_find_prev_char(
									 clean->str,
									 clean->str + clean->len) -
								 clean->str));
			g_string_append(clean, "...");
			break;
		}
		g_string_append_unichar(clean, character);
	}
	g_free(valid);
	return g_string_free(clean, FALSE);
}

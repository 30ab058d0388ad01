/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A document as plain text: wrapped by what a terminal shows, not by bytes. */
#include <string.h>

#include "mail/doc.h"

#define INDENT 3             /* of facts and items; commands stand twice as far in */
#define LABEL_COLUMNS_MAX 20 /* a longer label moves its own text aside, not that of all */

static size_t char_columns(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

static size_t text_columns(const char *text, size_t len)
{
	size_t columns = 0;

	for (const char *c = text; c < text + len; c = g_utf8_next_char(c))
		columns += char_columns(g_utf8_get_char(c));
	return columns;
}

static void add_spaces(GString *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		g_string_append_c(out, ' ');
}

/*
 * Add the words of text behind what stands in the line already (column), and
 * start each further line with indent spaces.
 */
static void add_wrapped(GString *out, const char *text, size_t column, size_t indent)
{
	int is_first = 1;

	for (const char *word = text + strspn(text, " "); *word != '\0';) {
		size_t len = strcspn(word, " ");
		size_t columns = text_columns(word, len);

		if (!is_first && column + 1 + columns > MAIL_TEXT_COLUMNS) {
			g_string_append_c(out, '\n');
			add_spaces(out, indent);
			column = indent;
		} else if (!is_first) {
			g_string_append_c(out, ' ');
			column++;
		}
		g_string_append_len(out, word, (gssize)len);
		column += columns;
		is_first = 0;
		word += len;
		word += strspn(word, " ");
	}
	g_string_append_c(out, '\n');
}

/* How far in the texts of the table of facts stand that block i belongs to. */
static size_t fact_indent(const GPtrArray *blocks, guint i)
{
	size_t widest = 0;

	while (i > 0 && ((struct mail_block *)blocks->pdata[i - 1])->kind == MAIL_FACT)
		i--;
	for (; i < blocks->len; i++) {
		const struct mail_block *block = blocks->pdata[i];

		if (block->kind != MAIL_FACT)
			break;
		if (block->label != NULL)
			widest = MAX(widest, text_columns(block->label, strlen(block->label)));
	}
	return INDENT + MIN(widest, LABEL_COLUMNS_MAX) + 2;
}

static void add_fact(GString *out, const struct mail_block *block, size_t indent)
{
	size_t column = INDENT;

	add_spaces(out, INDENT);
	if (block->label != NULL) {
		g_string_append(out, block->label);
		column += text_columns(block->label, strlen(block->label));
	}
	if (column < indent) {
		add_spaces(out, indent - column);
		column = indent;
	}
	add_wrapped(out, block->text, column, indent);
}

/* A blank line goes between blocks, but not within a table, a list or the small print. */
static int wants_gap(enum mail_block_kind before, enum mail_block_kind kind)
{
	return !(before == kind && (kind == MAIL_FACT || kind == MAIL_ITEM ||
				    kind == MAIL_COMMAND || kind == MAIL_FOOTER));
}

char *mail_doc_text(const struct mail_doc *doc)
{
	GString *out = g_string_new(NULL);
	enum mail_block_kind before = MAIL_IMAGE;

	for (guint i = 0; i < doc->blocks->len; i++) {
		const struct mail_block *block = doc->blocks->pdata[i];

		if (block->kind == MAIL_IMAGE)
			continue;
		if (out->len > 0 && wants_gap(before, block->kind))
			g_string_append_c(out, '\n');
		switch (block->kind) {
		case MAIL_FACT:
			add_fact(out, block, fact_indent(doc->blocks, i));
			break;
		case MAIL_ITEM:
			g_string_append(out, " - ");
			add_wrapped(out, block->text, INDENT, INDENT);
			break;
		case MAIL_COMMAND:
			add_spaces(out, 2 * INDENT);
			g_string_append_printf(out, "%s\n", block->text);
			break;
		case MAIL_FOOTER:
			if (before != MAIL_FOOTER)
				g_string_append(out, "--\n");
			add_wrapped(out, block->text, 0, 0);
			break;
		default:
			add_wrapped(out, block->text, 0, 0);
		}
		before = block->kind;
	}
	return g_string_free(out, FALSE);
}

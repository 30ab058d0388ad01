/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts lines into blocks by what the template, not a value, begins them with. */
#include "mail/markup.h"

#include <stdlib.h>
#include <string.h>

struct writer {
	struct mail_doc *doc;
	const GPtrArray *images;
	bool is_footer;
	enum mail_block_kind kind; /* of the block that is being gathered */
	GString *text;             /* its text, "" for none */
	char *label, *last_label;
};

/* A line's text without the marks around values. */
static char *unmarked(const char *line)
{
	GString *text = g_string_new(NULL);

	for (; *line != '\0'; line++)
		if (*line != MAIL_VALUE_BEGIN && *line != MAIL_VALUE_END)
			g_string_append_c(text, *line);
	return g_strstrip(g_string_free(text, FALSE));
}

static void end_block(struct writer *writer)
{
	const char *label = writer->label;

	if (writer->text->len > 0 && writer->kind == MAIL_FACT) {
		bool is_same = writer->last_label != NULL && label != NULL &&
			       strcmp(label, writer->last_label) == 0;

		mail_doc_add_fact(writer->doc, is_same ? NULL : label, writer->text->str);
		g_free(writer->last_label);
		writer->last_label = g_strdup(label);
	} else if (writer->text->len > 0) {
		mail_doc_add(writer->doc, writer->kind, "%s", writer->text->str);
		g_clear_pointer(&writer->last_label, g_free);
	}
	g_string_truncate(writer->text, 0);
	g_clear_pointer(&writer->label, g_free);
}

static void add_text(struct writer *writer, const char *line)
{
	char *text = unmarked(line);

	if (writer->text->len > 0 && text[0] != '\0')
		g_string_append_c(writer->text, ' ');
	g_string_append(writer->text, text);
	g_free(text);
}

/* "| label | text": the bar between them is the template's. */
static void begin_fact(struct writer *writer, const char *line)
{
	const char *bar = line;
	char *label;
	bool is_value = false;

	for (; *bar != '\0' && (is_value || *bar != '|'); bar++)
		is_value = *bar == MAIL_VALUE_BEGIN || (is_value && *bar != MAIL_VALUE_END);
	label = g_strndup(line, (gsize)(bar - line));
	writer->label = unmarked(label);
	g_free(label);
	add_text(writer, *bar == '|' ? bar + 1 : bar);
}

static void add_image(struct writer *writer, const char *mark)
{
	unsigned long number = strtoul(mark + 1, NULL, 10);
	const struct mail_image *image;
	const void *png;
	gsize size;

	if (number >= writer->images->len)
		return; /* a mark that nobody made */
	image = writer->images->pdata[number];
	png = g_bytes_get_data(image->png, &size);
	mail_doc_add_image(writer->doc, png, size, image->text);
}

static void add_line(struct writer *writer, const char *line)
{
	static const struct {
		char begin;
		enum mail_block_kind kind;
	} kinds[] = {{'#', MAIL_HEADING}, {'|', MAIL_FACT}, {'-', MAIL_ITEM}, {'$', MAIL_COMMAND}};

	if (line[0] == ' ' || line[0] == '\t') {
		add_text(writer, line);
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (line[0] != kinds[i].begin || (line[1] != ' ' && line[1] != '\0'))
			continue;
		end_block(writer);
		writer->kind = kinds[i].kind;
		if (writer->kind == MAIL_FACT)
			begin_fact(writer, line + 1);
		else
			add_text(writer, line + 1);
		return;
	}
	if (writer->kind != MAIL_PARAGRAPH && writer->kind != MAIL_FOOTER)
		end_block(writer);
	writer->kind = writer->is_footer ? MAIL_FOOTER : MAIL_PARAGRAPH;
	add_text(writer, line);
}

void mail_markup_write(const char *text, const GPtrArray *images, struct mail_doc *doc)
{
	struct writer writer = {
		.doc = doc, .images = images, .kind = MAIL_PARAGRAPH, .text = g_string_new(NULL)};
	char **lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		if ((*line)[0] == MAIL_IMAGE_MARK) {
			end_block(&writer);
			add_image(&writer, *line);
		} else if (strcmp(*line, "--") == 0) {
			end_block(&writer);
			writer.is_footer = true;
			writer.kind = MAIL_FOOTER;
		} else if ((*line)[strspn(*line, " \t")] == '\0') {
			end_block(&writer);
			writer.kind = writer.is_footer ? MAIL_FOOTER : MAIL_PARAGRAPH;
		} else {
			add_line(&writer, *line);
		}
	}
	end_block(&writer);
	g_strfreev(lines);
	g_free(writer.last_label);
	(void)g_string_free(writer.text, TRUE);
}

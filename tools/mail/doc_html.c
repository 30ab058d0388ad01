/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A document as one HTML page: tags any mail reader knows, nothing from the
 * network, colours that follow the reader's light or dark theme.
 */
#include "mail/doc.h"

/*
 * Readers that drop <style> still show a plain page.  Colours are given only
 * where they carry meaning, and a second time for dark themes.
 */
static const char page_head[] =
	"<head>\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<style>\n"
	":root { color-scheme: light dark; }\n"
	"body { font: 15px/1.45 system-ui, sans-serif; max-width: 44em; margin: 1.5em auto;\n"
	"  padding: 0 1em; overflow-wrap: anywhere; }\n"
	"h2 { font-size: 1.1em; margin: 1.6em 0 .5em; }\n"
	"th { text-align: left; vertical-align: top; font-weight: normal; color: #57606a;\n"
	"  white-space: nowrap; padding: .1em 1em .1em 0; }\n"
	"td { vertical-align: top; padding: .1em 0; }\n"
	"pre { background: #f1f3f5; padding: .6em .8em; border-radius: 4px; overflow-x: auto;\n"
	"  white-space: pre-wrap; }\n"
	"img { max-width: 100%; height: auto; margin: .6em 0; background: #fff; }\n"
	"hr { border: 0; border-top: 1px solid #d0d7de; margin: 2em 0 1em; }\n"
	".small { font-size: .87em; color: #57606a; margin: .5em 0; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"  th, .small { color: #9aa4af; }\n"
	"  pre { background: #2b3036; }\n"
	"  hr { border-top-color: #444c56; }\n"
	"}\n"
	"</style>\n";

/* What stands around a block, and around a run of blocks of its kind. */
struct block_html {
	const char *run_open, *open, *close, *run_close;
};

static const struct block_html block_htmls[] = {
	[MAIL_PARAGRAPH] = {"", "<p>", "</p>\n", ""},
	[MAIL_HEADING] = {"", "<h2>", "</h2>\n", ""},
	[MAIL_FACT] = {"<table>\n", "<tr><th scope=\"row\">", "</td></tr>\n", "</table>\n"},
	[MAIL_ITEM] = {"<ul>\n", "<li>", "</li>\n", "</ul>\n"},
	[MAIL_COMMAND] = {"", "<pre>", "</pre>\n", ""},
	[MAIL_IMAGE] = {"", "<p>", "</p>\n", ""},
	[MAIL_FOOTER] = {"<hr>\n", "<p class=\"small\">", "</p>\n", ""},
};

static void add_escaped(GString *out, const char *text)
{
	char *escaped = g_markup_escape_text(text, -1);

	g_string_append(out, escaped);
	g_free(escaped);
}

static void add_source(GString *out, GBytes *png, size_t number, const char *cid_suffix)
{
	gsize size;
	const void *bytes = g_bytes_get_data(png, &size);
	char *text;

	if (cid_suffix != NULL) {
		g_string_append_printf(out, "cid:plot%zu.%s", number, cid_suffix);
		return;
	}
	text = g_base64_encode(bytes, size);
	g_string_append_printf(out, "data:image/png;base64,%s", text);
	g_free(text);
}

static void add_block(GString *out, const struct mail_block *block, size_t *plot_count,
		      const char *cid_suffix)
{
	g_string_append(out, block_htmls[block->kind].open);
	if (block->kind == MAIL_IMAGE) {
		g_string_append(out, "<img src=\"");
		add_source(out, block->png, ++*plot_count, cid_suffix);
		g_string_append(out, "\" alt=\"");
		add_escaped(out, block->text);
		g_string_append(out, "\">");
	} else if (block->kind == MAIL_FACT) {
		add_escaped(out, block->label == NULL ? "" : block->label);
		g_string_append(out, "</th><td>");
		add_escaped(out, block->text);
	} else {
		add_escaped(out, block->text);
	}
	g_string_append(out, block_htmls[block->kind].close);
}

char *mail_doc_html(const struct mail_doc *doc, const char *title, const char *language,
		    const char *cid_suffix)
{
	GString *out = g_string_new("<!DOCTYPE html>\n<html");
	const struct mail_block *before = NULL;
	char *clean_title = mail_clean(title, MAIL_CLEAN_MAX);
	size_t plot_count = 0;

	if (language != NULL) {
		g_string_append(out, " lang=\"");
		add_escaped(out, language);
		g_string_append_c(out, '"');
	}
	g_string_append(out, ">\n");
	g_string_append(out, page_head);
	g_string_append(out, "<title>");
	add_escaped(out, clean_title);
	g_string_append(out, "</title>\n</head>\n<body>\n");
	for (guint i = 0; i < doc->blocks->len; i++) {
		const struct mail_block *block = doc->blocks->pdata[i];

		if (before == NULL || before->kind != block->kind) {
			if (before != NULL)
				g_string_append(out, block_htmls[before->kind].run_close);
			g_string_append(out, block_htmls[block->kind].run_open);
		}
		add_block(out, block, &plot_count, cid_suffix);
		before = block;
	}
	if (before != NULL)
		g_string_append(out, block_htmls[before->kind].run_close);
	g_string_append(out, "</body>\n</html>\n");
	g_free(clean_title);
	return g_string_free(out, FALSE);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates: what is refused, what is written, and that a value stays a value. */
#include "mail/template.h"

#include <errno.h>
#include <string.h>

#include "mail/doc.h"
#include "mail/markup.h"
#include "tap.h"

static const struct mail_name member_names[] = {
	{"name", MAIL_NAME_TEXT, NULL},
	{"inner", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};
static const struct mail_name names[] = {
	{"name", MAIL_NAME_TEXT, NULL},
	{"empty", MAIL_NAME_TEXT, NULL},
	{"count", MAIL_NAME_COUNT, NULL},
	{"single", MAIL_NAME_COUNT, NULL},
	{"none", MAIL_NAME_COUNT, NULL},
	{"yes", MAIL_NAME_FLAG, NULL},
	{"no", MAIL_NAME_FLAG, NULL},
	{"list", MAIL_NAME_LIST, member_names},
	{"nobody", MAIL_NAME_LIST, member_names},
	{"picture", MAIL_NAME_IMAGE, NULL},
	{"own", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

static const struct {
	const char *template;
	size_t line;
	const char *reason;
} refused[] = {
	{"a\n{{nme}}", 1, "{{nme}}: no such name here; did you mean name?"},
	{"{{something_else}}", 0, "{{something_else}}: no such name here"},
	{"{{inner}}", 0, "no such name here"},
	{"{{own}}", 0, "no such name here"},
	{"{{name.one}}", 0, "no such name here"},
	{"{{#name.two}}", 0, "no such name here"},
	{"{{name", 0, "expected }} in the same line"},
	{"x {{na\nme}}", 0, "expected }} in the same line"},
	{"{{! comment\n}}", 0, "expected }} in the same line"},
	{"{{}}", 0, "expected {{name}}"},
	{"{{{name}}}", 0, "expected {{name}}"},
	{"{{&name}}", 0, "expected {{name}}"},
	{"{{> other}}", 0, "expected {{name}}"},
	{"{{=<% %>=}}", 0, "expected {{name}}"},
	{"{{na me}}", 0, "expected {{name}}"},
	{"{{n\xc3\xa4me}}", 0, "expected {{name}}"},
	{"a\nb\n{{#name}}\n", 2, "{{#name}}: is never closed"},
	{"{{#name}}{{#yes}}{{/name}}{{/yes}}", 0, "{{/name}}: expected {{/yes}} before it"},
	{"{{#count.one}}{{/count}}", 0, "{{/count}}: expected {{/count.one}} before it"},
	{"{{/name}}", 0, "{{/name}}: that is not open"},
	{"{{#list}}{{/list}}{{inner}}", 0, "no such name here"},
	{"{{^list}}{{inner}}{{/list}}", 0, "no such name here"},
	{"{{yes}}", 0, "cannot be shown, expected {{#yes}}"},
	{"{{list}}", 0, "cannot be shown, expected {{#list}}"},
	{"{{count.one}}", 0, "cannot be shown, expected {{#count.one}}"},
	{"see {{picture}}", 0, "expected alone in its line"},
	{"{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}{{#yes}}", 0,
	 "more than 8 sections deep"},
};

static const struct {
	const char *template;
	const char *want;
} written[] = {
	{"", ""},
	{"plain { } }} text", "plain { } }} text\n"},
	{"{{name}} and {{ name }}", "Ada and Ada\n"},
	{"{{empty}}.", ".\n"},
	{"{{#empty}}a{{/empty}}{{^empty}}b{{/empty}}", "b\n"},
	{"{{#name}}a{{/name}}{{^name}}b{{/name}}", "a\n"},
	{"{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{^no}}c{{/no}}", "ac\n"},
	{"{{count}} job{{^count.one}}s{{/count.one}}", "3 jobs\n"},
	{"{{single}} job{{^single.one}}s{{/single.one}}", "1 job\n"},
	{"{{#none}}a{{/none}}{{^none}}b{{/none}}{{none}}{{#none.one}}c{{/none.one}}", "b\n"},
	{"{{#list}}<{{name}}>{{/list}}", "<one><two>\n"},
	{"{{#list}}<{{count}}>{{/list}}", "<3><3>\n"},
	{"{{#list}}{{#yes}}{{inner}},{{/yes}}{{/list}}", "1,2,\n"},
	{"{{#nobody}}a{{/nobody}}{{^nobody}}b{{/nobody}}", "b\n"},
	{"a{{! of no use }}b", "ab\n"},
	{"a\n{{! alone }}\nb", "a\nb\n"},
	{"a\n{{#yes}}\nb\n{{/yes}}\nc", "a\nb\nc\n"},
	{"a\n  {{#no}}\nb\n  {{/no}}  \nc", "a\nc\n"},
	{"{{#yes}}{{#list}}\n- {{name}}\n{{/list}}{{/yes}}", "- one\n- two\n"},
};

static struct mail_values *make_values(const char *name)
{
	struct mail_values *values = mail_values_new(names), *member;

	mail_values_text(values, "name", name);
	mail_values_text(values, "empty", "");
	mail_values_count(values, "count", 3);
	mail_values_count(values, "single", 1);
	mail_values_count(values, "none", 0);
	mail_values_flag(values, "yes", true);
	member = mail_values_member(values, "list");
	mail_values_text(member, "name", "one");
	mail_values_text(member, "inner", "1");
	member = mail_values_member(values, "list");
	mail_values_text(member, "name", "two");
	mail_values_text(member, "inner", "2");
	mail_values_image(values, "picture", "png", 3, "what it shows");
	return values;
}

static void check_refused(void)
{
	char *long_text = g_strnfill(MAIL_TEMPLATE_MAX + 1, 'x');
	struct mail_template *template = NULL;
	struct jo_err err;
	size_t line;

	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		line = 99;
		is_int(mail_template_parse(refused[i].template, names, "own", &template, &line,
					   &err),
		       -EINVAL, "refused: %s", refused[i].template);
		is_int(line, refused[i].line, "in its line");
		if (!ok(strstr(err.text, refused[i].reason) != NULL, "for its reason"))
			printf("#   got \"%s\"\n", err.text);
	}
	is_int(mail_template_parse(long_text, names, NULL, &template, &line, &err), -EINVAL,
	       "refused: too long");
	ok(template == NULL, "and none was made");
	g_free(long_text);
}

static void check_written(void)
{
	struct mail_values *values = make_values("Ada");

	for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
		struct mail_template *template = NULL;
		struct jo_err err = {0};
		char *text = NULL;
		size_t line;

		if (mail_template_parse(written[i].template, names, NULL, &template, &line, &err) ==
		    0)
			text = mail_template_write(template, values, NULL);
		is_str(text, written[i].want, "written: %s %s", written[i].template, err.text);
		g_free(text);
		mail_template_free(template);
	}
	mail_values_free(values);
}

/* A document's blocks, a line each: kind, label, text. */
static char *blocks_of(const char *text, const char *name)
{
	struct mail_values *values = make_values(name);
	GPtrArray *images = g_ptr_array_new();
	struct mail_template *template = NULL;
	GString *out = g_string_new(NULL);
	struct mail_doc doc;
	char *written_text;
	size_t line;

	mail_doc_init(&doc);
	(void)mail_template_parse(text, names, NULL, &template, &line, NULL);
	written_text = mail_template_write(template, values, images);
	mail_markup_write(written_text, images, &doc);
	for (guint i = 0; i < doc.blocks->len; i++) {
		static const char kinds[] = {
			[MAIL_PARAGRAPH] = 'p', [MAIL_HEADING] = 'h', [MAIL_FACT] = 'f',
			[MAIL_ITEM] = 'i',      [MAIL_COMMAND] = 'c', [MAIL_IMAGE] = 'm',
			[MAIL_FOOTER] = 's',
		};
		const struct mail_block *block = doc.blocks->pdata[i];

		g_string_append_printf(out, "%c(%s%s%s)", kinds[block->kind],
				       block->label == NULL ? "" : block->label,
				       block->label == NULL ? "" : "=", block->text);
	}
	g_free(written_text);
	g_ptr_array_unref(images);
	mail_template_free(template);
	mail_values_free(values);
	mail_doc_release(&doc);
	return g_string_free(out, FALSE);
}

static const struct {
	const char *template;
	const char *name;
	const char *want;
} documents[] = {
	{"a\nb\n\nc", "x", "p(a b)p(c)"},
	{"# t\n| l | v\n| l | w\n| m | v\n  more\n- i\n- j\n$ c\ntext", "x",
	 "h(t)f(l=v)f(w)f(m=v more)i(i)i(j)c(c)p(text)"},
	{"p\n--\na\nb\n\nc", "x", "p(p)s(a b)s(c)"},
	{"p\n{{picture}}\nq", "x", "p(p)m(what it shows)p(q)"},
	{"# \n| l |\n- {{empty}}\n$\n", "x", ""},
	{"#hash\n-dash\n|bar\n$dollar", "x", "p(#hash -dash |bar $dollar)"},
	{"| a {{name}} | b", "|", "f(a |=b)"},
	/* what a value begins with, or holds, is its own matter */
	{"{{name}}", "# x", "p(# x)"},
	{"{{name}}", "$ rm -rf /", "p($ rm -rf /)"},
	{"{{name}}", "--", "p(--)"},
	{"a\n{{name}}", "  | x | y", "p(a | x | y)"},
	{"{{name}}", "- x\n- y\n\n# z", "p(- x - y  # z)"},
	{"- {{name}}", "x\n--\n$ y", "i(x -- $ y)"},
	{"{{name}}", "{{#list}}{{count}}", "p({{#list}}{{count}})"},
	{"{{name}}",
	 "\1\2\3"
	 "0\2",
	 "p(0)"},
	{"{{name}}", "<b>&amp;", "p(<b>&amp;)"},
};

int main(void)
{
	check_refused();
	check_written();
	for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
		char *blocks = blocks_of(documents[i].template, documents[i].name);

		is_str(blocks, documents[i].want, "document %zu", i);
		g_free(blocks);
	}
	return tap_done();
}

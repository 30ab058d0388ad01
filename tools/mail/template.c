/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads templates into a list of nodes. */
#include "mail/template.h"

#include <errno.h>
#include <string.h>

#include "mail/template_parts.h"
#include "util/nearest.h"

#define DEPTH_MAX 8 /* sections within sections */

/* What is known while a template is read. */
struct parser {
	struct mail_template *template;
	const char *own_name;
	const struct mail_name
		*tables[DEPTH_MAX + 1]; /* whose names are known, the outermost first */
	size_t table_count;
	size_t open[DEPTH_MAX],
		open_lines[DEPTH_MAX]; /* nodes of sections that are not closed yet */
	size_t open_count, line;
	struct jo_err *err;
};

/* A tag in a line: the text between the braces without its sign and white space. */
struct tag {
	char sign; /* '#', '^', '/', '!' or 0 */
	char name[64];
	const char *from, *to; /* in the line, with the braces */
};

static void clear_node(gpointer node)
{
	g_free(((struct mail_node *)node)->text);
}

void mail_template_free(struct mail_template *template)
{
	if (template == NULL)
		return;
	(void)g_array_free(template->nodes, TRUE);
	g_free(template);
}

static void add_text(struct parser *parser, const char *text, size_t len)
{
	struct mail_node node = {.kind = NODE_TEXT};

	if (len == 0)
		return;
	node.text = g_strndup(text, len);
	g_array_append_val(parser->template->nodes, node);
}

/* The next tag from `from` on: 1; 0 for none; or -EINVAL. */
static int find_tag(const char *from, const char *end, struct tag *ret_tag, struct jo_err *err)
{
	const char *open = g_strstr_len(from, end - from, "{{"), *close;
	char *name;

	if (open == NULL)
		return 0;
	close = g_strstr_len(open, end - open, "}}");
	if (close == NULL)
		return jo_err_set(err, -EINVAL, "'%.20s': expected }} in the same line", open);
	*ret_tag = (struct tag){.from = open, .to = close + 2};
	open += 2;
	if (open < close && strchr("#^/!", *open) != NULL)
		ret_tag->sign = *open++;
	if (ret_tag->sign == '!')
		return 1;
	name = g_strstrip(g_strndup(open, (gsize)(close - open)));
	if (name[0] == '\0' || name[strspn(name, "abcdefghijklmnopqrstuvwxyz_.")] != '\0') {
		(void)jo_err_set(err, -EINVAL,
				 "{{%.40s}}: expected {{name}}, {{#name}}, {{^name}}, {{/name}} or "
				 "{{! ... }}",
				 name);
		g_free(name);
		return -EINVAL;
	}
	(void)g_strlcpy(ret_tag->name, name, sizeof(ret_tag->name));
	g_free(name);
	return 1;
}

static int unknown_name(const struct parser *parser, const char *name)
{
	struct nearest nearest = nearest_to(name);

	for (size_t t = parser->table_count; t-- > 0;)
		for (const struct mail_name *n = parser->tables[t]; n->name != NULL; n++)
			if (g_strcmp0(n->name, parser->own_name) != 0)
				nearest_offer(&nearest, n->name);
	return jo_err_set(parser->err, -EINVAL, "{{%.60s}}: no such name here%s%s%s", name,
			  nearest.word == NULL ? "" : "; did you mean ",
			  nearest.word == NULL ? "" : nearest.word,
			  nearest.word == NULL ? "" : "?");
}

/* Look a name up, from the inside out. */
static int find_name(const struct parser *parser, const char *text,
		     const struct mail_name **ret_name, bool *ret_asks_one)
{
	bool asks_one = g_str_has_suffix(text, ".one");
	size_t len = strlen(text) - (asks_one ? strlen(".one") : 0);

	for (size_t t = parser->table_count; t-- > 0;)
		for (const struct mail_name *n = parser->tables[t]; n->name != NULL; n++) {
			if (strlen(n->name) != len || strncmp(n->name, text, len) != 0 ||
			    (asks_one && n->kind != MAIL_NAME_COUNT) ||
			    (parser->own_name != NULL && strcmp(n->name, parser->own_name) == 0))
				continue;
			*ret_name = n;
			*ret_asks_one = asks_one;
			return 0;
		}
	return unknown_name(parser, text);
}

static int open_section(struct parser *parser, const struct tag *tag, struct mail_node *node)
{
	node->kind = tag->sign == '#' ? NODE_IF : NODE_UNLESS;
	if (parser->open_count == DEPTH_MAX)
		return jo_err_set(parser->err, -EINVAL, "{{#%.60s}}: more than %d sections deep",
				  tag->name, DEPTH_MAX);
	parser->open_lines[parser->open_count] = parser->line;
	parser->open[parser->open_count++] = parser->template->nodes->len;
	if (node->kind == NODE_IF && node->name->kind == MAIL_NAME_LIST)
		parser->tables[parser->table_count++] = node->name->members;
	g_array_append_val(parser->template->nodes, *node);
	return 0;
}

/* Closing tags are compared as text: within a list its own name may mean another thing. */
static int close_section(struct parser *parser, const struct tag *tag)
{
	struct mail_node *node;
	size_t len;

	if (parser->open_count == 0)
		return jo_err_set(parser->err, -EINVAL, "{{/%.60s}}: that is not open", tag->name);
	node = mail_node_at(parser->template, parser->open[parser->open_count - 1]);
	len = strlen(node->name->name);
	if (strncmp(tag->name, node->name->name, len) != 0 ||
	    strcmp(tag->name + len, node->asks_one ? ".one" : "") != 0)
		return jo_err_set(parser->err, -EINVAL, "{{/%.60s}}: expected {{/%s%s}} before it",
				  tag->name, node->name->name, node->asks_one ? ".one" : "");
	if (node->kind == NODE_IF && node->name->kind == MAIL_NAME_LIST)
		parser->table_count--;
	node->end = parser->template->nodes->len;
	parser->open_count--;
	return 0;
}

static int add_value(struct parser *parser, const struct tag *tag, struct mail_node *node,
		     bool is_alone)
{
	if (node->name->kind == MAIL_NAME_FLAG || node->name->kind == MAIL_NAME_LIST ||
	    node->asks_one)
		return jo_err_set(parser->err, -EINVAL,
				  "{{%.60s}}: cannot be shown, expected {{#%.60s}}", tag->name,
				  tag->name);
	if (node->name->kind == MAIL_NAME_IMAGE && !is_alone)
		return jo_err_set(parser->err, -EINVAL, "{{%.60s}}: expected alone in its line",
				  tag->name);
	node->kind = NODE_VALUE;
	g_array_append_val(parser->template->nodes, *node);
	return 0;
}

static int add_tag(struct parser *parser, const struct tag *tag, bool is_alone)
{
	struct mail_node node = {0};
	int rc;

	if (tag->sign == '!')
		return 0;
	if (tag->sign == '/')
		return close_section(parser, tag);
	rc = find_name(parser, tag->name, &node.name, &node.asks_one);
	if (rc < 0)
		return rc;
	return tag->sign == 0 ? add_value(parser, tag, &node, is_alone)
			      : open_section(parser, tag, &node);
}

/* Whether the line holds nothing but tags that show nothing: it then leaves no line behind. */
static bool is_silent(const char *line, const char *end)
{
	struct tag tag;
	bool has_tag = false;

	while (find_tag(line, end, &tag, NULL) > 0) {
		if (tag.sign == 0)
			return false;
		for (; line < tag.from; line++)
			if (!g_ascii_isspace(*line))
				return false;
		line = tag.to;
		has_tag = true;
	}
	for (; line < end; line++)
		if (!g_ascii_isspace(*line))
			return false;
	return has_tag;
}

static int parse_line(struct parser *parser, const char *line, const char *end)
{
	bool silent = is_silent(line, end);
	const char *from = line;
	struct tag tag;
	int rc;

	while ((rc = find_tag(from, end, &tag, parser->err)) > 0) {
		if (!silent)
			add_text(parser, from, (size_t)(tag.from - from));
		rc = add_tag(parser, &tag, tag.from == line && tag.to == end);
		if (rc < 0)
			return rc;
		from = tag.to;
	}
	if (rc == 0 && !silent) {
		add_text(parser, from, (size_t)(end - from));
		add_text(parser, "\n", 1);
	}
	return rc;
}

int mail_template_parse(const char *text, const struct mail_name *names, const char *own_name,
			struct mail_template **ret_template, size_t *ret_line, struct jo_err *err)
{
	struct mail_template *template = g_new0(struct mail_template, 1);
	struct parser parser = {.template = template,
				.own_name = own_name,
				.tables = {names},
				.table_count = 1,
				.err = err};
	const char *end;
	int rc = 0;

	template->nodes = g_array_new(FALSE, FALSE, sizeof(struct mail_node));
	g_array_set_clear_func(template->nodes, clear_node);
	if (strlen(text) > MAIL_TEMPLATE_MAX)
		rc = jo_err_set(err, -EINVAL, "%zu bytes, expected at most %d", strlen(text),
				MAIL_TEMPLATE_MAX);
	for (; rc == 0 && *text != '\0'; text = *end == '\0' ? end : end + 1) {
		end = text + strcspn(text, "\n");
		rc = parse_line(&parser, text, end);
		if (rc == 0)
			parser.line++;
	}
	if (rc == 0 && parser.open_count > 0) {
		parser.line = parser.open_lines[parser.open_count - 1];
		rc = jo_err_set(
			err, -EINVAL, "{{#%s}}: is never closed",
			mail_node_at(template, parser.open[parser.open_count - 1])->name->name);
	}
	if (rc < 0) {
		*ret_line = parser.line;
		mail_template_free(template);
		return rc;
	}
	*ret_template = template;
	return 0;
}

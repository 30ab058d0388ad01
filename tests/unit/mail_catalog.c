/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site's file of texts: what can be used of it is, and each fault is told with its place. */
#include "mail/catalog.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static const struct mail_name names[] = {
	{"name", MAIL_NAME_TEXT, NULL},
	{"hello", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};
static const char *const words[] = {"red", "run time", NULL};
static const struct mail_part parts[] = {
	{"language", MAIL_PART_LANGUAGE, NULL, NULL}, {"hello", MAIL_PART_LINE, names, NULL},
	{"letter", MAIL_PART_DOCUMENT, names, NULL},  {"words", MAIL_PART_WORDS, NULL, words},
	{NULL, MAIL_PART_LINE, NULL, NULL},
};
static const char built_in[] = "# ours\n[language]\nen\n[hello]\nHello {{name}}\n"
			       "[letter]\n# Hello\n\n{{name}}\n[words]\nred = red\n";

/* What is in force: language, line, document and a word. */
static char *state_of(const struct mail_catalog *wording)
{
	struct mail_values *values = mail_values_new(names);
	char *line, *text, *state;
	struct mail_doc doc;

	mail_values_text(values, "name", "Ada");
	mail_doc_init(&doc);
	line = mail_catalog_line(wording, "hello", values);
	mail_catalog_write(wording, "letter", values, &doc);
	text = g_strdelimit(g_strchomp(mail_doc_text(&doc)), "\n", '/');
	state = g_strdup_printf("%s|%s|%s|%s", mail_catalog_language(wording, "language"), line,
				text, mail_catalog_word(wording, "words", "red"));
	g_free(line);
	g_free(text);
	mail_doc_release(&doc);
	mail_values_free(values);
	return state;
}

#define BUILT_IN "en|Hello Ada|Hello//Ada|red"

static const struct {
	const char *text;
	const char *want;
	const char *problems; /* without the path, joined by "; " */
} files[] = {
	{"", BUILT_IN, ""},
	{"# a comment\n\n[hello]\nHi {{name}}!\n", "en|Hi Ada!|Hello//Ada|red", ""},
	{"[hello]\r\nHi\r\n{{name}}!\r\n", "en|Hi Ada!|Hello//Ada|red", ""},
	{"[hello]\n", "en||Hello//Ada|red", ""},
	{"[hello]\n\tHi\n\n   there\n[language]\n de-CH\n\n[words]\n\nred = rot\n",
	 "de-CH|Hi there|Hello//Ada|rot", ""},
	{"[letter]\nb\xc3\xb6se [x] y\n", "en|Hello Ada|b\xc3\xb6se [x] y|red", ""},
	{"Hi\n[hello]\nHi", "en|Hi|Hello//Ada|red",
	 "1: expected [name] before the first text, or a comment"},
	{"[helo]\nHi\n", BUILT_IN, "1: helo: there is no text of this name"},
	{"[hello]\nHi {{nmae}}\n", BUILT_IN,
	 "2: hello: {{nmae}}: no such name here; did you mean name?"},
	{"[hello]\n{{hello}}\n", BUILT_IN, "2: hello: {{hello}}: no such name here"},
	{"[hello]\n\n{{#name}}\nHi\n", BUILT_IN, "3: hello: {{#name}}: is never closed"},
	{"[hello]\nHi\n[hello]\nHo\n", "en|Hi|Hello//Ada|red",
	 "3: hello: given before; expected once"},
	{"[hello]\nb\xf6se\n[language]\nde\n", "de|Hello Ada|Hello//Ada|red",
	 "2: hello: not UTF-8"},
	{"[hello]\na\033[31mb\n", BUILT_IN, "2: hello: a control character"},
	{"[hello]\na\xc2\x85"
	 "b\n",
	 BUILT_IN, "2: hello: a control character"},
	{"[language]\nde\"><script>\n", BUILT_IN,
	 "2: language: expected a language such as en or de-CH"},
	{"[language]\n", BUILT_IN, "2: language: expected a language such as en or de-CH"},
	{"[words]\nred = rot\nblue = blau\n", BUILT_IN, "3: words: 'blue': no such word"},
	{"[words]\nred rot\n", BUILT_IN, "2: words: 'red rot': expected 'word = text'"},
	{"[words]\nred = \n", BUILT_IN, "2: words: 'red =': expected 'word = text'"},
	{"[hello]\n{{x}}\n[letter]\n{{y}}\n[language]\nfr\n", "fr|Hello Ada|Hello//Ada|red",
	 "2: hello: {{x}}: no such name here; 4: letter: {{y}}: no such name here"},
};

static void read_file(const char *path, char **ret_state, char **ret_problems)
{
	struct mail_catalog *wording = mail_catalog_new(parts, built_in);
	struct strlist problems = {0};
	GString *joined = g_string_new(NULL);

	mail_catalog_read(wording, path, &problems);
	for (size_t i = 0; i < problems.count; i++) {
		const char *problem = problems.list[i];

		if (g_str_has_prefix(problem, path))
			problem += strlen(path) + 1;
		else
			g_string_append(joined, "(no path) ");
		g_string_append_printf(joined, "%s%s", i == 0 ? "" : "; ", problem);
	}
	*ret_state = state_of(wording);
	*ret_problems = g_string_free(joined, FALSE);
	strlist_release(&problems);
	mail_catalog_free(wording);
}

static void is_read(const char *path, const char *want, const char *want_problems, const char *name)
{
	char *state, *problems;

	read_file(path, &state, &problems);
	is_str(state, want, "%s", name);
	is_str(problems, want_problems, "%s: what is told", name);
	g_free(state);
	g_free(problems);
}

static void check_texts(const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		char *name = g_strdup_printf("file %zu", i);

		(void)g_file_set_contents(path, files[i].text, -1, NULL);
		is_read(path, files[i].want, files[i].problems, name);
		g_free(name);
	}
}

/* A file that is none, or that is not the site's alone: the built-in texts stand. */
static void check_files(const char *folder, const char *path)
{
	static const char good[] = "[hello]\nHi\n";
	char *other = g_build_filename(folder, "other", NULL);
	char *huge = g_strnfill(MAIL_CATALOG_MAX + 1, '\n');

	(void)g_unlink(path);
	is_read(path, BUILT_IN, " No such file or directory", "no file");
	(void)g_file_set_contents(other, good, -1, NULL);
	(void)symlink(other, path);
	is_read(path, BUILT_IN, " a link, expected a file", "a link");
	(void)g_unlink(path);
	(void)mkfifo(path, 0600);
	is_read(path, BUILT_IN, " expected a file", "a FIFO");
	(void)g_unlink(path);
	is_read("/", BUILT_IN, " expected a file", "a folder");
	(void)g_file_set_contents(path, good, -1, NULL);
	(void)g_chmod(path, 0646);
	is_read(path, BUILT_IN, " everybody may write it: chmod o-w it", "writable by others");
	(void)g_chmod(path, 0644);
	if (geteuid() == 0) {
		(void)chown(path, 12345, 0);
		is_read(path, BUILT_IN, " belongs to user 12345, expected root or oneself",
			"of another owner");
		(void)chown(path, 0, 0);
	} else {
		skip("not root", "a file of another owner");
	}
	(void)g_file_set_contents(path, huge, -1, NULL);
	is_read(path, BUILT_IN, " 65537 bytes, expected at most 65536", "too long");
	(void)g_file_set_contents(path, "[hello]\nHi\0there\n", 17, NULL);
	is_read(path, BUILT_IN, " a NUL byte, expected text", "not a text");
	(void)g_file_set_contents(path, good, -1, NULL);
	is_read(path, "en|Hi|Hello//Ada|red", "", "and a good one");
	(void)g_unlink(other);
	g_free(other);
	g_free(huge);
}

int main(void)
{
	char folder[] = "/tmp/mail_catalog.XXXXXX";
	char *path = g_build_filename(mkdtemp(folder), "texts", NULL);

	check_texts(path);
	check_files(folder, path);
	(void)g_unlink(path);
	(void)g_rmdir(folder);
	g_free(path);
	return tap_done();
}

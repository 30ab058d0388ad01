/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts a file into its texts, and keeps of each the latest that can be used. */
#include "mail/catalog.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mail/catalog_file.h"
#include "mail/markup.h"

#define LANGUAGE_MAX 35 /* BCP 47, 4.4.1 */

/* A part as it is in force. */
struct text {
	struct mail_template *template; /* of a line or document */
	char *language;
	GHashTable *words; /* word to text */
};

struct mail_catalog {
	const struct mail_part *parts;
	struct text *texts; /* one for each part */
};

static void release_text(struct text *text)
{
	mail_template_free(text->template);
	g_free(text->language);
	g_clear_pointer(&text->words, g_hash_table_unref);
}

static size_t find_part(const struct mail_catalog *wording, const char *name)
{
	size_t i = 0;

	while (wording->parts[i].name != NULL && strcmp(wording->parts[i].name, name) != 0)
		i++;
	return i;
}

static const struct text *text_of(const struct mail_catalog *wording, const char *name)
{
	size_t i = find_part(wording, name);

	assert(wording->parts[i].name != NULL);
	return &wording->texts[i];
}

/* ---- the forms ---- */

static int parse_language(const char *body, struct text *text, size_t *ret_line, struct jo_err *err)
{
	char *language = g_strstrip(g_strdup(body));
	size_t len = strlen(language);

	*ret_line = 0;
	if (len == 0 || len > LANGUAGE_MAX ||
	    language[strspn(language, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-")] != '\0') {
		g_free(language);
		return jo_err_set(err, -EINVAL, "expected a language such as en or de-CH");
	}
	text->language = language;
	return 0;
}

static bool is_word(const struct mail_part *part, const char *word)
{
	for (size_t i = 0; part->words[i] != NULL; i++)
		if (strcmp(part->words[i], word) == 0)
			return true;
	return false;
}

static int parse_word(const struct mail_part *part, char *line, GHashTable *words,
		      struct jo_err *err)
{
	char *equals = strstr(line, " = "), *word = g_strstrip(line), *means;

	if (word[0] == '\0')
		return 0;
	if (equals == NULL)
		return jo_err_set(err, -EINVAL, "'%.60s': expected 'word = text'", word);
	*equals = '\0';
	means = g_strstrip(equals + strlen(" = "));
	(void)g_strchomp(word);
	if (!is_word(part, word))
		return jo_err_set(err, -EINVAL, "'%.60s': no such word", word);
	if (means[0] == '\0')
		return jo_err_set(err, -EINVAL, "'%.60s': expected a text behind '='", word);
	(void)g_hash_table_insert(words, g_strdup(word), g_strdup(means));
	return 0;
}

static int parse_words(const struct mail_part *part, const char *body, struct text *text,
		       size_t *ret_line, struct jo_err *err)
{
	char **lines = g_strsplit(body, "\n", -1);
	int rc = 0;

	text->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (size_t i = 0; lines[i] != NULL && rc == 0; i++) {
		*ret_line = i;
		rc = parse_word(part, lines[i], text->words, err);
	}
	g_strfreev(lines);
	return rc;
}

static int parse_text(const struct mail_part *part, const char *body, struct text *text,
		      size_t *ret_line, struct jo_err *err)
{
	switch (part->form) {
	case MAIL_PART_LANGUAGE:
		return parse_language(body, text, ret_line, err);
	case MAIL_PART_WORDS:
		return parse_words(part, body, text, ret_line, err);
	default:
		return mail_template_parse(body, part->names, part->name, &text->template, ret_line,
					   err);
	}
}

/* ---- a file's texts ---- */

static void complain(const struct mail_catalog_text *found, size_t line, const char *reason,
		     struct strlist *problems)
{
	struct jo_err err;

	(void)jo_err_set(&err, -EINVAL, "%s:%zu: %s: %s", found->path, found->line + line + 1,
			 found->name, reason);
	strlist_add(problems, err.text);
}

/* Put one in place of what is in force. */
static void take(struct mail_catalog *wording, const struct mail_catalog_text *found,
		 struct strlist *problems)
{
	size_t i = find_part(wording, found->name), line = 0;
	struct text text = {0};
	struct jo_err err;

	if (wording->parts[i].name == NULL) {
		complain(found, 0, "there is no text of this name", problems);
		return;
	}
	if (parse_text(&wording->parts[i], found->body, &text, &line, &err) < 0) {
		complain(found, line + 1, err.text, problems);
		release_text(&text);
		return;
	}
	release_text(&wording->texts[i]);
	wording->texts[i] = text;
}

struct mail_catalog *mail_catalog_new(const struct mail_part *parts, const char *built_in)
{
	struct mail_catalog *wording = g_new0(struct mail_catalog, 1);
	struct mail_catalog_file file;
	struct strlist problems = {0};
	size_t count = 0;

	while (parts[count].name != NULL)
		count++;
	wording->parts = parts;
	wording->texts = g_new0(struct text, count);
	mail_catalog_file_cut(built_in, "built-in", &file, &problems);
	for (guint i = 0; i < file.texts->len; i++)
		take(wording, &g_array_index(file.texts, struct mail_catalog_text, i), &problems);
	if (problems.count > 0)
		g_error("%s", problems.list[0]); /* an assertion that says which */
	for (size_t i = 0; i < count; i++)
		assert(wording->texts[i].template != NULL || wording->texts[i].language != NULL ||
		       wording->texts[i].words != NULL);
	mail_catalog_file_release(&file);
	return wording;
}

void mail_catalog_free(struct mail_catalog *wording)
{
	if (wording == NULL)
		return;
	for (size_t i = 0; wording->parts[i].name != NULL; i++)
		release_text(&wording->texts[i]);
	g_free(wording->texts);
	g_free(wording);
}

void mail_catalog_read(struct mail_catalog *wording, const char *path, struct strlist *problems)
{
	struct mail_catalog_file file;
	struct jo_err err;

	if (mail_catalog_file_read(path, &file, problems, &err) < 0) {
		strlist_add(problems, err.text);
		return;
	}
	for (guint i = 0; i < file.texts->len; i++)
		take(wording, &g_array_index(file.texts, struct mail_catalog_text, i), problems);
	mail_catalog_file_release(&file);
}

/* ---- use ---- */

char *mail_catalog_line(const struct mail_catalog *wording, const char *part,
			const struct mail_values *values)
{
	char *text = mail_template_write(text_of(wording, part)->template, values, NULL);
	char **words = g_strsplit_set(text, " \t\n", -1), **kept = words;

	for (char **word = words; *word != NULL; word++)
		if ((*word)[0] != '\0')
			*kept++ = *word;
		else
			g_free(*word);
	*kept = NULL;
	g_free(text);
	text = g_strjoinv(" ", words);
	g_strfreev(words);
	return text;
}

void mail_catalog_write(const struct mail_catalog *wording, const char *part,
			const struct mail_values *values, struct mail_doc *doc)
{
	GPtrArray *images = g_ptr_array_new();
	char *text = mail_template_write(text_of(wording, part)->template, values, images);

	mail_markup_write(text, images, doc);
	g_free(text);
	g_ptr_array_unref(images);
}

const char *mail_catalog_language(const struct mail_catalog *wording, const char *part)
{
	return text_of(wording, part)->language;
}

const char *mail_catalog_word(const struct mail_catalog *wording, const char *part,
			      const char *word)
{
	const char *means = g_hash_table_lookup(text_of(wording, part)->words, word);

	return means != NULL ? means : word;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site's file of texts: what cannot be used is told, and each text that mails need is there. */
#include "fuzz.h"
#include "notify/texts.h"

static void check_line(const struct mail_catalog *catalog, const struct mail_part *part)
{
	struct mail_values *values = mail_values_new(part->names);
	char *line = mail_catalog_line(catalog, part->name, values);

	fuzz_check(g_utf8_validate(line, -1, NULL) && strchr(line, '\n') == NULL);
	g_free(line);
	mail_values_free(values);
}

static void check_document(const struct mail_catalog *catalog, const struct mail_part *part)
{
	struct mail_values *values = mail_values_new(part->names);
	struct mail_doc doc;
	char *text;

	mail_doc_init(&doc);
	mail_catalog_write(catalog, part->name, values, &doc);
	text = mail_doc_text(&doc);
	fuzz_check(g_utf8_validate(text, -1, NULL));
	g_free(text);
	mail_doc_release(&doc);
	mail_values_free(values);
}

static void check_part(const struct mail_catalog *catalog, const struct mail_part *part)
{
	switch (part->form) {
	case MAIL_PART_LINE:
		check_line(catalog, part);
		break;
	case MAIL_PART_DOCUMENT:
		check_document(catalog, part);
		break;
	case MAIL_PART_LANGUAGE:
		fuzz_check(mail_catalog_language(catalog, part->name)[0] != '\0');
		break;
	case MAIL_PART_WORDS:
		for (size_t i = 0; part->words[i] != NULL; i++)
			fuzz_check(mail_catalog_word(catalog, part->name, part->words[i]) != NULL);
		break;
	}
}

/* A link in the file's place is refused, so it is one of its own. */
static char folder[FUZZ_PATH_SIZE], path[64];

static void remove_folder(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

static void make_folder(void)
{
	if (path[0] != '\0')
		return;
	fuzz_folder(folder);
	(void)snprintf(path, sizeof(path), "%s/texts", folder);
	(void)atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strlist problems = {0};
	struct mail_catalog *catalog;

	make_folder();
	fuzz_write(path, data, size);
	catalog = notify_wording_new(path, &problems);
	for (size_t i = 0; i < problems.count; i++)
		fuzz_check(strncmp(problems.list[i], path, strlen(path)) == 0);
	for (const struct mail_part *part = notify_parts; part->name != NULL; part++)
		check_part(catalog, part);
	mail_catalog_free(catalog);
	strlist_release(&problems);
	return 0;
}

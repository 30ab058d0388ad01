/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that the mails say: named texts, those compiled in and the site's own in
 * their place.  What of the site's cannot be used is told, and the compiled-in
 * text then stands, so that no mail is broken or missing for it.  Which texts
 * there are, and what they may name, is the caller's table.
 *
 * A file of texts is
 *
 *	# comments before the first text
 *	[name]
 *	its lines, up to the next "[name]"
 */
#ifndef MAIL_CATALOG_H
#define MAIL_CATALOG_H

#include "mail/doc.h"
#include "mail/template.h"
#include "util/strlist.h"

enum mail_part_form {
	MAIL_PART_LINE,     /* one line in the end, however many it is written in */
	MAIL_PART_DOCUMENT, /* blocks, see markup.h */
	MAIL_PART_LANGUAGE, /* "en", "de-CH" */
	MAIL_PART_WORDS,    /* lines of "word = text" */
};

struct mail_part {
	const char *name; /* NULL ends a table */
	enum mail_part_form form;
	const struct mail_name *names; /* of a line or document */
	const char *const *words;      /* of words; NULL ends */
};

struct mail_catalog;

#define MAIL_CATALOG_MAX 65536 /* bytes of a file */

/* built_in is a whole file's text; a fault in it is our own mistake. */
struct mail_catalog *mail_catalog_new(const struct mail_part *parts, const char *built_in);

/* Free the texts; NULL is fine. */
void mail_catalog_free(struct mail_catalog *wording);

/*
 * Take the site's texts from a file.  Each that cannot be used adds a line
 * "PATH:LINE: NAME: reason" to problems, and leaves the one that was there; a
 * file that cannot be read, is a link or no file, or that others may write,
 * adds "PATH: reason".
 */
void mail_catalog_read(struct mail_catalog *wording, const char *path, struct strlist *problems);

/* A part of each form.  Free lines with g_free; the others are the wording's. */
char *mail_catalog_line(const struct mail_catalog *wording, const char *part,
			const struct mail_values *values);

/* Add the blocks of a document to doc, written with these values. */
void mail_catalog_write(const struct mail_catalog *wording, const char *part,
			const struct mail_values *values, struct mail_doc *doc);

/* The language tag of a part: the catalog's, good until a file is read. */
const char *mail_catalog_language(const struct mail_catalog *wording, const char *part);

/* What the words say for this one, or the word itself where they do not have it. */
const char *mail_catalog_word(const struct mail_catalog *wording, const char *part,
			      const char *word);

#endif

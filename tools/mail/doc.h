/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a mail says, block by block, before it is text or HTML.  Both parts of
 * a message are drawn from one document, so they cannot say different things;
 * how it is worded is left to those who fill it.
 */
#ifndef MAIL_DOC_H
#define MAIL_DOC_H

#include <glib.h>
#include <stddef.h>

#define MAIL_TEXT_COLUMNS 76 /* longest line of the text part: two levels of quoting fit 80 */

enum mail_block_kind {
	MAIL_PARAGRAPH,
	MAIL_HEADING,
	MAIL_FACT,    /* label and text; neighbours form one table */
	MAIL_ITEM,    /* of a list */
	MAIL_COMMAND, /* to be pasted: never wrapped */
	MAIL_IMAGE, /* PNG; text describes it.  In HTML only: what it shows is said in words as well
		     */
	MAIL_FOOTER, /* small print; the first one draws a line above itself */
};

struct mail_block {
	enum mail_block_kind kind;
	char *label; /* of a fact; the same as in the fact before: NULL */
	char *text;
	GBytes *png; /* of an image */
};

struct mail_doc {
	GPtrArray *blocks; /* of struct mail_block */
};

/* Make an empty document. */
void mail_doc_init(struct mail_doc *doc);

/* Free the blocks. */
void mail_doc_release(struct mail_doc *doc);

/*
 * Add a block.  The text is cleaned here (mail_clean), whatever was put into
 * it, and so is the label.
 */
void mail_doc_add(struct mail_doc *doc, enum mail_block_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Add a fact.  label is NULL where it is that of the fact before. */
void mail_doc_add_fact(struct mail_doc *doc, const char *label, const char *text);

/* Add a picture, which is copied, and what it shows in words. */
void mail_doc_add_image(struct mail_doc *doc, const void *png, size_t png_size, const char *text);

/* Foreign text longer than this tells nobody more. */
#define MAIL_CLEAN_MAX 2000

/*
 * A copy of text fit to be shown: valid UTF-8 on one line.  Control characters
 * and line ends become spaces, bytes that are no UTF-8 become U+FFFD, and the
 * invisible characters that reorder or hide text (bidi controls, zero widths)
 * are left out.  Cut to max_chars characters, "..." included.  NULL gives "".
 * Free with g_free.
 */
char *mail_clean(const char *text, size_t max_chars);

/*
 * The document as plain text in lines of at most MAIL_TEXT_COLUMNS (commands
 * and words without a place to break excepted), or as one HTML page that needs
 * nothing from the network; image N is then "cid:plotN." and cid_suffix, or within the page
 * where that is NULL, and language (NULL: not
 * known) is what it is written in.  Lines end in "\n".  Free with g_free.
 */
char *mail_doc_text(const struct mail_doc *doc);
char *mail_doc_html(const struct mail_doc *doc, const char *title, const char *language,
		    const char *cid_suffix);

#endif

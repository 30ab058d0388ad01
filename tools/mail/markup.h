/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A template that was written out, as a document.  How a line of the template
 * begins says what it is; a value cannot, wherever it stands:
 *
 *	# text          a heading
 *	| label | text  a fact; a label that is the one before is not repeated
 *	- text          an item of a list
 *	$ text          a command, to be pasted
 *	--              alone: what follows is small print
 *	anything else   a paragraph, up to an empty line
 *
 * A line that begins with a blank goes on with the block before it.  A block
 * without text is left out.
 */
#ifndef MAIL_MARKUP_H
#define MAIL_MARKUP_H

#include "mail/doc.h"
#include "mail/template.h"

/* Add to the document what mail_template_write gave, marks and all. */
void mail_markup_write(const char *text, const GPtrArray *images, struct mail_doc *doc);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts with places for values, so that a site can say things its own way: the
 * subset of Mustache that needs no code in the text.
 *
 *	{{name}}                    the value
 *	{{#name}} ... {{/name}}     if there is one; of a list, for each of its members
 *	{{^name}} ... {{/name}}     if there is none
 *	{{#name.one}}, {{^name.one}}   of a count: if it is 1, or is not
 *	{{! ... }}                  a comment
 *
 * What a template may name is a table, and anything else in it is refused when
 * it is read: writing it out cannot fail.  Values are foreign text and are
 * cleaned; they are never read as template.
 */
#ifndef MAIL_TEMPLATE_H
#define MAIL_TEMPLATE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

enum mail_name_kind {
	MAIL_NAME_TEXT,
	MAIL_NAME_COUNT, /* a whole number; there is none when it is 0 */
	MAIL_NAME_FLAG,  /* can be asked for, not shown */
	MAIL_NAME_LIST,
	MAIL_NAME_IMAGE, /* stands alone in its line */
};

struct mail_name {
	const char *name; /* NULL ends a table */
	enum mail_name_kind kind;
	const struct mail_name *members; /* of a list; names around it can be used within it too */
};

/* ---- values ---- */

/* The values of one table's names; those not set are not there. */
struct mail_values;

/* No values yet, for the names of this table, which must stay; mail_values_free frees them. */
struct mail_values *mail_values_new(const struct mail_name *names);

/* Free the values, members of lists among them; NULL is fine. */
void mail_values_free(struct mail_values *values);

/* NULL and "" are no value.  Texts are copied. */
void mail_values_text(struct mail_values *values, const char *name, const char *text);

/* Set a text that is put together as by printf. */
void mail_values_format(struct mail_values *values, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Set a whole number; 0 is no value. */
void mail_values_count(struct mail_values *values, const char *name, int64_t count);

/* Set whether the name is there. */
void mail_values_flag(struct mail_values *values, const char *name, bool is_set);

/* Set a picture, which is copied, and what it shows in words. */
void mail_values_image(struct mail_values *values, const char *name, const void *png,
		       size_t png_size, const char *text);

/* A new member of the list, which is the list's. */
struct mail_values *mail_values_member(struct mail_values *values, const char *name);

/* ---- templates ---- */

struct mail_template;

#define MAIL_TEMPLATE_MAX 8192 /* bytes: many times the longest that makes sense */

/*
 * Read a template.  own_name, when not NULL, is a name that it may not use
 * although the table has it: it would contain itself.
 *
 * Returns 0, or -EINVAL with what is wrong in *err and its line, from 0, in
 * *ret_line.
 */
int mail_template_parse(const char *text, const struct mail_name *names, const char *own_name,
			struct mail_template **ret_template, size_t *ret_line, struct jo_err *err);

/* Free the template; NULL is fine. */
void mail_template_free(struct mail_template *template);

/* What stands around a value in the text of a document: no template and no value can hold these. */
#define MAIL_VALUE_BEGIN '\1'
#define MAIL_VALUE_END '\2'
#define MAIL_IMAGE_MARK '\3'

/* A picture, and what it shows in words. */
struct mail_image {
	GBytes *png;
	char *text;
};

/*
 * Write a template out.  images (of struct mail_image, owned by the values) is
 * not NULL for a document: values then stand between marks, and an image is its
 * number between MAIL_IMAGE_MARK and MAIL_VALUE_END.  Free with g_free.
 */
char *mail_template_write(const struct mail_template *template, const struct mail_values *values,
			  GPtrArray *images);

#endif

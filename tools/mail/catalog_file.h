/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of named texts, cut into them; for catalog.c alone. */
#ifndef MAIL_CATALOG_FILE_H
#define MAIL_CATALOG_FILE_H

#include <glib.h>
#include <stddef.h>

#include "joboutliers/err.h"
#include "util/strlist.h"

struct mail_catalog_text {
	const char *path;
	char *name, *body;
	size_t line; /* of its "[name]", from 0 */
};

struct mail_catalog_file {
	GArray *texts; /* struct mail_catalog_text */
};

/*
 * Cut a file's text.  A text that has what no text may have, or that is there a
 * second time, is left out, and told in problems.  path is kept as it is.
 */
void mail_catalog_file_cut(const char *text, const char *path, struct mail_catalog_file *ret_file,
			   struct strlist *problems);

/* Read and cut one.  Returns a negative errno when nothing in it is to be used. */
int mail_catalog_file_read(const char *path, struct mail_catalog_file *ret_file,
			   struct strlist *problems, struct jo_err *err);

/* Free the texts of a file that was cut. */
void mail_catalog_file_release(struct mail_catalog_file *file);

#endif

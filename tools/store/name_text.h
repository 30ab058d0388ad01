/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names by their ids.  A row has a name in up to nine columns, and a site has
 * some thousands of names for millions of rows: so a query reads ids, and each
 * name is read once.  Private to store/.
 */
#ifndef STORE_NAME_TEXT_H
#define STORE_NAME_TEXT_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct name_texts;

/* None known yet; for store->name_texts. */
struct name_texts *name_texts_new(void);

/* Give all of it back, and the texts that were handed out; NULL is fine. */
void name_texts_free(struct name_texts *texts);

/* The name with this id, "" for none; good as long as the store. */
int name_text(struct store *store, int64_t id, const char **ret_text, struct jo_err *err);

/* Read names anew: some may have been rolled back.  What was handed out stays good. */
void name_texts_forget(struct name_texts *texts);

#endif

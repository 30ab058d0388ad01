/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts that verdicts have in common, kept once: reasons, and what steps
 * were compared with.  Apart from the names of name.h, as what readers may see
 * of those is another matter.  Private to store/.
 */
#ifndef STORE_VERDICT_TEXT_H
#define STORE_VERDICT_TEXT_H

#include <stdint.h>

#include "driver.h"

struct verdict_texts;

/* The texts of the database, none of them read yet.  Free it before the database is closed. */
struct verdict_texts *verdict_texts_new(struct db *db);

/* NULL is fine. */
void verdict_texts_free(struct verdict_texts *texts);

/* The id of a text, which is added if it is new; 0 for "". */
int verdict_text_id(struct verdict_texts *texts, const char *text, int64_t *ret_id,
		    struct jo_err *err);

/*
 * The text with this id, "" for 0; good until verdict_texts_forget.  Of one that
 * is not for whoever reads it is the placeholder; -EBADMSG when there is none.
 */
int verdict_text_get(struct verdict_texts *texts, int64_t id, const char *placeholder,
		     const char **ret_text, struct jo_err *err);

/* Forget what was read or added: that may have been rolled back. */
void verdict_texts_forget(struct verdict_texts *texts);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on their way into the database, which takes many steps' at a time.  Private to store/.
 */
#ifndef STORE_VERDICT_QUEUE_H
#define STORE_VERDICT_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct strbuf;
struct verdict_queue;

/* An empty one. */
struct verdict_queue *verdict_queue_new(void);

/* NULL is fine. */
void verdict_queue_free(struct verdict_queue *queue);

/* Keep what was said of a step, as verdict_pack made it, in place of what was said before; in a
 * transaction it is in the database when that is committed, else at once. */
int verdict_queue_add(struct store *store, int64_t step_id, int64_t change_unix_us, int64_t judging,
		      unsigned kinds, const struct strbuf *bytes, struct jo_err *err);

/* Put all into the database, and let the steps wait no longer that are as they were judged. */
int verdict_queue_flush(struct store *store, struct jo_err *err);

/* Throw away what is not there yet. */
void verdict_queue_forget(struct store *store);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much lies in a spool; for those who only look. */
#ifndef CMD_SPOOLS_H
#define CMD_SPOOLS_H

#include <stdint.h>

#include "conf/conf.h"
#include "finding/health.h"

/* How many files a folder has, hidden ones and reasons apart; none where there is no such folder.
 * Returns 0, or a negative errno when it could not be read to its end. */
int spools_count_files(const char *path, int64_t *ret_count);
/* Likewise, how many records they have: of a node's new/. */
int spools_count_records(const char *path, int64_t *ret_count);

/*
 * What health wants to know of each of the configuration's spools; new is what
 * is not older than the time.  A spool that cannot be read throughout is told in
 * a line on standard error, and nothing of it is known.  The caller frees the
 * list, which the configuration must outlive.
 */
struct health_spool *spools_look(const struct conf *conf, int64_t new_from_unix_us);

#endif

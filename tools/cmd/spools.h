/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much lies in a spool; for doctor and export, which change nothing. */
#ifndef CMD_SPOOLS_H
#define CMD_SPOOLS_H

#include <stdint.h>

/* How many files a folder has, hidden ones and reasons apart; 0 when it cannot be read. */
int64_t spool_count_files(const char *path);

/* Records of all nodes that wait in the spool, and files that were set aside; JO_MISSING when it
 * cannot be read. */
void spool_count(const char *path, int64_t *ret_waiting_count, int64_t *ret_bad_count);

#endif

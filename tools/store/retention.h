/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forgetting what is older than the site wants to keep. */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;

/*
 * Remove the steps that ended before the time, and with them their nodes'
 * rows, verdicts and step findings that are in no unsent message; then groups
 * that have no step left, and messages that came to an end before the time.
 * Nothing that stays names a step that went, so its id may be used again.
 * Works in transactions of its own, of bounded length, so call it outside of
 * begin; a broken-off prune is continued by the next one.
 */
int store_prune(struct store *store, int64_t end_before_unix_us, int64_t *ret_step_count,
		struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where spans wait for ingest: a folder of the receiver's own, by the rules of joboutliers/spool.h,
 * with two more.  A file is on the disk, and its name as well, before anybody is told so; and a
 * file's name begins with when it came, in micro-seconds, as nobody else's clock is asked later.
 *
 *	SPOOL/HOST/new/TIME.NUMBER.jsonl	TracesData in JSON, a line each
 */
#ifndef RECEIVE_SPAN_SPOOL_H
#define RECEIVE_SPAN_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct span_spool;

/*
 * Open the folder of this host, making it where it is missing, and remove what an earlier receiver
 * left half written, which nobody was told is there.  -EBUSY: another receiver has it.  Otherwise
 * as jo_spool_open().
 */
int span_spool_open(const char *path, const char *host, int64_t bytes_max,
		    struct span_spool **ret_spool, struct jo_err *err);

/* Whether it holds as much as it may.  What ingest took is seen seconds later. */
bool span_spool_is_full(struct span_spool *spool);

/* Hand over a file of whole lines: all of it is safe when this returns 0, and nothing of it is
 * there when it fails. */
int span_spool_write(struct span_spool *spool, const char *text, size_t len, int64_t now_unix_us,
		     struct jo_err *err);

/* Count a request that was turned away, as a record that could not be written is. */
void span_spool_count_dropped(struct span_spool *spool);

/* End with it; NULL is fine. */
void span_spool_close(struct span_spool *spool);

#endif

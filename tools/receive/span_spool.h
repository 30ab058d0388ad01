/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where spans wait for ingest: a folder of the receiver's own, by the rules of joboutliers/spool.h,
 * with two more.  What was written is on the disk, under one of a file's two names, before anybody
 * is told so; and a file's name begins with when it was begun, in micro-seconds, as nobody else's
 * clock is asked later.
 *
 *	SPOOL/HOST/tmp/TIME.NUMBER.jsonl	grows, for a second
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
 * Open the folder of this host, making it where it is missing, and hand over what an earlier
 * receiver left in tmp/.  -EBUSY: another receiver has it.  Otherwise as jo_spool_open().
 */
int span_spool_open(const char *path, const char *host, int64_t bytes_max,
		    struct span_spool **ret_spool, struct jo_err *err);

/* How many bytes more it may hold; 0: it is full.  What ingest took is seen seconds later. */
int64_t span_spool_room(struct span_spool *spool);

/* A number that grows when all is gone that was there as it grew the last time: what was written
 * two numbers ago takes no room. */
uint64_t span_spool_generation(const struct span_spool *spool);

/* Write whole lines: all of it is safe when this returns 0; else it counts for nothing, and may be
 * written again. */
int span_spool_write(struct span_spool *spool, const char *text, size_t len, int64_t now_unix_us,
		     struct jo_err *err);

/* Let ingest have what was written, once a second; to be called as often as one likes.  Where that
 * fails, nothing is lost. */
int span_spool_hand_over(struct span_spool *spool, struct jo_err *err);

/* Count a request that was turned away, as a record that could not be written is. */
void span_spool_count_dropped(struct span_spool *spool);

/* End with it; NULL is fine. */
void span_spool_close(struct span_spool *spool);

#endif

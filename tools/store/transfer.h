/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site's database moved to another place, be it another engine's. */
#ifndef STORE_TRANSFER_H
#define STORE_TRANSFER_H

#include <stdint.h>

#include "joboutliers/err.h"

/* What a transfer does, in this order. */
enum store_transfer_phase {
	STORE_TRANSFER_RESUME, /* comparing what a run before left with what is in the source now */
	STORE_TRANSFER_COPY,   /* rows from the one to the other */
	STORE_TRANSFER_COMPARE, /* reading both again */
};

/* Told how many rows of a phase are done. */
typedef void store_transfer_fn(void *context, enum store_transfer_phase phase, int64_t done,
			       int64_t total);

#define STORE_TRANSFER_DIGEST_SIZE 65 /* of SHA-256, in hexadecimal digits */

/* What a transfer did. */
struct store_transfer {
	int64_t table_count, row_count; /* that are the same in both */
	int64_t copied_count;           /* rows that this run put there */
	int64_t dropped_count;  /* rows of a run before that were not in the source any more */
	int64_t replaced_count; /* texts with something that is no UTF-8, for which U+FFFD stands */
	char digest[STORE_TRANSFER_DIGEST_SIZE]; /* of all rows, by table and key, as they are there
						  */
};

/*
 * Copy all of the database called from into the one called to, and compare each
 * row.  That one is made where there is none; what a run that did not come to its
 * end left of the same source is gone on with.  Nothing of a site may run on
 * either meanwhile (-EBUSY).  What is read is from as it was when this began; a
 * file's log grows meanwhile if somebody writes to it.
 *
 * Until the last row was compared the copy is marked, and store_open refuses it.
 * -EEXIST: to has something else; -EROFS: from is a copy for readers.  Progress
 * may be NULL.
 */
int store_transfer(const char *from, const char *to, store_transfer_fn *progress, void *context,
		   struct store_transfer *ret_transfer, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The body of a request out of gzip. */
#ifndef RECEIVE_UNPACK_H
#define RECEIVE_UNPACK_H

#include <stddef.h>

#include "joboutliers/err.h"

/*
 * Unpack into *ret_bytes, which is the caller's to free.  Returns 0; -EBADMSG for what is no gzip,
 * or cut short; or -E2BIG for what is longer than len_max, of which no more is unpacked than that.
 */
int unpack_gzip(const void *packed, size_t packed_len, size_t len_max, char **ret_bytes,
		size_t *ret_len, struct jo_err *err);

#endif

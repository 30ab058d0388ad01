/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The copy for readers: the steps with all that was said of them, in a file of
 * its own that everybody may read, without what is between the site and single
 * users: mails and their addresses, which of them were told what, and what they
 * asked not to be told.  It is replaced as a whole and never written to, so
 * nothing that a reader does to it is in a writer's way.
 */
#ifndef STORE_READERS_COPY_H
#define STORE_READERS_COPY_H

#include <stdint.h>

#include "joboutliers/err.h"
#include "terms.h"

struct store;

/*
 * Make the copy at path of what the database is now, in the place of an earlier
 * one, which stays when this fails.  progress is told bytes; NULL for nobody.
 * -EBUSY while another run makes it; -ENOSPC before anything was written;
 * -EEXIST or -EINVAL when path is of something else.
 */
int store_readers_copy(struct store *store, const char *path, int64_t now_unix_us,
		       store_progress_fn *progress, void *context, struct jo_err *err);

/* Of a copy, as of when it is; JO_MISSING of the site's own database. */
int64_t store_copied_unix_us(const struct store *store);

/* For store_open: see whether it is a copy. */
int readers_copy_load(struct store *store, struct jo_err *err);

#endif

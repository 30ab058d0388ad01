/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a source into the store.  Bad input is counted, named and set aside, and
 * never stops the rest.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include <stdint.h>

#include "intake/source.h"
#include "joboutliers/err.h"
#include "store/store.h"
#include "util/user.h"

/* The caller's side; any function may be NULL. */
struct intake_calls {
	void *context;
	/* The name of a uid, as user_name() of util/user.h. */
	int (*user_of)(void *context, int64_t uid, char name[USER_NAME_SIZE], struct jo_err *err);
	/* Whose a name is, as user_find() of util/user.h; goes with user_of. */
	int (*uid_of)(void *context, const char *name, int64_t *ret_uid, struct jo_err *err);
	/* One line on something that was set aside: where, what, and what would be right. */
	void (*bad)(void *context, const char *text);
	/* One line on the whole of what is read. */
	void (*note)(void *context, const char *text);
	/* How far it is, of how much (0: not known). */
	void (*progress)(void *context, int64_t done, int64_t total);
};

struct intake_stats {
	int64_t read_count;       /* records, rows, lines: whatever the source reads */
	struct store_added added; /* of what is committed */
	int64_t bad_count;        /* set aside */
	int64_t skipped_count; /* right, but nothing for us: steps that have not begun, headers */
};

/*
 * Take all that the source has for the request.  Records are committed in
 * batches, so a run that breaks off is simply repeated.
 *
 * Returns 0, also when records were bad; or the first error: of the store, of
 * the source, whose file says which, or of a look-up of users that gave no
 * answer, as nobody can say then whose a record is.  *ret_stats is filled in any case with
 * what was committed.
 */
int intake_take(const struct source *source, const struct source_request *request,
		const struct intake_calls *calls, int64_t now_unix_us,
		struct intake_stats *ret_stats, struct jo_err *err);

#endif

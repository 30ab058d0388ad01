/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The site's database, as plain structs: steps, groups, models, verdicts,
 * findings and outgoing messages.  No SQL crosses this header, so that callers
 * are the same whichever engine of engines.c keeps it.
 *
 * Rules that hold for everything below
 *
 * - Functions return 0 (or a count, or 1 for "here is one") or a negative
 *   errno with *err filled; *ret_x is written on success alone.  The texts name
 *   the database.  Nothing logs.
 *	-ENOENT	no such database	-EACCES, -EROFS	may not read, may not write
 *	-EBUSY	another program holds it longer than the time-out
 *	-EBADMSG	no database, or a damaged one
 *	-EPROTO	a newer version of this program made it
 * - Strings that come out belong to the store.  Those of a cursor's struct are
 *   good until the next call on that cursor, others as their function says.
 *   They are never NULL; "" means not known.  Numbers that are not known are
 *   JO_MISSING, real numbers NaN.  Strings that go in are copied.
 * - Times are Unix time in microseconds.  A range is half open: from <= t < to,
 *   JO_MISSING for no bound.
 * - A night is the calendar day on which it began, as a number: 20261123.
 * - Allocation failure aborts the program, as everywhere in the tools.
 * - A store and its cursors belong to one thread.
 *
 * One program writes at a time; any number read beside it and see the state of
 * the last commit.  A file must lie on a local file system, and is of one host.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "add.h"
#include "cursor.h"
#include "drift.h"
#include "exported.h"
#include "fitted.h"
#include "folder_lock.h"
#include "group_list.h"
#include "group_rule.h"
#include "history.h"
#include "input.h"
#include "joboutliers/err.h"
#include "judged.h"
#include "log_file.h"
#include "night_report.h"
#include "node_description.h"
#include "node_health.h"
#include "outbox.h"
#include "outlet.h"
#include "past.h"
#include "profile_text.h"
#include "readers_copy.h"
#include "regroup.h"
#include "retention.h"
#include "run_lock.h"
#include "span.h"
#include "step_selection.h"
#include "steps.h"
#include "tally.h"
#include "terms.h"
#include "transaction.h"
#include "transfer.h"
#include "upkeep.h"
#include "verdicts.h"
#include "wish.h"

/*
 * Open the database, by a file's path or as libpq has it where a server is.  Each
 * schema change since it was made is applied in a transaction of its own.  On
 * failure nothing stays open.
 */
int store_open(const char *path, const struct store_options *options, struct store **ret_store,
	       struct jo_err *err);

/* Rolls back what is not committed; cursors must be closed before.  NULL is fine. */
void store_close(struct store *store);

/* The path it was opened with; good until it is closed. */
const char *store_path(const struct store *store);

/* Whether the database is whole, as far as its engine can tell: -EBADMSG names the first fault.
 * Reads all of it. */
int store_check(struct store *store, struct jo_err *err);

/* For doctor and the admin's digest. */
struct store_counts {
	int64_t step_count;
	int64_t running_count;  /* without an end yet */
	int64_t unjudged_count; /* ended, and check has not looked yet */
	int64_t history_count;  /* ended before the nights that are judged */
	int64_t group_count;
	int64_t span_count, waiting_span_count; /* of steps; and of no step that is known */
	int64_t file_bytes;
};

/* Count all of it, which takes a second for a million steps. */
int store_counts(struct store *store, struct store_counts *ret_counts, struct jo_err *err);

/* Whether any record named a user, partition, class or the like so. */
int store_has_name(struct store *store, const char *name, bool *ret_has_name, struct jo_err *err);

/* ---- who may read it ---- */

/* As db_readers_set: let these read, and nobody else who was let before. */
int store_readers_set(struct store *store, const struct store_readers *readers, struct jo_err *err);

/* Whether what is read is a user's own alone, as somebody of store_readers.own sees it. */
bool store_is_own_only(const struct store *store);

/* ---- without opening the database ---- */

/* Whether other hosts reach the database under this name: a file is of one host. */
bool store_is_shared(const char *path);

/* Whether whoever runs this looks after the database, and so sees what is everybody's. */
bool store_is_keeper(const char *path);

/* Tell what is wrong with the place of the database: file system, folder, rights.  Returns whether
 * there is something to open. */
bool store_place_check(const char *path, store_tell_fn *tell, void *context);

/* Tell what is in the way of the readers; whether they can read as they are to. */
bool store_readers_check(const char *path, const struct store_readers *readers, store_tell_fn *tell,
			 void *context);

#endif

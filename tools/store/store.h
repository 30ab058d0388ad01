/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The site's database, as plain structs: steps, groups, models, verdicts,
 * findings and outgoing messages.  No SQL crosses this header, so a server
 * database can take SQLite's place behind it.
 *
 * Rules that hold for everything below
 *
 * - Functions return 0 (or a count, or 1 for "here is one") or a negative
 *   errno with *err filled; *ret_x is written on success alone.  The texts name
 *   the database file.  Nothing logs.
 *	-ENOENT	no such file	-EACCES, -EROFS	may not read, may not write
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
 * the last commit.  The file must lie on a local file system.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"
#include "step/step.h"
#include "step/verdict.h"

struct store;
struct store_cursor;

#include "steps.h"
#include "group.h"
#include "verdict.h"
#include "judged.h"
#include "drift.h"
#include "outbox.h"
#include "wish.h"
#include "tally.h"

enum store_mode {
	STORE_READ,   /* never changes the file; an older schema is refused with the way out */
	STORE_WRITE,  /* brings an older schema up to date */
	STORE_CREATE, /* STORE_WRITE, and makes the file (mode 0640) when there is none */
};

struct store_options {
	enum store_mode mode;
	int64_t busy_timeout_ms; /* how long to wait for another writer; 0 for not at all */
};

#define STORE_BUSY_TIMEOUT_MS 10000

/*
 * Open the database at path.  Each schema change since the file was made is
 * applied in a transaction of its own.  On failure nothing stays open.
 */
int store_open(const char *path, const struct store_options *options, struct store **ret_store,
	       struct jo_err *err);

/* Rolls back what is not committed; cursors must be closed before.  NULL is fine. */
void store_close(struct store *store);

/* The path it was opened with. */
const char *store_path(const struct store *store);

/*
 * Transactions do not nest.  begin takes the write lock (-EBUSY when another
 * program keeps it).  commit returns when the data is on the disk.  Without
 * begin every call is a transaction of its own.  rollback cannot fail.
 */
int store_begin(struct store *store, struct jo_err *err);
int store_commit(struct store *store, struct jo_err *err);
void store_rollback(struct store *store);

/* Whether the file is whole, as far as SQLite can tell: -EBADMSG names the first fault.  Reads all
 * of it. */
int store_check(struct store *store, struct jo_err *err);

/* For doctor and the admin's digest. */
struct store_counts {
	int64_t step_count;
	int64_t running_count;  /* without an end yet */
	int64_t unjudged_count; /* ended, and check has not looked yet */
	int64_t group_count;
	int64_t oldest_end_unix_us, newest_end_unix_us;
	int64_t file_bytes;
	int64_t schema_version;
};
int store_counts(struct store *store, struct store_counts *ret_counts, struct jo_err *err);

/* One node's health. */
struct store_node_health {
	const char *cluster;
	const char *node;
	int64_t last_record_unix_us;  /* newest time seen in its records */
	int64_t last_ingest_unix_us;  /* when ingest last took a record of it */
	int64_t dropped_count;        /* records it could not write, since ever */
	int64_t last_dropped_unix_us; /* when ingest last saw that count grow */
	int64_t bad_count;            /* lines of it that ingest set aside, since ever */
};
int store_node_health_open(struct store *store, struct store_cursor **ret_cursor,
			   struct jo_err *err);
int store_node_health_next(struct store_cursor *cursor, struct store_node_health *ret_health,
			   struct jo_err *err);

/* Ingest tells what it set aside; node may be "" when even that is not known. */
int store_add_bad(struct store *store, const char *cluster, const char *node, int64_t count,
		  int64_t now_unix_us, struct jo_err *err);

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

/*
 * End a cursor of any kind.  Every ..._next returns 1 and the next struct, 0 at
 * the end, or a negative errno.  Writing to rows that a cursor has not yet
 * reached may or may not be seen by it.
 */
void store_cursor_close(struct store_cursor *cursor);

#endif

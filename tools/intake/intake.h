/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways into the store: the plugin's spool, CSV files, Slurm's accounting.
 * Bad input is counted, named and set aside, and never stops the rest.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include <stdint.h>
#include <stdio.h>

#include "joboutliers/err.h"
#include "store/store.h"
#include "util/user.h"

/* The caller's side; any function may be NULL. */
struct intake_calls {
	void *context;
	/* The name of a uid, as user_name() of util/user.h. */
	int (*user_of)(void *context, int64_t uid, char name[USER_NAME_SIZE], struct jo_err *err);
	/* One line on something that was set aside: where, what, and what would be right. */
	void (*bad)(void *context, const char *text);
	/* How far it is, of how much (0: not known). */
	void (*progress)(void *context, int64_t done, int64_t total);
};

struct intake_stats {
	int64_t read_count; /* records or rows */
	struct store_added added;
	int64_t bad_count;     /* set aside */
	int64_t skipped_count; /* right, but nothing for us: extern steps, jobs that have not begun
				*/
};

/* A file holds one record; one that somebody filled by hand may hold more. */
#define INTAKE_FILE_MAX (64 << 20)

/*
 * Take the records in the spool folders, whose layout joboutliers/spool.h has,
 * and remove their files.
 *
 * A file is removed when its records are on the disk of the database, so it may
 * be broken off at any moment: the next run finds what is missing, and what was
 * taken already is taken once.  Lines that are no records go to SPOOL/bad, as
 * NODE.FILE.LINE beside a file of the same name and ".reason"; so do, as they
 * are and without being opened, links, FIFOs, folders and whatever else is not
 * a regular file of at most INTAKE_FILE_MAX.  A file whose bad lines cannot be
 * set aside stays where it is.
 *
 * Two runs at once are safe: the second returns -EBUSY at once.
 *
 * Returns 0, also when records were bad; or the first error, after having done
 * all the same whatever else could be done (a spool that is missing does not
 * stop the others).  *ret_stats is filled in any case with what was committed.
 */
int intake_spool(struct store *store, const char *const *spools, size_t spool_count,
		 const struct intake_calls *calls, int64_t now_unix_us,
		 struct intake_stats *ret_stats, struct jo_err *err);

/*
 * Import a CSV file ("-": standard input).  Columns, in any order:
 *
 *	job	a number, or as Slurm writes it: 12, 12_3 (array), 12+1 (heterogeneous),
 *		each with ".STEP" behind where there is no column step
 *	start	when it began: ISO 8601 (local time unless it says), or Unix seconds
 *	wall_s	how long it took, in seconds; these three are needed
 *	step	a number, "batch" (also when empty) or "interactive"
 *	cluster, partition, user, class, program, node	names; a class counts as declared, so
 *		all users share it
 *	input_bytes, mem_peak_bytes and other figures	sizes and numbers: step/columns.h has them
 *	state	Slurm's word; COMPLETED when empty
 *	exit_code	STATUS or STATUS:SIGNAL
 *	attr.NAME	an attribute
 *	verdict.NAME	what export adds; not looked at
 *
 * An empty field is missing.  A row's key is (cluster, job, step), so the same
 * file can be imported again: rows that are the same change nothing, others
 * replace what an earlier import said, and none replaces what the plugin
 * recorded.  Rows that differ in node alone are nodes of one step.
 *
 * Rows are committed in batches, so a run that breaks off is simply repeated.
 * rejects is where to write bad rows, with the header and a column "reason", or
 * NULL.  A bad header is an error before anything is changed: -EBADMSG.
 */
#define INTAKE_VERDICT_PREFIX "verdict."
int intake_csv(struct store *store, const char *path, const char *rejects,
	       const struct intake_calls *calls, int64_t now_unix_us,
	       struct intake_stats *ret_stats, struct jo_err *err);

/* What sacct is to print (-P -o): intake_sacct reads these fields in this order. */
extern const char intake_sacct_format[];

/*
 * Import what sacct printed, with or without its header: fp is its output, name
 * says what that is.  Steps are kept, the lines of jobs tell who and where.
 * Extern steps and jobs that have not begun are skipped.  Slurm knows no input
 * sizes; what the plugin or a CSV file said of a step is not replaced.
 */
int intake_sacct(struct store *store, FILE *fp, const char *name, const struct intake_calls *calls,
		 int64_t now_unix_us, struct intake_stats *ret_stats, struct jo_err *err);

#endif

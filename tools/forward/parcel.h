/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Some records of one node on their way from a spool to wherever they go.  The
 * order is what makes it safe to break off: a parcel is made durable there as a
 * whole, and only then are its files removed here.
 */
#ifndef FORWARD_PARCEL_H
#define FORWARD_PARCEL_H

#include <stdbool.h>
#include <stddef.h>

#include "forward/summary.h"
#include "joboutliers/record.h"

/*
 * A run that is killed leaves at most this many records in both places, and one
 * file of the target, which is synced, has as many.
 */
#define PARCEL_RECORDS 64

/* The plugin's names are digits, '-', '.' and a word: some 50 bytes. */
#define PARCEL_NAME_MAX 200

/* Of the first record in a file of several, so that the others' ".NUMBER" fits behind it. */
#define PARCEL_FIRST_NAME_MAX (PARCEL_NAME_MAX - 3)

enum parcel_fate {
	PARCEL_LEFT,    /* not taken; stays in the spool */
	PARCEL_CARRIED, /* safe in the target */
	PARCEL_KNOWN,   /* was safe in the target before */
	PARCEL_FOREIGN, /* something else has its name there; stays in the spool */
	PARCEL_WANTED,  /* of a dry run: would be carried */
};

/* A record, or what lies there as one. */
struct parcel_item {
	char name[PARCEL_NAME_MAX + 1]; /* its file's, had it one of its own */
	enum parcel_fate fate;
	size_t offset, len; /* in bytes */
};

struct parcel {
	const char *node;
	size_t count;
	struct parcel_item items[PARCEL_RECORDS];
	size_t used;
	char bytes[PARCEL_RECORDS * JO_RECORD_LINE_MAX];
};

/* Add the items' fates to the report's counts. */
void parcel_count(const struct parcel *parcel, struct forward_summary *report);

/*
 * Where records go.  take() sets the fate of each item; those that are carried
 * or known are durable when it returns, also when it returns a negative errno,
 * after which nothing more can be taken.
 */
struct parcel_sink {
	int (*take)(void *context, struct parcel *parcel, struct forward_summary *report,
		    struct jo_err *err);
	void *context;
};

/*
 * Whether it is a name as the plugin gives to a record, by its time: a digit,
 * then letters, digits, '.', '-' and '_'.  Whatever else lies in a spool was not
 * put there by a plugin that this program knows.
 */
bool parcel_is_record_name(const char *name);

/*
 * The name of the first record in a file of a spool, which is the file's own
 * without its number of records.  False where that is no record's name; *ret_name
 * is then anything.
 */
bool parcel_first_name(const char *file, char ret_name[PARCEL_NAME_MAX + 1]);

/* Whether it can be a node's folder in a spool: the same characters, beginning with no '.' or '-',
 * and not the folder of what is set aside. */
bool parcel_is_node_name(const char *name);

#endif

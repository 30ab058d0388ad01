/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of a parcel that become one file of the target, a line each: to make,
 * sync and rename a file costs the same for one as for many, there and where it is
 * ingested.  The file has the name of its first record, by which a run finds what
 * one before it had carried when it was killed.
 */
#ifndef FORWARD_PACK_H
#define FORWARD_PACK_H

#include "forward/parcel.h"

/* A record's name, the mark, and a number of records. */
#define PACK_NAME_SIZE (PARCEL_NAME_MAX + 4)

/* Of one parcel, which it points into, in its order. */
struct pack {
	const struct parcel *parcel;
	struct parcel_item *items[PARCEL_RECORDS];
	size_t count;
};

/* Whether it can stand in a file with others: it is one line with its newline.  Whatever else
 * comes under a record's name has a file of its own, so that ingest sees it as it was. */
bool pack_is_line(const struct parcel *parcel, const struct parcel_item *item);

/* The name in new/. */
void pack_name(const struct pack *pack, char ret_name[PACK_NAME_SIZE]);

/* Write all to fd; 0 or a negative errno. */
int pack_write(const struct pack *pack, int fd);

/* Whether a file with these bytes has the item: as a line of it, or as all of it. */
bool pack_has(const char *bytes, size_t len, const struct parcel *parcel,
	      const struct parcel_item *item);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spool that the plugin writes into, as the place where records come from. */
#ifndef FORWARD_ORIGIN_H
#define FORWARD_ORIGIN_H

#include <stdint.h>

#include "forward/parcel.h"

/*
 * Beside the nodes' folders; the dot keeps it out of ingest's sight.  Its mode
 * is 0600: whoever can open a file can hold a lock on it, so the folder itself,
 * which users may list, would be a wrong place for one.
 */
#define SOURCE_LOCK ".forward"

struct origin {
	const char *path;
	const char *node;    /* of this one alone; NULL for all */
	int64_t records_max; /* in this run; counts down */
	bool is_dry;         /* takes no lock, as it makes no file */
	int top_fd, lock_fd;
	struct parcel *parcel;
};

/*
 * Complain in the report of a spool that the plugin refuses, which is in
 * slurmd's log alone: one that lies where a step could wait for others.  Nothing
 * that can hang is touched.  What lies there from before may still be carried.
 */
void origin_check_place(const struct origin *source, struct forward_summary *report);

/*
 * Open and lock the spool.  Returns 0; -EBUSY when another run is at work; or
 * another negative errno.  After either there is nothing to close.
 */
int origin_open(struct origin *source, struct jo_err *err);
void origin_close(struct origin *source);

/*
 * Give the spool's records to the sink and remove those that are safe there.
 * What cannot be read and what is no record is a complaint in the report, and
 * stays.  Returns 0, or a negative errno when the sink takes no more.
 */
int origin_walk(struct origin *source, const struct parcel_sink *sink,
		struct forward_summary *report, struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records through the two pipes of a remote shell.  The one who sends hears of
 * each parcel what became of it, and removes only what is safe:
 *
 *	>  joboutliers-records 1
 *	>  parcel NODE COUNT
 *	>  NAME BYTES			COUNT times, each followed by its bytes
 *	<  ckl...			a letter for each, in order, and a newline
 *	>  end LEFT FOREIGN CUT		of the sender: two counts, and 0 or 1
 *
 * c is carried, k known, f "something else is there", l left.
 */
#ifndef FORWARD_WIRE_H
#define FORWARD_WIRE_H

#include <stddef.h>

#include "forward/parcel.h"

/* Longer than any line that is right. */
#define WIRE_LINE_SIZE 512

struct wire {
	int in_fd, out_fd;
	size_t used, pos; /* of buffer */
	char buffer[8192];
};

/* The side of the spool.  take() is as parcel_sink has it; context is a struct wire. */
int wire_send_begin(struct wire *wire, struct jo_err *err);
int wire_send_take(void *context, struct parcel *parcel, struct forward_summary *report,
		   struct jo_err *err);
int wire_send_end(struct wire *wire, const struct forward_summary *report, struct jo_err *err);

/* What the receiving side accepts. */
struct wire_limits {
	const char *node;    /* of this one alone; NULL for all */
	int64_t records_max; /* what comes beyond is left */
};

/*
 * The target's side: give to the sink whatever comes, and answer.  The other
 * side's counts go into the report.  Returns 0 after an "end", or a negative
 * errno.  When the other side said nothing at all, is_unanswered is set and 0
 * returned: its exit status says why.
 */
int wire_receive(struct wire *wire, const struct wire_limits *limits, struct parcel *parcel,
		 const struct parcel_sink *sink, struct forward_summary *report, struct jo_err *err);

#endif

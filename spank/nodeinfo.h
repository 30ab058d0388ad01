/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the node is made of, asked once when slurmd starts. */
#ifndef SPANK_NODEINFO_H
#define SPANK_NODEINFO_H

#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* hwloc 2, by the name under which every distribution has it. */
#define NODEINFO_LIBRARY "libhwloc.so.15"

/*
 * Fill the record's fields about the node's hardware; what hwloc does not know
 * stays missing.  Returns 0, -ENOENT when there is no such library, -ENOSYS when
 * it is not hwloc, or what hwloc says; the node's memory is known all the same.
 */
int nodeinfo_read(const char *library_name, struct jo_record *record, struct jo_err *err);

/* Set the processor's name, without the blanks around it; NULL is not known. */
void nodeinfo_set_model(struct jo_record *record, const char *name);

/*
 * The node's name as Slurm has it: what slurmd tells its steps, else slurmd's
 * own -N, else the host's name up to the first dot.
 */
int nodeinfo_name(char name[static JO_NAME_SIZE], struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folder between plugin and tools, by Maildir's rules: a file is written in
 * tmp/ and renamed into new/, so a reader sees all of it or nothing.  The plugin
 * writes one for each record; sjobforward one for several, each a line.  The
 * plugin's spool lies on the node itself, as a step must not wait for a file
 * system that hangs.  Each node has a folder of its own in it, so the
 * folder that sjobforward carries records to, and ingest reads, can be that of
 * many nodes, on a shared file system.
 *
 *	SPOOL/NODE/tmp/		being written
 *	SPOOL/NODE/new/NAME	a record that is ready; whoever ingests removes it
 *	SPOOL/NODE/new/NAME+N	N records; NAME is the first one's
 *	SPOOL/NODE/dropped	how many records could not be written, ever, in decimal
 *	SPOOL/NODE/node		what slurmd last wrote of the node; its first line is the cluster
 *	SPOOL/bad/		set aside by ingest, each with its reason
 *	SPOOL/.forward		locked by sjobforward while it carries records from here
 *	SPOOL/.ingest		locked by the ingest that reads here
 */
#ifndef JOBOUTLIERS_SPOOL_H
#define JOBOUTLIERS_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

#define JO_SPOOL_TMP "tmp"
#define JO_SPOOL_NEW "new"
#define JO_SPOOL_DROPPED "dropped"
#define JO_SPOOL_NODE "node"
#define JO_SPOOL_BAD "bad"

/* New files of one node beyond this are dropped and counted: about 100 MB of 1 kB lines on 4 kB
 * blocks. */
#define JO_SPOOL_FILES_MAX 25000

/* Between the name of the first record in a file and the number of all, where it is several. */
#define JO_SPOOL_COUNT_MARK '+'

/* How many records the file new/NAME says that it has: one, when it says nothing.  *ret_first_len,
 * which may be NULL, is how much of NAME is the name of the first. */
int jo_spool_record_count(const char *name, size_t *ret_first_len);

/*
 * Open the node's folder, making it and what is in it where missing (mode 0750,
 * so that the spool's group may read).  The spool folder itself is the
 * administrator's to make: it must be a folder, no link, owned by root or by
 * whoever runs this, and writable for the owner alone.
 *
 * Returns 0 and a descriptor of the folder, or -EINVAL for a node name that is
 * no file name, -ENOTDIR, -ELOOP or -EPERM for a spool that is not as said, or
 * what the system says.
 */
int jo_spool_open(const char *spool_path, const char *node, int *ret_node_fd, struct jo_err *err);

/* Whether new/ holds files_max entries or more: 1 or 0 (also when it is not there), or a negative
 * errno where that cannot be seen. */
int jo_spool_is_full(int node_fd, int files_max, struct jo_err *err);

/*
 * Hand over one record as new/NAME: all of it or nothing.  Folders that are
 * missing in the node's are made.  A record that cannot
 * be written leaves nothing behind.  The file is not synced: a node that loses
 * power loses the last seconds of records, which is cheaper than every step
 * waiting for a disk.
 */
int jo_spool_write(int node_fd, const char *name, const char *line, size_t len, struct jo_err *err);

/* Add one to the node's count of records that could not be written, as far as that can be done at
 * once. */
void jo_spool_count_dropped(int node_fd);

/* How many records were dropped, or JO_MISSING when it cannot be read. */
int64_t jo_spool_read_dropped(int node_fd);

#endif

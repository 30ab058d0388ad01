/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folder between plugin and tools, by Maildir's rules: a record is one
 * file, written in tmp/ and renamed into new/, so a reader sees all of it or
 * nothing.  Each node has a folder of its own, so the spool may be local to
 * the node or lie on a shared file system.
 *
 *	SPOOL/NODE/tmp/		being written
 *	SPOOL/NODE/new/		ready; whoever ingests removes it
 *	SPOOL/NODE/dropped	how many records could not be written, in decimal
 *	SPOOL/bad/		set aside by ingest, each with its reason
 */
#ifndef JOBOUTLIERS_SPOOL_H
#define JOBOUTLIERS_SPOOL_H

#include <stdint.h>

#include "joboutliers/err.h"

#define JO_SPOOL_TMP "tmp"
#define JO_SPOOL_NEW "new"
#define JO_SPOOL_DROPPED "dropped"
#define JO_SPOOL_BAD "bad"

/* New files of one node beyond this are dropped and counted: about 100 MB of 1 kB lines on 4 kB blocks. */
#define JO_SPOOL_FILES_MAX 25000

#endif

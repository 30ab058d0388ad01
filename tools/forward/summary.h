/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run has done and is doing.  It lies in memory that the worker shares
 * with the process that watches it: when the worker hangs in a file system and
 * cannot even be killed, the watcher can still tell what it was doing.
 */
#ifndef FORWARD_SUMMARY_H
#define FORWARD_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

/* As the exit statuses of sjoboutliers(1). */
enum forward_status {
	FORWARD_DONE,
	FORWARD_FAILED,
	FORWARD_USAGE,
	FORWARD_FOREIGN, /* done, but something that is no record was left where it is */
	FORWARD_BUSY,    /* another run is at work */
};

/* A spool full of garbage is told by its first lines and a count. */
#define FORWARD_COMPLAINTS_MAX 20

struct forward_summary {
	const char *volatile doing; /* for "gave up while ..."; never NULL */
	enum forward_status status;
	bool is_cut;        /* the time limit came, or a signal, before all was looked at */
	bool is_unanswered; /* --receive: the command said nothing; its exit status says why */
	int64_t carried_count;
	int64_t known_count;    /* lay in the target already */
	int64_t left_count;     /* records that stay for a later run, as far as they were seen */
	int64_t foreign_count;  /* what is no record */
	size_t complaint_count; /* also those beyond FORWARD_COMPLAINTS_MAX */
	char complaints[FORWARD_COMPLAINTS_MAX][sizeof(((struct jo_err *)0)->text)];
};

/* Set by SIGTERM, which is also how the watcher says that the time is over: end after the record
 * at hand. */
extern volatile bool forward_is_over;

/* Keep the text, and the status unless it is worse already: failed is worse than foreign. */
void forward_complain(struct forward_summary *report, enum forward_status status,
		      const struct jo_err *why);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder in which users leave requests for the next run that may write the database. */
#ifndef INTAKE_REQUEST_FOLDER_H
#define INTAKE_REQUEST_FOLDER_H

#include "intake/intake.h"
#include "intake/request.h"

/* Names in the folder that begin so are no requests: still being written; refused. */
#define REQUEST_UNFINISHED_PREFIX "."
#define REQUEST_REFUSED_PREFIX "refused."

/* Requests of one user in one run, more than anybody needs; what is beyond is refused. */
#define REQUEST_USER_MAX 1000

/*
 * Leave the request in the folder, whole or not at all, for the next run of
 * request_folder_take.  Returns 0 or a negative errno.
 */
int request_folder_leave(const char *folder, const struct request *request, struct jo_err *err);

struct request_folder_stats {
	int64_t taken_count, refused_count;
	int64_t stuck_count; /* refused, but could not be renamed: to be removed by hand */
};

/*
 * Take the requests in the folder, in the order in which they were left, and
 * remove their files when their effects are on the disk.  What is not a small
 * regular file with one name, what cannot be read as a request, what may not be
 * asked for, and what one user has beyond REQUEST_USER_MAX, is renamed to
 * "refused.NAME", or "refused.INODE.TIME" where that name is too long or taken,
 * with a line to calls->bad, and never keeps the others.  What cannot be renamed
 * is told in one line a run.  Nothing but a regular file is opened.  A request
 * whose owner's name is not to be had just now stays, with a line to calls->bad.
 *
 * Returns 0; or a negative errno when the folder cannot be trusted (it must
 * belong to root or to who takes, and be sticky if others may write it) or the
 * database failed: then all requests wait.  Or what kept it from looking at all
 * that is there, or made it leave some of it, or what was taken stay there; the
 * others are taken all the same.
 */
int request_folder_take(struct store *store, const char *folder, const struct intake_calls *calls,
			int64_t now_unix_us, struct request_folder_stats *ret_stats,
			struct jo_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What users ask for: not to be told of some findings, a mail a week, or that a
 * step counts as normal.  They may not write the database, so they leave a
 * small file in a folder that is sticky and writable for all, as /tmp is; who
 * owns the file is who asks.  Nothing in the file says who it is from.
 *
 * The file is one JSON object in at most REQUEST_FILE_MAX bytes:
 *
 *	{"v":1,"ask":"mute","class":"align","partition":"gpu","until_unix_us":1767225600000000}
 *	{"v":1,"ask":"unmute","class":"align"}
 *	{"v":1,"ask":"weekly"}		{"v":1,"ask":"nightly"}
 *	{"v":1,"ask":"expect","cluster":"hpc","job_id":4711,"array_task_id":3,"step_id":0}
 *
 * What is not there is "any"; only job_id is needed, to expect.
 */
#ifndef INTAKE_REQUEST_H
#define INTAKE_REQUEST_H

#include "joboutliers/record.h"
#include "store/store.h"

/* All members at their longest are 600 bytes, or some more where names need escapes. */
#define REQUEST_FILE_MAX 2048

enum request_kind {
	REQUEST_MUTE,
	REQUEST_UNMUTE,
	REQUEST_WEEKLY,
	REQUEST_NIGHTLY,
	REQUEST_EXPECT,
};

struct request {
	enum request_kind kind;
	char class_name[JO_CLASS_SIZE]; /* "": any */
	char partition[JO_NAME_SIZE];   /* "": any */
	char cluster[JO_NAME_SIZE];     /* "": any */
	int64_t until_unix_us;          /* JO_MISSING: for good */
	struct store_job job;           /* JO_MISSING: any */
};

/* A request of this kind for anything. */
void request_init(struct request *request, enum request_kind kind);

/* Put a name into one of the request's members.  -EINVAL: it is too long, or no text. */
int request_set_name(char *member, size_t size, const char *text, struct jo_err *err);

/* The request as a file has it; the caller frees it. */
char *request_format(const struct request *request);

/* Read it; -EBADMSG says what is wrong with it. */
int request_parse(const char *text, size_t len, struct request *ret_request, struct jo_err *err);

/*
 * Do what the user asks for, or with is_look only see whether it could be done.
 * uid is the user's, or JO_MISSING for whoever may write the database anyway.
 *
 * Returns how many steps, mutes or settings it is about; -EPERM for a job that
 * is not the user's, -ENOENT for one that is not known or has not ended, -EDQUOT
 * for one mute too many; another negative errno means that the database failed.
 */
int request_apply(struct store *store, const struct request *request, const char *user, int64_t uid,
		  int64_t now_unix_us, bool is_look, struct jo_err *err);

#endif

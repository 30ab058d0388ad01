/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a path can be looked at without waiting for ever.  Folders that hosts
 * share may well be another machine's; who asks such a one that does not answer
 * may not even be killed, so a program of its own does.
 */
#include "cmd/doctor.h"
#include "joboutliers/mounts.h"
#include "util/run.h"

#include <errno.h>

/* A file server that is well answers in milliseconds; one that restarts takes longer than anybody
 * waits for doctor. */
#define ANSWER_S 5

static bool is_local(const char *path)
{
	struct jo_mounts mounts;
	bool is_local = false;

	if (jo_mounts_read("", &mounts, NULL) < 0)
		return false;
	is_local = jo_mounts_check_local(&mounts, path, NULL) == 0;
	jo_mounts_free(&mounts);
	return is_local;
}

bool doctor_answers(struct doctor *doctor, const char *path)
{
	const char *const argv[] = {"test", "-e", path, NULL};
	struct run_result result = {0};
	int rc;

	if (path[0] == '\0' || is_local(path))
		return true;
	rc = run_program(argv, NULL, 0, ANSWER_S, &result, NULL);
	run_result_release(&result);
	if (rc != -ETIMEDOUT)
		return true;
	doctor_tell(doctor, DOCTOR_FAIL,
		    "%s: the file system that it is on did not answer within %d s; it was left "
		    "alone",
		    path, ANSWER_S);
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks and runs the hook; what it is given is the caller's. */
#include "notify/hook_program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/run.h"

/* A complaint is one line; whoever logs more has files for that. */
#define OUTPUT_MAX 65536

/* What the service or a person's shell had is no business of it, and would differ between the two.
 */
static const char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LC_ALL=C.UTF-8",
	NULL,
};

int hook_program_check(const char *path, struct jo_err *err)
{
	struct stat st;

	if (stat(path, &st) < 0 || access(path, X_OK) < 0)
		return jo_err_sys(err, -errno, "Hook %s", path);
	if (!S_ISREG(st.st_mode))
		return jo_err_set(err, -EPERM, "Hook %s: is no program", path);
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return jo_err_set(err, -EPERM,
				  "Hook %s: others may change it, so it is not run: chown root %s; "
				  "chmod go-w %s",
				  path, path, path);
	return 0;
}

int hook_program_run(const char *path, int timeout_s, const json_t *finding, struct jo_err *err)
{
	const char *const argv[] = {path, NULL};
	char *line = json_dumps(finding, JSON_COMPACT);
	struct run_result result = {0};
	size_t len;
	int rc;

	if (line == NULL)
		return jo_err_set(err, -EBADMSG, "a finding that is no JSON");
	/* The newline takes the NUL's place. */
	len = strlen(line);
	line[len] = '\n';
	rc = run_program_bounded(argv, environment, OUTPUT_MAX, line, len + 1, timeout_s, &result,
				 err);
	if (rc == 0)
		rc = run_result_check(path, &result, err);
	run_result_release(&result);
	free(line);
	return rc;
}

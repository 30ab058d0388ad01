/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Called by a job: appends what only the running program knows to the step's
 * attribute file, from which the plugin takes it at the step's end.  It runs on
 * compute nodes, and so needs libc alone.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/attr.h"
#include "joboutliers/units.h"

#define FILE_VARIABLE "SJOB_ATTRIBUTES"

enum { STATUS_DONE, STATUS_FAILED, STATUS_USAGE };

/* In a script with "set -e" any other status would end the job, over a remark about it. */
static bool is_strict;

const char *argp_program_version = "sjobattr " JO_VERSION;

struct args {
	bool is_quiet;
	size_t used;
	char lines[(JO_ATTR_MAX + 1) * (JO_ATTR_KEY_SIZE + JO_ATTR_VALUE_SIZE + 1)];
	struct jo_attrs attrs;
};

static const struct argp_option options[] = {
	{"quiet", 'q', NULL, 0, "outside of a recorded step, do nothing and say nothing", 0},
	{"strict", 's', NULL, 0, "what cannot be declared is an exit status; without it, a message",
	 0},
	{0},
};

/* Checks "KEY=VALUE" as the plugin will, and keeps it as a line. */
static int take_pair(struct args *args, const char *text, struct jo_err *err)
{
	size_t key_len = strcspn(text, "=");
	char key[JO_ATTR_KEY_SIZE + 1];
	int64_t bytes;
	int rc;

	if (text[key_len] == '\0')
		return jo_err_set(err, -EINVAL, "'%.40s': expected KEY=VALUE", text);
	(void)snprintf(key, sizeof(key), "%.*s", (int)key_len, text);
	if (strcmp(key, JO_ATTR_INPUT_SIZE) == 0 || strcmp(key, JO_ATTR_PEAK_ALLOCATED) == 0)
		rc = jo_bytes_parse(text + key_len + 1, &bytes, err);
	else
		rc = jo_attrs_set(&args->attrs, key, text + key_len + 1, err);
	if (rc < 0)
		return rc;
	rc = snprintf(args->lines + args->used, sizeof(args->lines) - args->used, "%s\n", text);
	if ((size_t)rc >= sizeof(args->lines) - args->used)
		return jo_err_set(err, -E2BIG, "'%s' is one too many", key);
	args->used += (size_t)rc;
	return 0;
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct args *args = state->input;
	struct jo_err err;

	switch (key) {
	case 'q':
		args->is_quiet = true;
		return 0;
	case 's':
		is_strict = true;
		argp_err_exit_status = STATUS_USAGE;
		return 0;
	case ARGP_KEY_ARG:
		if (take_pair(args, text, &err) == 0)
			return 0;
		/* argp_failure() ends only with a status that is a failure. */
		argp_failure(state, 0, 0, "%s", err.text);
		exit(argp_err_exit_status);
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "expected KEY=VALUE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	option,
	"KEY=VALUE...",
	"Declare what the running job step knows about itself, such as input_size=40G.",
	NULL,
	NULL,
	NULL,
};

/* All lines at once: two tasks that append at the same time do not mix theirs. */
static int append(const char *path, const char *lines, size_t len, struct jo_err *err)
{
	struct stat st;
	ssize_t n;
	int fd, rc;

	fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s", path);
	if (fstat(fd, &st) < 0) {
		rc = jo_err_sys(err, -errno, "stat %s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		rc = jo_err_set(err, -EINVAL, "%s is no file", path);
		goto out;
	}
	n = write(fd, lines, len);
	if (n < 0)
		rc = jo_err_sys(err, -errno, "write %s", path);
	else if ((size_t)n < len)
		rc = jo_err_sys(err, -ENOSPC, "write %s", path);
	else
		rc = 0;
out:
	if (close(fd) < 0 && rc == 0)
		rc = jo_err_sys(err, -errno, "write %s", path);
	return rc;
}

int main(int argc, char **argv)
{
	static struct args args;
	const char *path = getenv(FILE_VARIABLE);
	struct jo_err err;

	argp_err_exit_status = STATUS_DONE;
	/* A limit of file sizes, or nobody who reads a message, is an error and no end by signal.
	 */
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)argp_parse(&argp, argc, argv, 0, NULL, &args);
	if (path == NULL || path[0] == '\0') {
		if (args.is_quiet)
			return STATUS_DONE;
		(void)fprintf(stderr,
			      "%s: %s is not set: not in a job step that joboutliers records\n",
			      program_invocation_short_name, FILE_VARIABLE);
		return is_strict ? STATUS_FAILED : STATUS_DONE;
	}
	if (append(path, args.lines, args.used, &err) < 0) {
		(void)fprintf(stderr, "%s: %s\n", program_invocation_short_name, err.text);
		return is_strict ? STATUS_FAILED : STATUS_DONE;
	}
	return STATUS_DONE;
}

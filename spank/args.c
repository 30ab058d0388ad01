/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the plugin's arguments from plugstack.conf. */
#include "args.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/spool.h"
#include "joboutliers/utf8.h"

/* More files than this in one folder serve nobody; the type holds it with room. */
#define FILES_MAX_LIMIT 10000000

static bool read_path(const char *value, void *ret_value)
{
	if (value[0] != '/' || strlen(value) >= PATH_MAX)
		return false;
	*(const char **)ret_value = value;
	return true;
}

/* Of a search path, in which a colon would end it: what follows could be the job's own folder. */
static bool read_entry(const char *value, void *ret_value)
{
	return strchr(value, ':') == NULL && read_path(value, ret_value);
}

static bool read_program(const char *value, void *ret_value)
{
	if (strcmp(value, "off") != 0)
		return read_path(value, ret_value);
	*(const char **)ret_value = NULL;
	return true;
}

static bool read_name(const char *value, void *ret_value)
{
	if (value[0] == '\0')
		return false;
	jo_utf8_clean(ret_value, JO_NAME_SIZE, value);
	return true;
}

static bool read_count(const char *value, void *ret_value)
{
	char *end;
	long count;

	errno = 0;
	count = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || count < 1 || count > FILES_MAX_LIMIT)
		return false;
	*(int *)ret_value = (int)count;
	return true;
}

static bool read_choice(const char *value, void *ret_value)
{
	bool is_yes = strcmp(value, "yes") == 0;

	if (!is_yes && strcmp(value, "no") != 0)
		return false;
	*(bool *)ret_value = is_yes;
	return true;
}

static bool read_profile(const char *value, void *ret_value)
{
	static const char *const words[] = {
		[PROFILE_OFF] = "off", [PROFILE_ASK] = "ask", [PROFILE_ON] = "on"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], value) == 0) {
			*(enum args_profile *)ret_value = (enum args_profile)i;
			return true;
		}
	return false;
}

static bool read_share(const char *value, void *ret_value)
{
	char *end;
	double share;

	errno = 0;
	share = strtod(value, &end);
	if (errno != 0 || end == value || *end != '\0' || !(share >= 0 && share <= 1))
		return false;
	*(double *)ret_value = share;
	return true;
}

static const struct {
	const char *key;
	const char *expected;
	size_t offset;
	bool (*read)(const char *value, void *ret_value);
} keys[] = {
	{"spool", "an absolute path", offsetof(struct args, spool), read_path},
	{"attributes", "an absolute path", offsetof(struct args, attributes), read_path},
	{"cluster", "a name", offsetof(struct args, cluster), read_name},
	{"files_max", "a number of files", offsetof(struct args, files_max), read_count},
	{"traceparent", "yes or no", offsetof(struct args, traceparent), read_choice},
	{"profile", "off, ask or on", offsetof(struct args, profile), read_profile},
	{"profile_share", "a share from 0 to 1", offsetof(struct args, profile_share), read_share},
	{"profile_python", "an absolute path without ':'", offsetof(struct args, profile_python),
	 read_entry},
	{"profile_native", "an absolute path or off", offsetof(struct args, profile_native),
	 read_program},
};

static int read_one(const char *argument, struct args *args, struct jo_err *err)
{
	size_t len = strcspn(argument, "=");

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (argument[len] != '=' || strlen(keys[i].key) != len ||
		    strncmp(keys[i].key, argument, len) != 0)
			continue;
		if (keys[i].read(argument + len + 1, (char *)args + keys[i].offset))
			return 0;
		return jo_err_set(err, -EINVAL, "plugstack.conf: '%s': expected %s", argument,
				  keys[i].expected);
	}
	return jo_err_set(err, -EINVAL,
			  "plugstack.conf: unknown argument '%s': expected spool=, attributes=, "
			  "cluster=, files_max=, traceparent=, profile=, profile_share=, "
			  "profile_python= or profile_native=",
			  argument);
}

int args_read(int argc, char **argv, struct args *ret_args, struct jo_err *err)
{
	int rc = 0;

	ret_args->spool = "/var/spool/joboutliers";
	/* Where jobs have a /tmp of their own, this is still everybody's. */
	ret_args->attributes = "/var/tmp";
	ret_args->cluster[0] = '\0';
	ret_args->files_max = JO_SPOOL_FILES_MAX;
	ret_args->traceparent = false;
	ret_args->profile = PROFILE_OFF;
	ret_args->profile_share = 1;
	ret_args->profile_python = JO_PYTHONDIR;
	ret_args->profile_native = JO_SAMPLER;
	for (int i = 0; i < argc; i++) {
		int one = read_one(argv[i], ret_args, rc == 0 ? err : NULL);

		if (rc == 0)
			rc = one;
	}
	return rc;
}

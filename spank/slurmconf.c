/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds one key in slurm.conf, by the rules of slurm.conf(5) for keys and values. */
#include "slurmconf.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/utf8.h"

/* Where Slurm looks when it is built as distributions do. */
#define SLURM_CONF_DEFAULT "/etc/slurm/slurm.conf"

#define KEY "ClusterName"

const char *slurmconf_path(void)
{
	const char *path = getenv("SLURM_CONF");

	return path == NULL || path[0] == '\0' ? SLURM_CONF_DEFAULT : path;
}

/* The value behind the key in one line, in place; or NULL. */
static char *find_value(char *line)
{
	char *value, *end;

	line[strcspn(line, "#\n")] = '\0';
	value = strcasestr(line, KEY);
	/* The end of a longer key is another one. */
	if (value == NULL || (value > line && !isspace((unsigned char)value[-1])))
		return NULL;
	value += strlen(KEY);
	value += strspn(value, " \t");
	if (*value++ != '=')
		return NULL;
	value += strspn(value, " \t");
	if (*value == '"')
		end = value + 1 + strcspn(value + 1, "\""), value++;
	else
		end = value + strcspn(value, " \t\r");
	*end = '\0';
	return *value == '\0' ? NULL : value;
}

int slurmconf_cluster(const char *path, char ret_cluster[static JO_NAME_SIZE], struct jo_err *err)
{
	FILE *file = fopen(path, "re");
	char *line = NULL, *value = NULL;
	size_t size = 0;
	int rc;

	if (file == NULL)
		return jo_err_sys(err, -errno, "cluster's name: open %s", path);
	while (value == NULL && getline(&line, &size, file) > 0)
		value = find_value(line);
	if (value == NULL) {
		rc = jo_err_set(err, -ENOENT,
				"%s has no " KEY ": records name no cluster; plugstack.conf can, "
				"with cluster=",
				path);
		goto out;
	}
	for (char *c = value; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	jo_utf8_clean(ret_cluster, JO_NAME_SIZE, value);
	rc = 0;
out:
	free(line);
	(void)fclose(file);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts files. */
#include "cmd/spools.h"
#include "joboutliers/record.h"
#include "joboutliers/spool.h"
#include "util/alloc.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What was set aside has its reason in a file beside it. */
#define REASON_SUFFIX ".reason"

static bool is_reason(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(REASON_SUFFIX) &&
	       strcmp(name + len - strlen(REASON_SUFFIX), REASON_SUFFIX) == 0;
}

int64_t spool_count_files(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int64_t count = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.' && !is_reason(entry->d_name);
	(void)closedir(dir);
	return count;
}

void spool_count(const char *path, int64_t *ret_waiting_count, int64_t *ret_bad_count)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int64_t waiting_count = 0;
	char *sub;

	*ret_waiting_count = *ret_bad_count = JO_MISSING;
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, JO_SPOOL_BAD) == 0)
			continue;
		sub = xasprintf("%s/%s/" JO_SPOOL_NEW, path, entry->d_name);
		waiting_count += spool_count_files(sub);
		free(sub);
	}
	(void)closedir(dir);
	sub = xasprintf("%s/" JO_SPOOL_BAD, path);
	*ret_waiting_count = waiting_count;
	*ret_bad_count = spool_count_files(sub);
	free(sub);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts files, and looks at how old they are. */
#include "cmd/spools.h"
#include "joboutliers/record.h"
#include "joboutliers/spool.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/when.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What was set aside has its reason in a file beside it. */
#define REASON_SUFFIX ".reason"

static bool is_reason(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(REASON_SUFFIX) &&
	       strcmp(name + len - strlen(REASON_SUFFIX), REASON_SUFFIX) == 0;
}

int64_t spools_count_files(const char *path)
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

/* How many files a folder has, how many of them changed at or after a time, and when the oldest
 * did. */
static int64_t look_at_files(const char *path, int64_t new_from_unix_us, int64_t *new_count,
			     int64_t *oldest_unix_us)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int64_t count = 0;
	struct stat st;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		int64_t changed_unix_us;

		if (entry->d_name[0] == '.' || is_reason(entry->d_name) ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		changed_unix_us = (int64_t)st.st_mtim.tv_sec * JO_US_PER_S;
		count++;
		*new_count += changed_unix_us >= new_from_unix_us;
		if (*oldest_unix_us == JO_MISSING || changed_unix_us < *oldest_unix_us)
			*oldest_unix_us = changed_unix_us;
	}
	(void)closedir(dir);
	return count;
}

static struct health_spool look_at_spool(const char *path, int64_t new_from_unix_us)
{
	struct health_spool spool = {path, JO_MISSING, JO_MISSING, JO_MISSING, JO_MISSING};
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int64_t ignored = 0, ignored_time = JO_MISSING;
	char *sub;

	if (dir == NULL)
		return spool;
	spool.waiting_count = spool.new_bad_count = 0;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, JO_SPOOL_BAD) == 0)
			continue;
		sub = xasprintf("%s/%s/" JO_SPOOL_NEW, path, entry->d_name);
		spool.waiting_count +=
			look_at_files(sub, new_from_unix_us, &ignored, &spool.oldest_unix_us);
		free(sub);
	}
	(void)closedir(dir);
	sub = xasprintf("%s/" JO_SPOOL_BAD, path);
	spool.bad_count = look_at_files(sub, new_from_unix_us, &spool.new_bad_count, &ignored_time);
	free(sub);
	return spool;
}

struct health_spool *spools_look(const struct conf *conf, int64_t new_from_unix_us)
{
	struct health_spool *spools = xcalloc(conf->spool.count + 1, sizeof(*spools));

	for (size_t i = 0; i < conf->spool.count; i++)
		spools[i] = look_at_spool(conf->spool.list[i], new_from_unix_us);
	return spools;
}

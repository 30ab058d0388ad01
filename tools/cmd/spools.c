/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts files, and looks at how old they are. */
#include "cmd/spools.h"
#include "joboutliers/record.h"
#include "joboutliers/spool.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/listing.h"
#include "util/log.h"
#include "util/when.h"

#include <errno.h>
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

/* What the file of a name counts for: itself, or the records in it. */
typedef int weight(const char *name);

static int one(const char *name)
{
	(void)name;
	return 1;
}

static int records_in(const char *name)
{
	return jo_spool_record_count(name, NULL);
}

/* Files of one folder, or of several. */
struct files {
	weight *weigh;
	int64_t count; /* as they weigh */
	int64_t new_count;
	int64_t oldest_unix_us; /* JO_MISSING: of none */
};

/* Add one file, of which new is what changed at or after a time; one that is gone again is none. */
static int look_at_file(int folder_fd, const char *name, int64_t new_from_unix_us,
			struct files *files)
{
	int64_t changed_unix_us;
	struct stat st;

	if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	changed_unix_us = (int64_t)st.st_mtim.tv_sec * JO_US_PER_S;
	files->count += files->weigh(name);
	files->new_count += changed_unix_us >= new_from_unix_us;
	if (files->oldest_unix_us == JO_MISSING || changed_unix_us < files->oldest_unix_us)
		files->oldest_unix_us = changed_unix_us;
	return 0;
}

/* What is no folder, or not there, has no files. */
static bool is_no_folder(int rc)
{
	return rc == -ENOENT || rc == -ENOTDIR;
}

static int look_at_files(const char *path, int64_t new_from_unix_us, struct files *files)
{
	struct listing listing = listing_open(path);
	const struct dirent *entry;
	int rc = 0, list_rc;

	while (rc == 0 && (entry = listing_next(&listing)) != NULL)
		if (!is_reason(entry->d_name))
			rc = look_at_file(dirfd(listing.dir), entry->d_name, new_from_unix_us,
					  files);
	list_rc = listing_close(&listing);
	if (rc == 0 && !is_no_folder(list_rc))
		rc = list_rc;
	return rc;
}

static int count(const char *path, weight *weigh, int64_t *ret_count)
{
	struct listing listing = listing_open(path);
	const struct dirent *entry;
	int64_t sum = 0;
	int rc;

	while ((entry = listing_next(&listing)) != NULL)
		if (!is_reason(entry->d_name))
			sum += weigh(entry->d_name);
	rc = listing_close(&listing);
	if (rc < 0 && !is_no_folder(rc))
		return rc;
	*ret_count = sum;
	return 0;
}

int spools_count_files(const char *path, int64_t *ret_count)
{
	return count(path, one, ret_count);
}

int spools_count_records(const char *path, int64_t *ret_count)
{
	return count(path, records_in, ret_count);
}

static struct health_spool look_at_spool(const char *path, int64_t new_from_unix_us)
{
	struct files waiting = {records_in, 0, 0, JO_MISSING}, bad = {one, 0, 0, JO_MISSING};
	struct listing listing = listing_open(path);
	const struct dirent *entry;
	int rc = 0, list_rc;
	char *sub;

	while (rc == 0 && (entry = listing_next(&listing)) != NULL) {
		if (strcmp(entry->d_name, JO_SPOOL_BAD) == 0)
			continue;
		sub = xasprintf("%s/%s/" JO_SPOOL_NEW, path, entry->d_name);
		rc = look_at_files(sub, new_from_unix_us, &waiting);
		free(sub);
	}
	list_rc = listing_close(&listing);
	if (rc == 0)
		rc = list_rc;
	sub = xasprintf("%s/" JO_SPOOL_BAD, path);
	if (rc == 0)
		rc = look_at_files(sub, new_from_unix_us, &bad);
	free(sub);
	/* what is known in part is not known: fewer than there are would look as if all were well */
	if (rc < 0) {
		/* a user who asks may not look, and is told nothing of it */
		if (rc != -EACCES)
			log_line("%s: what waits there is not known: %s", path,
				 strerror(-rc));
		return (struct health_spool){path, JO_MISSING, JO_MISSING, JO_MISSING, JO_MISSING};
	}
	return (struct health_spool){path, waiting.count, waiting.oldest_unix_us, bad.count,
				     bad.new_count};
}

struct health_spool *spools_look(const struct conf *conf, int64_t new_from_unix_us)
{
	struct health_spool *spools = xcalloc(conf->spool.count + 1, sizeof(*spools));

	for (size_t i = 0; i < conf->spool.count; i++)
		spools[i] = look_at_spool(conf->spool.list[i], new_from_unix_us);
	return spools;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums files, folders and patterns; knows nothing of Slurm. */
#include "inputfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sum {
	int64_t bytes;
	int64_t file_count;
};

static int add_file(struct sum *sum, const struct stat *st, const char *path, struct jo_err *err)
{
	if (++sum->file_count > INPUT_FILES_MAX)
		return jo_err_set(err, -E2BIG,
				  "input files: more than %d files at %s: use --input-size",
				  INPUT_FILES_MAX, path);
	if (__builtin_add_overflow(sum->bytes, (int64_t)st->st_size, &sum->bytes))
		return jo_err_set(err, -ERANGE, "input files: their sum is too large at %s", path);
	return 0;
}

static int add_folder(struct sum *sum, char *path, struct jo_err *err)
{
	char *const paths[] = {path, NULL};
	FTSENT *entry;
	int rc = 0;
	FTS *fts;

	/* The named folder itself may be a link; what lies in it is taken as it is. */
	fts = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
	if (fts == NULL)
		return jo_err_sys(err, -errno, "input files: open %s", path);
	while (rc == 0 && (errno = 0, entry = fts_read(fts)) != NULL) {
		switch (entry->fts_info) {
		case FTS_F:
			rc = add_file(sum, entry->fts_statp, entry->fts_path, err);
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			rc = jo_err_sys(err, -entry->fts_errno, "input files: read %s",
					entry->fts_path);
			break;
		default:
			break;
		}
	}
	if (rc == 0 && errno != 0)
		rc = jo_err_sys(err, -errno, "input files: read %s", path);
	(void)fts_close(fts);
	return rc;
}

static int add_path(struct sum *sum, char *path, struct jo_err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return jo_err_sys(err, -errno, "input file %s", path);
	if (S_ISDIR(st.st_mode))
		return add_folder(sum, path, err);
	if (!S_ISREG(st.st_mode))
		return jo_err_set(err, -EINVAL, "input file %s: expected a file or a folder", path);
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0)
		return jo_err_sys(err, -errno, "input file %s", path);
	return add_file(sum, &st, path, err);
}

/* A name that exists is meant as it is, even with a '*' in it. */
static int add_pattern(struct sum *sum, char *pattern, struct jo_err *err)
{
	glob_t matches = {0};
	struct stat st;
	int rc = 0;

	if (pattern[0] == '\0')
		return jo_err_set(err, -EINVAL, "input files: empty path: expected PATH[,PATH...]");
	if (lstat(pattern, &st) == 0 || strpbrk(pattern, "*?[") == NULL)
		return add_path(sum, pattern, err);

	switch (glob(pattern, 0, NULL, &matches)) {
	case 0:
		break;
	case GLOB_NOMATCH:
		rc = jo_err_set(err, -ENOENT, "input files: nothing matches %s", pattern);
		break;
	default:
		rc = jo_err_set(err, -EIO, "input files: cannot search %s", pattern);
		break;
	}
	for (size_t i = 0; rc == 0 && i < matches.gl_pathc; i++)
		rc = add_path(sum, matches.gl_pathv[i], err);
	globfree(&matches);
	return rc;
}

int input_files_size(const char *paths, int64_t *ret_bytes, struct jo_err *err)
{
	struct sum sum = {0, 0};
	char path[PATH_MAX];

	for (;;) {
		size_t len = strcspn(paths, ",");
		int rc;

		if (len >= sizeof(path))
			return jo_err_set(err, -ENAMETOOLONG,
					  "input file %.40s...: the path is too long", paths);
		memcpy(path, paths, len);
		path[len] = '\0';
		rc = add_pattern(&sum, path, err);
		if (rc < 0)
			return rc;
		if (paths[len] == '\0')
			break;
		paths += len + 1;
	}
	*ret_bytes = sum.bytes;
	return 0;
}

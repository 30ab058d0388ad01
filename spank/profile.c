/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder of a step's samples, read as what it is: hostile. */
#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "joboutliers/dirents.h"
#include "joboutliers/hash.h"
#include "profile_rate.h"
#include "samples.h"
#include "userfile.h"

#define PYTHONPATH "PYTHONPATH"

/* Longer ones, which no program of ours has seen, are left alone, and the step is not sampled. */
#define PYTHONPATH_MAX 16384

/*
 * A file that nobody writes.  The folder's own number does not tell it from others: on an overlay
 * it is another one when the kernel has forgotten the folder and looks again.
 */
#define MARK ".made"

/* What a user leaves beyond these is the user's, and for what cleans the folder. */
#define REMOVED_MAX 4096
#define REMOVE_US_MAX (500 * INT64_C(1000))

void profile_init(struct profile *profile)
{
	profile->rate_hz = 0;
	profile->missing = NULL;
	profile->path[0] = '\0';
}

/* Whether a step is among those that a site wants to be sampled unasked, without a trace of order.
 */
static bool is_in_share(double share, const struct jo_record *record)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "%" PRId64 ".%" PRId64 ".%" PRId64, record->job_id,
		       record->step_id, record->restart_count);
	/* The hash's upper half: the lower bits of texts that differ at their end follow it. */
	return (double)(jo_hash_text64(text) >> 32) < share * 4294967296.0;
}

void profile_decide(struct profile *profile, const struct args *args, bool is_said, int rate_hz,
		    const struct jo_record *record)
{
	if (!is_said)
		rate_hz = args->profile == PROFILE_ON && is_in_share(args->profile_share, record)
				  ? PROFILE_RATE_USUAL_HZ
				  : 0;
	if (rate_hz != 0 && args->profile == PROFILE_OFF)
		profile->missing = "switched off on this node";
	else
		profile->rate_hz = rate_hz;
}

/* Put a file into the open folder by which it is known again. */
static int mark(struct profile *profile, int dir_fd, struct jo_err *err)
{
	int fd = openat(dir_fd, MARK, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat st;
	int rc = 0;

	if (fd < 0)
		return jo_err_sys(err, -errno, "make a file in %s", profile->path);
	if (fstat(fd, &st) < 0) {
		rc = jo_err_sys(err, -errno, "stat a file in %s", profile->path);
	} else {
		profile->file_dev = st.st_dev;
		profile->mark_ino = st.st_ino;
	}
	(void)close(fd);
	return rc;
}

/* Give the open folder to its user, and remember which one it is. */
static int own(struct profile *profile, int fd, gid_t gid, struct jo_err *err)
{
	struct stat st;
	int rc = mark(profile, fd, err);

	if (rc < 0)
		return rc;
	if (geteuid() != profile->uid && fchown(fd, profile->uid, gid) < 0)
		return jo_err_sys(err, -errno, "give folder %s to uid %u", profile->path,
				  (unsigned int)profile->uid);
	if (fstat(fd, &st) < 0)
		return jo_err_sys(err, -errno, "stat folder %s", profile->path);
	profile->dev = st.st_dev;
	return 0;
}

int profile_make(struct profile *profile, const char *dir, gid_t gid,
		 const struct jo_record *record, struct jo_err *err)
{
	uint64_t random;
	int fd = -1, rc;

	if (profile->rate_hz == 0)
		return 0;
	profile->uid = (uid_t)record->uid;
	/* Around it is everybody's: a name that can be guessed could be taken. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return jo_err_sys(err, -errno, "name a folder for samples");
	if (snprintf(profile->path, sizeof(profile->path),
		     "%s/.sjobprofile-%" PRId64 ".%" PRId64 "-%016" PRIx64, dir, record->job_id,
		     record->step_id, random) >= (int)sizeof(profile->path)) {
		profile->path[0] = '\0';
		return jo_err_set(err, -ENAMETOOLONG, "folder for samples in %s", dir);
	}
	if (mkdir(profile->path, 0700) < 0) {
		rc = jo_err_sys(err, -errno, "make folder %s", profile->path);
		profile->path[0] = '\0';
		return rc;
	}
	fd = open(profile->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	rc = fd < 0 ? jo_err_sys(err, -errno, "open folder %s", profile->path)
		    : own(profile, fd, gid, err);
	if (fd >= 0) {
		if (rc < 0)
			(void)unlinkat(fd, MARK, 0);
		(void)close(fd);
	}
	if (rc < 0) {
		(void)rmdir(profile->path);
		profile->path[0] = '\0';
	}
	return rc;
}

/* Whether one of the folders of a search path is this one. */
static bool has_folder(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	for (; *path != '\0'; path += strcspn(path, ":"), path += *path == ':')
		if (strcspn(path, ":") == len && strncmp(path, folder, len) == 0)
			return true;
	return false;
}

static int set_python_path(spank_t spank, const char *folder, struct jo_err *err)
{
	char *text = malloc(PYTHONPATH_MAX + PATH_MAX + 2);
	int rc = 0;
	size_t len = strlen(folder);
	spank_err_t got;

	if (text == NULL)
		return jo_err_set(err, -ENOMEM, "no memory for " PYTHONPATH);
	memcpy(text, folder, len);
	text[len] = ':';
	got = spank_getenv(spank, PYTHONPATH, text + len + 1, PYTHONPATH_MAX);
	/* An empty entry would be the folder in which the program runs. */
	if (got == ESPANK_ENV_NOEXIST || (got == ESPANK_SUCCESS && text[len + 1] == '\0'))
		text[len] = '\0';
	else if (got == ESPANK_SUCCESS && has_folder(text + len + 1, folder))
		goto out;
	else if (got != ESPANK_SUCCESS)
		rc = jo_err_set(err, -E2BIG, PYTHONPATH " is too long for one more folder");
	if (rc == 0 && spank_setenv(spank, PYTHONPATH, text, 1) != ESPANK_SUCCESS)
		rc = jo_err_set(err, -EINVAL, "cannot set " PYTHONPATH " for the step");
out:
	free(text);
	return rc;
}

int profile_prepare(const struct profile *profile, spank_t spank, const struct args *args,
		    struct jo_err *err)
{
	/* The rate's digits before the path. */
	char text[sizeof(profile->path) + 12];
	int rc = 0;

	if (profile->path[0] != '\0') {
		rc = set_python_path(spank, args->profile_python, err);
		(void)snprintf(text, sizeof(text), "%d:%s", profile->rate_hz, profile->path);
		if (rc == 0 && spank_setenv(spank, PROFILE_VARIABLE, text, 1) == ESPANK_SUCCESS)
			return 0;
		if (rc == 0)
			rc = jo_err_set(err, -EINVAL,
					"cannot set " PROFILE_VARIABLE " for the step");
	}
	if (spank_getenv(spank, PROFILE_VARIABLE, text, sizeof(text)) != ESPANK_ENV_NOEXIST)
		(void)spank_unsetenv(spank, PROFILE_VARIABLE);
	return rc;
}

static bool has_mark(const struct profile *profile, int path_fd)
{
	int fd = openat(path_fd, MARK, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	ino_t ino;
	bool is_it;

	if (fd < 0)
		return false;
	is_it = userfile_is_on(fd, profile->file_dev, &ino) && ino == profile->mark_ino;
	(void)close(fd);
	return is_it;
}

/* Open the folder if it is the one that was made. */
static int open_folder(const struct profile *profile, struct jo_err *err)
{
	int path_fd = open(profile->path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), fd;
	ino_t ino;

	if (path_fd < 0)
		return jo_err_sys(err, -errno, "its folder");
	if (!userfile_is_on(path_fd, profile->dev, &ino) || !has_mark(profile, path_fd)) {
		fd = jo_err_set(err, -ESTALE, "its folder was replaced");
	} else {
		fd = openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			fd = jo_err_sys(err, -errno, "its folder");
	}
	(void)close(path_fd);
	return fd;
}

static int read_samples(const struct profile *profile, const char *not_native,
			struct jo_record *record, struct jo_err *err)
{
	struct samples_from from = {
		.uid = profile->uid, .dev = profile->file_dev, .not_native = not_native};
	int rc;

	from.dir_fd = open_folder(profile, err);
	if (from.dir_fd < 0)
		return from.dir_fd;
	rc = samples_read(&from, record, err);
	(void)close(from.dir_fd);
	return rc;
}

int profile_take(struct profile *profile, const char *not_native, struct jo_record *record,
		 struct jo_err *err)
{
	struct jo_err why;
	int rc;

	if (profile->rate_hz == 0) {
		jo_record_set_string(record->profile_missing, sizeof(record->profile_missing),
				     profile->missing);
		return 0;
	}
	record->profile_rate_hz = profile->rate_hz;
	if (profile->path[0] == '\0')
		rc = jo_err_set(&why, -ENOENT, "the node has no folder for samples");
	else
		rc = read_samples(profile, not_native, record, &why);
	if (rc < 0)
		jo_record_set_string(record->profile_missing, sizeof(record->profile_missing),
				     why.text);
	profile_remove(profile);
	/* A step without samples is no failure. */
	if (rc < 0 && rc != -ENODATA)
		return jo_err_set(err, rc, "no profile: %s", why.text);
	return 0;
}

static void remove_files(int dir_fd)
{
	int64_t end_us = clock_now_us(CLOCK_MONOTONIC) + REMOVE_US_MAX;
	const struct jo_dirent *dirent;
	struct jo_dirents dirents;
	int count = 0;

	jo_dirents_init(&dirents, dir_fd);
	while (count++ < REMOVED_MAX && clock_now_us(CLOCK_MONOTONIC) < end_us &&
	       (dirent = jo_dirents_next(&dirents)) != NULL)
		if (unlinkat(dir_fd, dirent->name, 0) < 0 && errno == EISDIR)
			(void)unlinkat(dir_fd, dirent->name, AT_REMOVEDIR);
}

void profile_remove(struct profile *profile)
{
	int dir_fd;

	if (profile->path[0] == '\0')
		return;
	dir_fd = open_folder(profile, NULL);
	if (dir_fd >= 0) {
		remove_files(dir_fd);
		(void)close(dir_fd);
	}
	/* The user may have put anything there. */
	if (rmdir(profile->path) < 0 && errno == ENOTDIR)
		(void)unlink(profile->path);
	profile->path[0] = '\0';
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's attribute file, read as what it is: hostile. */
#include "attrfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/attr.h"
#include "joboutliers/units.h"
#include "userfile.h"

void attrfile_init(struct attrfile *attrfile)
{
	attrfile->path[0] = '\0';
}

/* Give the open file to its user, and remember which one it is. */
static int own(struct attrfile *attrfile, int fd, uid_t uid, gid_t gid, struct jo_err *err)
{
	struct stat st;

	if (geteuid() != uid && fchown(fd, uid, gid) < 0)
		return jo_err_sys(err, -errno, "give attribute file %s to uid %u", attrfile->path,
				  (unsigned int)uid);
	if (fstat(fd, &st) < 0)
		return jo_err_sys(err, -errno, "stat attribute file %s", attrfile->path);
	attrfile->uid = uid;
	attrfile->dev = st.st_dev;
	attrfile->ino = st.st_ino;
	return 0;
}

int attrfile_make(struct attrfile *attrfile, const char *dir, uid_t uid, gid_t gid, int64_t job_id,
		  int64_t step_id, struct jo_err *err)
{
	uint64_t random;
	int fd, rc;

	/* The folder is everybody's: a name that can be guessed could be taken. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return jo_err_sys(err, -errno, "name an attribute file");
	if (snprintf(attrfile->path, sizeof(attrfile->path),
		     "%s/.sjobattr-%" PRId64 ".%" PRId64 "-%016" PRIx64, dir, job_id, step_id,
		     random) >= (int)sizeof(attrfile->path)) {
		attrfile_init(attrfile);
		return jo_err_set(err, -ENAMETOOLONG, "attribute file in %s", dir);
	}
	fd = open(attrfile->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		rc = jo_err_sys(err, -errno, "make attribute file %s", attrfile->path);
		attrfile_init(attrfile);
		return rc;
	}
	rc = own(attrfile, fd, uid, gid, err);
	(void)close(fd);
	if (rc < 0)
		attrfile_remove(attrfile);
	return rc;
}

/* What is no attribute but a field of its own. */
static void take_input_size(struct jo_record *record, int64_t bytes)
{
	record->input_bytes = bytes;
	record->input_source = JO_INPUT_PROGRAM;
}

/* Each of a step's processes may tell its own. */
static void take_peak(struct jo_record *record, int64_t bytes)
{
	if (record->mem_allocated_bytes == JO_MISSING || record->mem_allocated_bytes < bytes)
		record->mem_allocated_bytes = bytes;
}

static const struct {
	const char *key;
	void (*take)(struct jo_record *record, int64_t bytes);
} sizes[] = {{JO_ATTR_INPUT_SIZE, take_input_size}, {JO_ATTR_PEAK_ALLOCATED, take_peak}};

/* One line, without its newline; 0 or -EINVAL. */
static int take_line(char *line, struct jo_record *record)
{
	char *value = strchr(line, '=');
	int64_t bytes;

	if (value == NULL)
		return -EINVAL;
	*value++ = '\0';
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (strcmp(line, sizes[i].key) != 0)
			continue;
		if (jo_bytes_parse(value, &bytes, NULL) < 0)
			return -EINVAL;
		sizes[i].take(record, bytes);
		return 0;
	}
	return jo_attrs_set(&record->attrs, line, value, NULL) < 0 ? -EINVAL : 0;
}

static int take_text(char *text, size_t len, struct jo_record *record, struct jo_err *err)
{
	char *line, *rest = text;
	int skipped = 0;

	/* A NUL would hide the rest of its line. */
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && take_line(line, record) < 0)
			skipped++;
	if (skipped > 0)
		return jo_err_set(err, -EINVAL, "attribute file: %d lines are no attributes",
				  skipped);
	return 0;
}

/* Open what lies there if it is the file that was made. */
static int open_same(const struct attrfile *attrfile, struct stat *ret_st, struct jo_err *err)
{
	int fd = userfile_open(AT_FDCWD, attrfile->path, attrfile->dev, ret_st), rc;

	if (fd == -ESTALE)
		return jo_err_set(err, -ESTALE, "attribute file: it was replaced");
	if (fd < 0)
		return jo_err_sys(err, fd, "attribute file: open");
	if (!S_ISREG(ret_st->st_mode) || ret_st->st_uid != attrfile->uid ||
	    ret_st->st_ino != attrfile->ino) {
		rc = jo_err_set(err, -ESTALE, "attribute file: it was replaced");
	} else if (ret_st->st_size > ATTRFILE_MAX) {
		rc = jo_err_set(err, -EFBIG, "attribute file: %lld bytes, at most %d",
				(long long)ret_st->st_size, ATTRFILE_MAX);
	} else {
		return fd;
	}
	(void)close(fd);
	return rc;
}

int attrfile_read(const struct attrfile *attrfile, struct jo_record *record, struct jo_err *err)
{
	char *text = NULL;
	size_t used = 0;
	struct stat st;
	ssize_t n = 0;
	int fd, rc = 0;

	if (attrfile->path[0] == '\0')
		return 0;
	fd = open_same(attrfile, &st, err);
	if (fd < 0)
		return fd;
	if (st.st_size == 0)
		goto out;

	/* The file may grow under our eyes; what its size promised is read. */
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL) {
		rc = jo_err_set(err, -ENOMEM, "attribute file: no memory");
		goto out;
	}
	while (used < (size_t)st.st_size &&
	       (n = read(fd, text + used, (size_t)st.st_size - used)) > 0)
		used += (size_t)n;
	if (n < 0) {
		rc = jo_err_sys(err, -errno, "attribute file: read");
		goto out;
	}
	text[used] = '\0';
	rc = take_text(text, used, record, err);
out:
	free(text);
	(void)close(fd);
	return rc;
}

void attrfile_remove(struct attrfile *attrfile)
{
	/* The user may have put anything there, also an empty folder. */
	if (attrfile->path[0] != '\0' && unlink(attrfile->path) < 0 && errno == EISDIR)
		(void)rmdir(attrfile->path);
	attrfile_init(attrfile);
}

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

#include "joboutliers/units.h"

#define INPUT_SIZE_KEY "input_size"

void attrfile_init(struct attrfile *attrfile)
{
	*attrfile = (struct attrfile){.dir_fd = -1, .fd = -1};
}

int attrfile_make(struct attrfile *attrfile, const char *dir, uid_t uid, gid_t gid, int64_t job_id,
		  int64_t step_id, char *ret_path, struct jo_err *err)
{
	uint64_t random;
	int rc;

	/* The folder is everybody's: a name that can be guessed could be taken. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return jo_err_sys(err, -errno, "name an attribute file");
	(void)snprintf(attrfile->name, sizeof(attrfile->name),
		       ".sjobattr-%" PRId64 ".%" PRId64 "-%016" PRIx64, job_id, step_id, random);
	if (snprintf(ret_path, PATH_MAX, "%s/%s", dir, attrfile->name) >= PATH_MAX)
		return jo_err_set(err, -ENAMETOOLONG, "attribute file in %s", dir);

	attrfile->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (attrfile->dir_fd < 0)
		return jo_err_sys(err, -errno, "attribute file: open folder %s", dir);
	attrfile->fd = openat(attrfile->dir_fd, attrfile->name,
			      O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (attrfile->fd < 0) {
		rc = jo_err_sys(err, -errno, "make attribute file %s", ret_path);
		attrfile_remove(attrfile);
		return rc;
	}
	if (geteuid() != uid && fchown(attrfile->fd, uid, gid) < 0) {
		rc = jo_err_sys(err, -errno, "give attribute file %s to uid %u", ret_path,
				(unsigned int)uid);
		attrfile_remove(attrfile);
		return rc;
	}
	return 0;
}

/* One line, without its newline; 0 or -EINVAL. */
static int take_line(char *line, struct jo_record *record)
{
	char *value = strchr(line, '=');
	int64_t bytes;

	if (value == NULL)
		return -EINVAL;
	*value++ = '\0';
	if (strcmp(line, INPUT_SIZE_KEY) != 0)
		return jo_attrs_set(&record->attrs, line, value, NULL) < 0 ? -EINVAL : 0;
	if (jo_bytes_parse(value, &bytes, NULL) < 0)
		return -EINVAL;
	record->input_bytes = bytes;
	record->input_source = JO_INPUT_PROGRAM;
	return 0;
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

int attrfile_read(const struct attrfile *attrfile, struct jo_record *record, struct jo_err *err)
{
	size_t used = 0;
	struct stat st;
	ssize_t n = 0;
	char *text;
	int rc;

	if (attrfile->fd < 0)
		return 0;
	if (fstat(attrfile->fd, &st) < 0)
		return jo_err_sys(err, -errno, "attribute file: stat");
	if (st.st_size == 0)
		return 0;
	if (st.st_size > ATTRFILE_MAX)
		return jo_err_set(err, -EFBIG, "attribute file: %lld bytes, at most %d",
				  (long long)st.st_size, ATTRFILE_MAX);

	/* It may grow under our eyes; what was promised by its size is read. */
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return jo_err_set(err, -ENOMEM, "attribute file: no memory");
	while (used < (size_t)st.st_size &&
	       (n = pread(attrfile->fd, text + used, (size_t)st.st_size - used, (off_t)used)) > 0)
		used += (size_t)n;
	if (n < 0) {
		rc = jo_err_sys(err, -errno, "attribute file: read");
	} else {
		text[used] = '\0';
		rc = take_text(text, used, record, err);
	}
	free(text);
	return rc;
}

void attrfile_remove(struct attrfile *attrfile)
{
	if (attrfile->fd >= 0) {
		(void)close(attrfile->fd);
		/* The user may have put anything there, also an empty folder. */
		if (unlinkat(attrfile->dir_fd, attrfile->name, 0) < 0 && errno == EISDIR)
			(void)unlinkat(attrfile->dir_fd, attrfile->name, AT_REMOVEDIR);
	}
	if (attrfile->dir_fd >= 0)
		(void)close(attrfile->dir_fd);
	attrfile_init(attrfile);
}

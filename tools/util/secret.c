/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a file is is asked of what was opened. */
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_file(int fd, const char *path, enum secret_readers readers, struct jo_err *err)
{
	static const mode_t modes[] = {[SECRET_NOBODY_ELSE] = 0600, [SECRET_A_GROUP] = 0640};
	struct stat info;

	if (fstat(fd, &info) != 0)
		return jo_err_sys(err, -errno, "%s", path);
	if (!S_ISREG(info.st_mode))
		return jo_err_set(err, -EINVAL, "%s: expected a file", path);
	if (info.st_uid != 0 && info.st_uid != geteuid())
		return jo_err_set(err, -EACCES, "%s: belongs to user %u, expected root or oneself",
				  path, (unsigned)info.st_uid);
	if ((info.st_mode & 0777 & ~modes[readers] & ~0100U) != 0)
		return jo_err_set(
			err, -EACCES,
			"%s: others may read it (mode %03o), expected %03o: chmod %03o it", path,
			(unsigned)info.st_mode & 0777, (unsigned)modes[readers],
			(unsigned)modes[readers]);
	return 0;
}

int secret_read(const char *path, enum secret_readers readers, char *buf, size_t size,
		struct jo_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc;
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", path);
	rc = check_file(fd, path, readers, err);
	while (rc == 0 && n > 0 && len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			rc = jo_err_sys(err, -errno, "%s", path);
		else
			len += (size_t)n;
	}
	(void)close(fd);
	if (rc == 0 && len == size)
		rc = jo_err_set(err, -EFBIG, "%s: expected at most %zu bytes", path, size - 1);
	buf[len < size ? len : size - 1] = '\0';
	return rc;
}

int secret_read_line(const char *path, enum secret_readers readers,
		     char ret_line[static SECRET_LINE_SIZE], struct jo_err *err)
{
	int rc = secret_read(path, readers, ret_line, SECRET_LINE_SIZE, err);

	ret_line[strcspn(ret_line, "\r\n")] = '\0';
	if (rc == 0 && ret_line[0] == '\0')
		rc = jo_err_set(err, -EINVAL, "%s: expected a line of 1 to %d bytes", path,
				SECRET_LINE_SIZE - 1);
	return rc;
}

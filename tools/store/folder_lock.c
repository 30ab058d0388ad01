/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The number is random: two folders that have the same one, or a copy of a folder, wait for each
 * other, and lose nothing by it. */
#include "folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "open_store.h"
#include "util/alloc.h"

#define FILE_NAME ".ingest"

/* Who can open it can hold a lock on it, also for reading, and so stop who reads the folder. */
#define FILE_MODE 0600

#define NUMBER_SIZE 12 /* of a text with a number of 31 bits and a newline */

struct store_folder_lock {
	int fd;
	struct store_lock *lock;
};

static int lock_file(int fd, const char *folder, struct jo_err *err)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK
		       ? jo_err_set(err, -EBUSY, "%s: %s", folder, db_lock_busy[STORE_LOCK_INGEST])
		       : jo_err_sys(err, -errno, "lock %s/" FILE_NAME, folder);
}

/* Make up the number of a folder that has none, whose file is locked. */
static int make_number(int fd, uint32_t *ret_number)
{
	char text[NUMBER_SIZE];
	uint32_t number;
	int len;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return -EIO;
	number &= INT32_MAX;
	len = snprintf(text, sizeof(text), "%" PRIu32 "\n", number);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)len, 0) != len)
		return errno != 0 ? -errno : -EIO;
	*ret_number = number;
	return 0;
}

static int read_number(int fd, const char *folder, uint32_t *ret_number, struct jo_err *err)
{
	char text[NUMBER_SIZE + 1];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	unsigned long number;
	char *end = text;
	int rc;

	if (len < 0)
		return jo_err_sys(err, -errno, "read %s/" FILE_NAME, folder);
	text[len] = '\0';
	number = strtoul(text, &end, 10);
	if (end == text || *end != '\n' || number > INT32_MAX) {
		rc = make_number(fd, ret_number);
		return rc < 0 ? jo_err_sys(err, rc, "write %s/" FILE_NAME, folder) : 0;
	}
	*ret_number = (uint32_t)number;
	return 0;
}

static int open_file(const char *folder, int *ret_fd, struct jo_err *err)
{
	int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (folder_fd < 0)
		return jo_err_sys(err, -errno, "open folder %s", folder);
	*ret_fd =
		openat(folder_fd, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	if (*ret_fd < 0)
		rc = jo_err_sys(err, -errno, "open %s/" FILE_NAME, folder);
	(void)close(folder_fd);
	return rc;
}

int store_folder_lock_take(struct store *store, const char *folder,
			   struct store_folder_lock **ret_lock, struct jo_err *err)
{
	struct store_lock_name name = {.kind = STORE_LOCK_INGEST, .is_part = true};
	struct store_folder_lock held = {.fd = -1};
	int rc = open_file(folder, &held.fd, err);

	if (rc == 0)
		rc = lock_file(held.fd, folder, err);
	if (rc == 0)
		rc = read_number(held.fd, folder, &name.first, err);
	name.last = name.first;
	if (rc == 0)
		rc = db_lock_hold(store->db, &name, &held.lock, err);
	if (rc == 0) {
		*ret_lock = xmalloc(sizeof(**ret_lock));
		**ret_lock = held;
	} else if (held.fd >= 0) {
		(void)close(held.fd);
	}
	return rc;
}

void store_folder_lock_release(struct store_folder_lock *lock)
{
	if (lock == NULL)
		return;
	db_lock_release(lock->lock);
	(void)close(lock->fd);
	free(lock);
}

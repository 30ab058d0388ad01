/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver's part that SQLite leaves to us: the database's file, and those beside it. */
#include "sqlite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "driver.h"
#include "joboutliers/mounts.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* ---- the file ---- */

/* SQLite would make the file with 0644; names and job classes are nobody else's business. */
int sqlite_file_make(const char *path, struct jo_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0)
		return errno == EEXIST ? 0 : jo_err_sys(err, -errno, "create database %s", path);
	(void)close(fd);
	return 1;
}

/*
 * The name that SQLite gives its log: without links.  So what is locked is the file, whatever it
 * is called.  The caller frees it.
 */
static char *own_name(const char *database)
{
	char *path = realpath(database, NULL); /* NULL: there is none yet */

	return path != NULL ? path : xstrdup(database);
}

/* What is beside the file under its name and more; the caller frees it. */
static char *beside(const char *database, const char *more)
{
	char *own = own_name(database);
	char *path = xasprintf("%s%s", own, more);

	free(own);
	return path;
}

/* What SQLite makes beside it. */
static const char *const log_suffixes[] = {"-wal", "-shm"};
#define LOGS (sizeof(log_suffixes) / sizeof(log_suffixes[0]))

/*
 * SQLite makes its log with the database's mode, and leaves it when that changes
 * later: who may read the database alone reads nothing.  By O_PATH, as closing
 * what is open otherwise would let go of SQLite's locks on it.
 */
static void share_mode(const char *path, mode_t mode)
{
	for (size_t i = 0; i < LOGS; i++) {
		char *log = beside(path, log_suffixes[i]);
		int fd = open(log, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		char *same = xasprintf("/proc/self/fd/%d", fd);
		struct stat st;

		/* Of one that is somebody else's the mode cannot be changed, and readers are told.
		 */
		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    (st.st_mode & ACCESSPERMS) != (mode & ACCESSPERMS))
			(void)chmod(same, mode & ACCESSPERMS);
		if (fd >= 0)
			(void)close(fd);
		free(same);
		free(log);
	}
}

static int check_logs(const char *path, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < LOGS; i++) {
		char *log = beside(path, log_suffixes[i]);

		if (faccessat(AT_FDCWD, log, R_OK, AT_EACCESS) < 0 && errno == EACCES)
			rc = jo_err_set(err, -EACCES,
					"database %s: %s may not be read; the next ingest gives it "
					"the database's own mode",
					path, log);
		free(log);
	}
	return rc;
}

bool sqlite_file_lacks_log(const char *path)
{
	bool is_lacking = false;

	for (size_t i = 0; !is_lacking && i < LOGS; i++) {
		char *log = beside(path, log_suffixes[i]);

		is_lacking = access(log, F_OK) < 0 && errno == ENOENT;
		free(log);
	}
	return is_lacking;
}

/*
 * SQLite's own answer to what is no database file is vague, so look first.  Of
 * a file that may not be written it would make a log with the same mode, which
 * then stands in the way when the file's has been put right.
 */
static int check_file(const char *path, enum store_mode mode, struct jo_err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return jo_err_sys(err, -errno, "database %s", path);
	if (!S_ISREG(st.st_mode))
		return jo_err_set(err, -EBADMSG, "database %s: not a regular file", path);
	if (mode != STORE_READ && faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) < 0)
		return jo_err_sys(err, -errno, "write to database %s", path);
	if (mode == STORE_READ)
		return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0
			       ? jo_err_sys(err, -errno, "database %s", path)
			       : check_logs(path, err);
	share_mode(path, st.st_mode);
	return 0;
}

int sqlite_file_ready(const char *path, enum store_mode mode, struct jo_err *err)
{
	int rc = 0;

	if (mode == STORE_CREATE)
		rc = sqlite_file_make(path, err);
	return rc < 0 ? rc : check_file(path, mode, err);
}

bool sqlite_file_is_keeper(const char *database)
{
	struct stat st;

	return geteuid() == 0 || (stat(database, &st) == 0 && st.st_uid == geteuid());
}

/* ---- the files beside it ---- */

/* How the file of a lock is called, and what stands before its name. */
static const struct {
	const char *suffix;
	const char *open; /* where it cannot be opened */
	const char *lock; /* where the system has no locks */
} lock_files[STORE_LOCK_COUNT] = {
	[STORE_LOCK_INGEST] = {".ingest", "open ", "lock "},
	[STORE_LOCK_CHECK] = {".check", "open ", "lock "},
	[STORE_LOCK_MAIL] = {".mail-lock", "", ""},
	[STORE_LOCK_NIGHT] = {".night", "", ""},
	[STORE_LOCK_READERS] = {".readers-lock", "", ""},
	[STORE_LOCK_HOOK] = {".hook-lock", "", ""},
	[STORE_LOCK_SEND] = {".send-lock", "", ""},
	[STORE_LOCK_LOGS] = {".logs-lock", "", ""},
	[STORE_LOCK_PAST] = {".past-lock", "", ""},
};

/* Who can open a file can hold a lock on it, also for reading, and so stop who writes. */
#define LOCK_MODE 0600

char *sqlite_file_lock_title(const char *database, enum store_lock_kind kind)
{
	return beside(database, lock_files[kind].suffix);
}

/* ---- its place ---- */

/* Who is told what was found. */
struct listener {
	store_tell_fn *tell;
	void *context;
};

/* The text is freed. */
static void tell(const struct listener *listener, enum store_grade grade, char *text)
{
	listener->tell(listener->context, grade, text);
	free(text);
}

/* Less than this share of a file system left is little: a night of a large site's steps and the
 * log take some of it. */
#define FREE_SHARE_MIN 0.05

/* SQLite's locks and its shared memory hold on file systems of this host alone; others are not even
 * touched. */
static bool check_mount(const struct listener *listener, const char *path)
{
	struct jo_mounts mounts;
	struct jo_err err;
	int rc = jo_mounts_read("", &mounts, &err);

	if (rc < 0) {
		tell(listener, STORE_GRADE_WARN,
		     xasprintf("%s; where %s lies was not checked", err.text, path));
		return true;
	}
	rc = jo_mounts_check_local(&mounts, path, &err);
	jo_mounts_free(&mounts);
	if (rc < 0)
		tell(listener, STORE_GRADE_FAIL,
		     xasprintf("%s; SQLite stalls or corrupts elsewhere: set Database to one",
			       err.text));
	return rc == 0;
}

static void check_space(const struct listener *listener, const char *folder)
{
	struct statvfs fs;

	if (statvfs(folder, &fs) < 0)
		return;
	if (fs.f_blocks > 0 && (double)fs.f_bavail < FREE_SHARE_MIN * (double)fs.f_blocks)
		tell(listener, STORE_GRADE_WARN,
		     xasprintf("%s: its file system is %.0f %% full", folder,
			       100 - 100 * (double)fs.f_bavail / (double)fs.f_blocks));
}

/* Adds the path to those of files that everybody may read, if it is one. */
static void add_if_open(struct strbuf *paths, char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IROTH) != 0)
		strbuf_addf(paths, " %s", path);
	free(path);
}

/*
 * Who may read the database also reads mails that wait and addresses, and by a
 * lock for reading on its index or a lock's file keeps everybody from writing.
 */
static void check_readers(const struct listener *listener, const char *path)
{
	struct strbuf paths;

	strbuf_init(&paths);
	add_if_open(&paths, xstrdup(path));
	for (size_t i = 0; i < LOGS; i++)
		add_if_open(&paths, beside(path, log_suffixes[i]));
	for (size_t i = 0; i < STORE_LOCK_COUNT; i++)
		add_if_open(&paths, sqlite_file_lock_title(path, (enum store_lock_kind)i));
	if (paths.len > 0)
		tell(listener, STORE_GRADE_WARN,
		     xasprintf(
			     "%s: everybody may read it or a file beside it, and so read mails "
			     "and addresses, and stop all writing by holding a lock: chmod 640%s, "
			     "and give readers a copy of their own by ReadersDatabase=PATH",
			     path, paths.text));
	strbuf_release(&paths);
}

static bool check_rights(const struct listener *listener, const char *path, const char *folder)
{
	struct stat st;

	if (access(folder, R_OK | W_OK | X_OK) < 0) {
		tell(listener, STORE_GRADE_FAIL,
		     xasprintf("%s: %s; the database's folder must exist and be writable: "
			       "install -d -m 750 %s",
			       folder, strerror(errno), folder));
		return false;
	}
	if (stat(path, &st) < 0 && errno == ENOENT) {
		tell(listener, STORE_GRADE_WARN,
		     xasprintf("%s: is not there yet; the first ingest makes it, or "
			       "'sjoboutliers database --create'",
			       path));
		return false;
	}
	if (access(path, R_OK | W_OK) < 0) {
		tell(listener, STORE_GRADE_FAIL,
		     xasprintf("%s: %s; ingest must run as a user who may write it", path,
			       strerror(errno)));
		return false;
	}
	if ((st.st_mode & S_IWOTH) != 0)
		tell(listener, STORE_GRADE_FAIL,
		     xasprintf("%s: everybody may write it: chmod o-w %s", path, path));
	check_readers(listener, path);
	return true;
}

bool sqlite_file_place_check(const char *database, store_tell_fn *tell_fn, void *context)
{
	const struct listener listener = {tell_fn, context};
	const char *folder;
	bool is_there;
	char *own;

	if (!check_mount(&listener, database))
		return false;
	own = own_name(database);
	folder = dirname(own);
	check_space(&listener, folder);
	is_there = check_rights(&listener, database, folder);
	free(own);
	return is_there;
}

bool sqlite_file_readers_check(const char *database, const struct store_readers *readers,
			       store_tell_fn *tell_fn, void *context)
{
	const struct listener listener = {tell_fn, context};

	if (readers->own_count == 0 && readers->all_count == 0)
		return true;
	tell(&listener, STORE_GRADE_WARN,
	     xasprintf("%s: is a file, of which Readers and ReadersAll can let nobody read a part: "
		       "give readers a copy by ReadersDatabase=PATH, or put it on a server",
		       database));
	return false;
}

/* ---- locks: files beside the database, which is on a local file system ---- */

struct file_lock {
	struct store_lock lock;
	int fd;
};

/* A part is a byte of the file, which need not be there; beside it the whole is shared. */
static bool lock_part(int fd, const struct store_lock_name *name)
{
	struct flock range = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)name->first,
		.l_len = (off_t)name->last - (off_t)name->first + 1,
	};

	return flock(fd, LOCK_SH | LOCK_NB) == 0 && fcntl(fd, F_OFD_SETLK, &range) == 0;
}

static bool lock_whole(int fd, const struct store_lock_name *name)
{
	int rc;

	do {
		rc = flock(fd, name->is_awaited ? LOCK_EX : LOCK_EX | LOCK_NB);
	} while (rc < 0 && errno == EINTR);
	return rc == 0;
}

/* Both locks are bound to the open file, so a crash leaves nothing to clean up. */
static int lock_file(int fd, const char *path, const struct store_lock_name *name,
		     struct jo_err *err)
{
	/* Of one that somebody else made only they can change the mode; doctor tells of it. */
	(void)fchmod(fd, LOCK_MODE);
	if (name->is_part ? lock_part(fd, name) : lock_whole(fd, name))
		return 0;
	return errno == EWOULDBLOCK || errno == EACCES
		       ? jo_err_set(err, -EBUSY, "%s: %s", path, db_lock_busy[name->kind])
		       : jo_err_sys(err, -errno, "%s%s", lock_files[name->kind].lock, path);
}

int sqlite_file_lock_take(const char *database, struct db *db, const struct store_lock_name *name,
			  struct store_lock **ret_lock, struct jo_err *err)
{
	char *path = sqlite_file_lock_title(database, name->kind);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);
	int rc;

	(void)db;
	if (fd < 0)
		rc = jo_err_sys(err, -errno, "%s%s", lock_files[name->kind].open, path);
	else
		rc = lock_file(fd, path, name, err);
	if (rc == 0) {
		struct file_lock *file = xmalloc(sizeof(*file));

		file->fd = fd;
		*ret_lock = &file->lock;
	} else if (fd >= 0) {
		(void)close(fd);
	}
	free(path);
	return rc;
}

void sqlite_file_lock_release(struct store_lock *lock)
{
	struct file_lock *file = (struct file_lock *)lock;

	(void)close(file->fd);
	free(file);
}

int sqlite_file_note_put(struct store_lock *lock, const char *text, size_t len, struct jo_err *err)
{
	ssize_t done = pwrite(((struct file_lock *)lock)->fd, text, len, 0);

	if (done == (ssize_t)len)
		return 0;
	return jo_err_set(err, -EIO, "%s", strerror(done < 0 ? errno : ENOSPC));
}

int sqlite_file_note_get(const char *database, enum store_lock_kind kind, char *ret_text,
			 size_t size, struct jo_err *err)
{
	char *path = sqlite_file_lock_title(database, kind);
	FILE *fp = fopen(path, "re");
	int rc = 0;

	if (fp == NULL) {
		rc = jo_err_sys(err, -errno, "%s", path);
	} else {
		ret_text[fread(ret_text, 1, size - 1, fp)] = '\0';
		if (ferror(fp) != 0)
			rc = jo_err_sys(err, -errno, "read %s", path);
		(void)fclose(fp);
	}
	free(path);
	return rc;
}

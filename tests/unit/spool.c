/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spool under everything that can stand where it should: no record is half there, nothing
 * blocks. */
#include "joboutliers/record.h"
#include "joboutliers/spool.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char top[] = "/tmp/joboutliers-spool-XXXXXX";

static const char *at(const char *path)
{
	static char full[2][256];
	static int next;

	next = !next;
	(void)snprintf(full[next], sizeof(full[next]), "%s%s", top, path);
	return full[next];
}

static void shell(const char *command)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "cd %s && { %s; }", top, command);
	if (system(full) != 0)
		ok(0, "could not: %s", command);
}

static int open_code(const char *path, const char *node)
{
	int fd = -77, rc = jo_spool_open(at(path), node, &fd, NULL);

	if (rc == 0)
		(void)close(fd);
	else if (fd != -77)
		ok(0, "a failure leaves the descriptor alone");
	return rc;
}

static void check_top(void)
{
	struct jo_err err;
	struct stat st;
	int fd;

	is_int(open_code("/missing", "n1"), -ENOENT, "no spool");
	shell("touch file; ln -s /tmp link; mkfifo fifo; mkdir -m 777 open; mkdir -m 775 group");
	is_int(open_code("/file", "n1"), -ENOTDIR, "a file in its place");
	is_int(open_code("/link", "n1"), -ENOTDIR, "a link in its place");
	is_int(open_code("/fifo", "n1"), -ENOTDIR, "a FIFO in its place");
	is_int(open_code("/open", "n1"), -EPERM, "a spool that everybody may write");
	is_int(open_code("/group", "n1"), -EPERM, "or its group");
	if (geteuid() == 0) {
		shell("mkdir -m 755 foreign; chown 12345 foreign");
		is_int(open_code("/foreign", "n1"), -EPERM, "or that is another user's");
	} else {
		skip("not root", "a spool that is another user's");
	}

	shell("mkdir -m 755 spool");
	is_int(open_code("/spool", ""), -EINVAL, "a node needs a name");
	is_int(open_code("/spool", ".."), -EINVAL, "that is no way up");
	is_int(open_code("/spool", "a/b"), -EINVAL, "nor down");
	is_int(open_code("/spool", "bad"), -EINVAL, "nor the folder of bad records");
	shell("mkdir -m 777 elsewhere; ln -s ../elsewhere spool/n1");
	is_int(open_code("/spool", "n1"), -ENOTDIR, "a link in the place of a node's folder");
	is_int(jo_spool_open(at("/spool"), "n1", &fd, &err), -ENOTDIR, "which the error");
	ok(strstr(err.text, "n1") != NULL, "names: %s", err.text);
	shell("rm spool/n1; mkdir spool/n1; ln -s ../../elsewhere spool/n1/new");
	is_int(jo_spool_open(at("/spool"), "n1", &fd, &err), 0, "one in that of new/");
	is_int(jo_spool_write(fd, "1", "line\n", 5, &err), -ENOTDIR, "is not written through");
	(void)close(fd);
	shell("rm -r spool/n1; touch spool/n1");
	is_int(open_code("/spool", "n1"), -ENOTDIR, "or a file");
	shell("rm spool/n1");

	is_int(open_code("/spool", "n1"), 0, "a spool as it should be");
	is_int(open_code("/spool", "n1"), 0, "opens again");
	is_int(stat(at("/spool/n1/new"), &st), 0, "with its folders");
	is_int(st.st_mode & 07, 0, "not for everybody's eyes");
	is_int(stat(at("/spool/n1/tmp"), &st), 0, "both of them");
}

static bool holds(const char *path, const char *text)
{
	char buf[256] = "";
	int fd = open(at(path), O_RDONLY);

	if (fd < 0)
		return false;
	if (read(fd, buf, sizeof(buf) - 1) < 0)
		buf[0] = '\0';
	(void)close(fd);
	return strcmp(buf, text) == 0;
}

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void check_write(void)
{
	struct jo_err err = {0};
	int fd, before;

	is_int(jo_spool_open(at("/spool"), "n1", &fd, NULL), 0, "open");
	before = count_descriptors();
	is_int(jo_spool_write(fd, "1", "line\n", 5, &err), 0, "a record is written");
	ok(holds("/spool/n1/new/1", "line\n"), "whole, in new/");
	ok(access(at("/spool/n1/tmp/1"), F_OK) < 0, "and nothing is left in tmp/");

	/* Foreign things under the name of a record. */
	shell("echo old >victim; ln -s ../../../victim spool/n1/tmp/2; mkdir spool/n1/new/3");
	ok(jo_spool_write(fd, "2", "line\n", 5, &err) < 0, "no link in tmp/ is followed");
	ok(holds("/victim", "old\n"), "what it points to is untouched");
	ok(jo_spool_write(fd, "3", "line\n", 5, &err) < 0, "no folder is replaced");
	ok(access(at("/spool/n1/tmp/3"), F_OK) < 0, "and nothing is left behind");
	shell("ln -s ../../../victim spool/n1/new/4");
	is_int(jo_spool_write(fd, "4", "line\n", 5, &err), 0, "a link in new/ is replaced");
	ok(holds("/spool/n1/new/4", "line\n") && holds("/victim", "old\n"), "not followed");

	shell("rm -r spool/n1/new; ln -s /tmp spool/n1/new");
	is_int(jo_spool_write(fd, "5", "line\n", 5, &err), -ENOTDIR, "new/ became a link");
	is_int(jo_spool_is_full(fd, 10, &err), -ENOTDIR, "which is not counted either");
	shell("rm spool/n1/new");
	is_int(jo_spool_is_full(fd, 10, &err), 0, "new/ is gone: it is not full");
	is_int(jo_spool_write(fd, "6", "line\n", 5, &err), 0, "and is made again");
	ok(holds("/spool/n1/new/6", "line\n"), "with the record");
	shell("rm -r spool/n1/tmp; mkfifo spool/n1/tmp");
	is_int(jo_spool_write(fd, "7", "line\n", 5, &err), -ENOTDIR, "tmp/ became a FIFO");
	shell("rm spool/n1/tmp; mkdir spool/n1/tmp");
	is_int(count_descriptors(), before, "no descriptor is left open");
	(void)close(fd);
}

static void check_bound(void)
{
	struct jo_err err;
	char name[16];
	int fd;

	is_int(jo_spool_open(at("/spool"), "n2", &fd, NULL), 0, "open");
	is_int(jo_spool_is_full(fd, 1, &err), 0, "an empty spool is not full");
	for (int i = 0; i < 700; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		if (jo_spool_write(fd, name, "x\n", 2, &err) < 0)
			ok(0, "%s", err.text);
	}
	is_int(jo_spool_is_full(fd, 701, &err), 0, "700 records are not 701");
	is_int(jo_spool_is_full(fd, 700, &err), 1, "but are 700");
	is_int(jo_spool_is_full(fd, 3, &err), 1, "and more than 3");
	(void)close(fd);
}

static void check_dropped(void)
{
	int fd;

	is_int(jo_spool_open(at("/spool"), "n3", &fd, NULL), 0, "open");
	is_int(jo_spool_read_dropped(fd), 0, "nothing was dropped yet");
	for (int i = 0; i < 12; i++)
		jo_spool_count_dropped(fd);
	is_int(jo_spool_read_dropped(fd), 12, "what is dropped is counted");

	shell("printf garbage >spool/n3/dropped");
	ok(jo_spool_read_dropped(fd) == JO_MISSING, "garbage is no count");
	jo_spool_count_dropped(fd);
	is_int(jo_spool_read_dropped(fd), 1, "counting starts again");
	shell("rm spool/n3/dropped; mkfifo spool/n3/dropped");
	jo_spool_count_dropped(fd);
	ok(jo_spool_read_dropped(fd) == JO_MISSING, "a FIFO blocks nobody");
	shell("rm spool/n3/dropped; echo 00000000000000000007 >victim; "
	      "ln -s ../../victim spool/n3/dropped");
	jo_spool_count_dropped(fd);
	ok(jo_spool_read_dropped(fd) == JO_MISSING && holds("/victim", "00000000000000000007\n"),
	   "a link is not followed");
	shell("rm spool/n3/dropped; printf -- -0000000000000000003 >spool/n3/dropped");
	ok(jo_spool_read_dropped(fd) == JO_MISSING, "a negative count is none");
	(void)close(fd);
}

/* In a process of its own, as a signal would end it; exits with the number of what went wrong. */
static int under_limit(void)
{
	const struct rlimit small = {4, 4};
	int fd;

	if (setrlimit(RLIMIT_FSIZE, &small) < 0 || jo_spool_open(at("/spool"), "n4", &fd, NULL) < 0)
		return 1;
	if (jo_spool_write(fd, "1", "line\n", 5, NULL) != -EFBIG)
		return 2;
	if (access(at("/spool/n4/tmp/1"), F_OK) == 0 || access(at("/spool/n4/new/1"), F_OK) == 0)
		return 3;
	jo_spool_count_dropped(fd);
	return jo_spool_read_dropped(fd) == JO_MISSING ? 0 : 4;
}

static void check_limit(void)
{
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(under_limit());
	(void)waitpid(pid, &status, 0);
	is_int(status, 0, "a limit of file sizes is an error, and no end by signal");
}

/* In a mount namespace of its own; exits with the number of what went wrong. */
static int on_full_disk(void)
{
	static char block[65536];
	int fd, filler;

	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", "", MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", at("/disk"), "tmpfs", 0, "size=128k,mode=755") < 0)
		return 100;
	if (jo_spool_open(at("/disk"), "n1", &fd, NULL) < 0)
		return 1;
	filler = open(at("/disk/filler"), O_WRONLY | O_CREAT, 0600);
	while (write(filler, block, sizeof(block)) > 0 || write(filler, block, 1) > 0)
		;
	if (jo_spool_write(fd, "1", "line\n", 5, NULL) != -ENOSPC)
		return 2;
	if (access(at("/disk/n1/tmp/1"), F_OK) == 0 || access(at("/disk/n1/new/1"), F_OK) == 0)
		return 3;
	jo_spool_count_dropped(fd);
	if (jo_spool_read_dropped(fd) != 1)
		return 4;
	(void)close(filler);
	if (mount("", at("/disk"), "", MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 5;
	if (jo_spool_write(fd, "2", "line\n", 5, NULL) != -EROFS)
		return 6;
	jo_spool_count_dropped(fd);
	return jo_spool_read_dropped(fd) == 1 ? 0 : 7;
}

static void check_full_disk(void)
{
	int status = 0;
	pid_t pid;

	shell("mkdir disk");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(on_full_disk());
	(void)waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 100)
		skip("no right to mount", "a full and a read-only disk");
	else
		is_int(status, 0, "a full and a read-only disk leave nothing half, and count");
}

static void check_record_count(void)
{
	static const struct {
		const char *name;
		int count;
		size_t first_len;
	} cases[] = {
		{"177-1.0-end", 1, 11},
		{"177-1.0-end+64", 64, 11},
		{"177-1.0-end+1", 1, 11},
		{"a+b+2", 2, 3},
		{"a+", 1, 2},
		{"a+0", 1, 3},
		{"a+2b", 1, 4},
		{"a+2+", 1, 4},
		{"a+9999", 9999, 1},
		{"a+00002", 1, 7},
		{"a+99999999999", 1, 13},
		{"a+-2", 1, 4},
		{"", 1, 0},
		{"+3", 3, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len;
		int count = jo_spool_record_count(cases[i].name, &len);

		ok(count == cases[i].count && len == cases[i].first_len,
		   "'%s' names %d records, the first by %zu bytes", cases[i].name, count, len);
	}
	ok(jo_spool_record_count("a+2", NULL) == 2, "who asks for the number alone has it");
}

int main(void)
{
	char command[64];

	if (mkdtemp(top) == NULL)
		return 1;
	(void)umask(022);
	check_record_count();
	check_top();
	check_write();
	check_bound();
	check_dropped();
	check_limit();
	check_full_disk();
	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	is_int(system(command), 0, "cleaned up");
	return tap_done();
}

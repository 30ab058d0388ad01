/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is replaced whole or not at all. */
#include "util/replace.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/replace-test-XXXXXX";

static void read_file(const char *path, char *text, size_t size)
{
	FILE *fp = fopen(path, "r");
	size_t n = fp == NULL ? 0 : fread(text, 1, size - 1, fp);

	text[n] = '\0';
	if (fp != NULL)
		(void)fclose(fp);
}

static size_t count_files(void)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n - 2;
}

/* A file that may not grow beyond a page stands for a disk that is full. */
static void full_disk(const char *path)
{
	static char large[100000];
	struct rlimit before, small;
	struct jo_err err = {0};
	char text[32];

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 4096;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	is_int(replace_file(path, large, sizeof(large), 0644, &err), -EFBIG, "a full disk is told");
	(void)setrlimit(RLIMIT_FSIZE, &before);
	read_file(path, text, sizeof(text));
	is_str(text, "second", "the old file stays");
	is_int(count_files(), 1, "and nothing beside it");
}

/* A link stays one; a device and a FIFO are written to, and stay what they are. */
static void not_a_file(const char *path)
{
	char link[80], fifo[80], text[32] = "";
	struct jo_err err = {0};
	struct stat st;
	int fd;

	(void)snprintf(link, sizeof(link), "%s/link", folder);
	(void)snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	if (symlink("gone", link) != 0 || mkfifo(fifo, 0600) != 0)
		abort();
	is_int(replace_file(link, "x", 1, 0644, &err), -ENOENT, "a link to nothing is refused");
	ok(strstr(err.text, "is a link to nothing") != NULL, "as what it is");
	(void)unlink(link);
	if (symlink(path, link) != 0)
		abort();
	is_int(replace_file(link, "third", 5, 0644, &err), 0, "through a link");
	(void)lstat(link, &st);
	ok(S_ISLNK(st.st_mode), "which stays one");
	read_file(path, text, sizeof(text));
	is_str(text, "third", "its file is written");
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	is_int(replace_file(fifo, "fourth", 6, 0644, &err), 0, "into a FIFO");
	memset(text, 0, sizeof(text));
	is_int(read(fd, text, sizeof(text)), 6, "whoever reads it has it");
	(void)stat(fifo, &st);
	ok(S_ISFIFO(st.st_mode), "and it stays one");
	is_int(replace_file("/dev/full", "x", 1, 0644, &err), -ENOSPC, "a full device is told");
	(void)stat("/dev/full", &st);
	ok(S_ISCHR(st.st_mode), "and stays a device");
	(void)close(fd);
	(void)unlink(link);
	(void)unlink(fifo);
}

int main(void)
{
	char path[64], missing[80], text[32];
	struct jo_err err = {0};
	struct stat st;

	(void)mkdtemp(folder);
	(void)snprintf(path, sizeof(path), "%s/page.html", folder);
	(void)snprintf(missing, sizeof(missing), "%s/none/page.html", folder);

	is_int(replace_file(missing, "x", 1, 0644, &err), -ENOENT, "a missing folder is refused");
	ok(strstr(err.text, missing) != NULL, "and named");
	is_int(replace_file(path, "first text", 10, 0640, &err), 0, "a new file is made");
	is_int(replace_file(path, "second", 6, 0640, &err), 0, "and replaced");
	read_file(path, text, sizeof(text));
	is_str(text, "second", "by what was given");
	(void)stat(path, &st);
	is_int(st.st_mode & 07777, 0640, "with its mode");
	full_disk(path);
	not_a_file(path);
	(void)unlink(path);
	(void)rmdir(folder);
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attribute file under attack: nothing foreign is read, nobody blocks, nothing stays. */
#include "attrfile.h"
#include "fakes/tree.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct jo_record record;
static struct attrfile attrfile;
static char path[PATH_MAX]; /* stays after the file is removed */

static void make(void)
{
	jo_record_init(&record, JO_RECORD_END);
	attrfile_init(&attrfile);
	is_int(attrfile_make(&attrfile, tree_at("."), geteuid(), getegid(), 1, 0, NULL), 0,
	       "a new file");
	strcpy(path, attrfile.path);
}

/* Run a command with the file's path in $f. */
static void shell(const char *command)
{
	(void)setenv("f", path, 1);
	tree_shell(command);
}

static int read_code(void)
{
	struct jo_err err;

	return attrfile_read(&attrfile, &record, &err);
}

static bool is_gone(void)
{
	attrfile_remove(&attrfile);
	return access(path, F_OK) < 0 && errno == ENOENT;
}

static const struct {
	const char *text; /* for printf(1) */
	int rc;
	size_t count;
	int64_t input_bytes;
	const char *words;       /* of filter_words */
	int64_t allocated_bytes; /* 0: missing */
} rows[] = {
	{"", 0, 0, JO_MISSING, NULL, 0},
	{"\\n\\n\\n", 0, 0, JO_MISSING, NULL, 0},
	{"filter_words=174\\n", 0, 1, JO_MISSING, "174", 0},
	{"filter_words=174", 0, 1, JO_MISSING, "174", 0},
	{"filter_words=1\\nfilter_words=2\\n", 0, 1, JO_MISSING, "2", 0},
	{"input_size=40G\\n", 0, 0, INT64_C(42949672960), NULL, 0},
	{"input_size=1\\ninput_size=2\\n", 0, 0, 2, NULL, 0},
	{"peak_allocated=3G\\nfilter_words=3\\n", 0, 1, JO_MISSING, "3", INT64_C(3221225472)},
	{"peak_allocated=7\\npeak_allocated=9\\npeak_allocated=8\\n", 0, 0, JO_MISSING, NULL, 9},
	{"peak_allocated=7\\npeak_allocated=-1\\n", -EINVAL, 0, JO_MISSING, NULL, 7},
	{"peak_allocated=\\npeak_allocated=9e99\\n", -EINVAL, 0, JO_MISSING, NULL, 0},
	{"input_size=10Q\\nfilter_words=3\\n", -EINVAL, 1, JO_MISSING, "3", 0},
	{"input_size=5\\ninput_size=-1\\n", -EINVAL, 0, 5, NULL, 0},
	{"no attribute\\nfilter_words=3\\n", -EINVAL, 1, JO_MISSING, "3", 0},
	{"filter_words=a\\033b\\n", -EINVAL, 0, JO_MISSING, NULL, 0},
	{"filter_words=\\377\\n", -EINVAL, 0, JO_MISSING, NULL, 0},
	{"filter_words=3\\0hidden=1\\n", 0, 2, JO_MISSING, "3", 0},
	{"=\\n==\\n=x\\nx=\\n", -EINVAL, 0, JO_MISSING, NULL, 0},
	{"a=1\\nb=1\\nc=1\\nd=1\\ne=1\\nf=1\\ng=1\\nh=1\\ni=1\\nj=1\\nk=1\\nl=1\\nm=1\\nn=1\\n"
	 "o=1\\np=1\\nfilter_words=1\\n",
	 -EINVAL, 16, JO_MISSING, NULL, 0},
};

static void check_text(void)
{
	char command[400];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words;

		make();
		(void)snprintf(command, sizeof(command), "printf '%s' >>\"$f\"", rows[i].text);
		shell(command);
		is_int(read_code(), rows[i].rc, "text %zu is %s", i,
		       rows[i].rc == 0 ? "taken" : "taken but for some lines");
		words = jo_attrs_get(&record.attrs, "filter_words");
		ok(record.attrs.count == rows[i].count &&
			   record.input_bytes == rows[i].input_bytes &&
			   (words == NULL) == (rows[i].words == NULL) &&
			   (words == NULL || strcmp(words, rows[i].words) == 0),
		   "for what it says");
		is_int(record.input_source,
		       rows[i].input_bytes == JO_MISSING ? JO_INPUT_NONE : JO_INPUT_PROGRAM,
		       "and says who said it");
		is_int(record.mem_allocated_bytes,
		       rows[i].allocated_bytes > 0 ? rows[i].allocated_bytes : JO_MISSING,
		       "with what it allocated");
		ok(is_gone(), "and is removed");
	}
}

/* What the user does to the file before the step ends; nothing may come of any of it. */
static const struct {
	const char *what, *command;
	int rc;
} attacks[] = {
	{"a link to /etc/shadow", "rm \"$f\"; ln -s /etc/shadow \"$f\"", -ELOOP},
	{"a link to itself", "mv \"$f\" x; echo a=1 >x; ln -s \"$PWD/x\" \"$f\"", -ELOOP},
	{"a FIFO", "rm \"$f\"; mkfifo \"$f\"", -ESTALE},
	{"another file", "echo a=1 >new; mv new \"$f\"", -ESTALE},
	{"a hard link to another's file", "echo a=1 >victim; ln -f victim \"$f\"", -ESTALE},
	{"a file of 1 GB", "echo a=1 >\"$f\"; truncate -s 1G \"$f\"", -EFBIG},
	{"a file one byte too large", "echo a=1 >\"$f\"; truncate -s 65537 \"$f\"", -EFBIG},
	{"a folder", "rm \"$f\"; mkdir \"$f\"", -ESTALE},
	{"nothing", "rm \"$f\"", -ENOENT},
};

static void check_attacks(void)
{
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		make();
		shell(attacks[i].command);
		is_int(read_code(), attacks[i].rc, "%s in its place", attacks[i].what);
		is_int(record.attrs.count, 0, "gives nothing");
		ok(is_gone(), "and does not stay");
	}
	make();
	shell("rm \"$f\"; mkdir -p \"$f/full\"");
	is_int(read_code(), -ESTALE, "a folder that holds something in its place");
	attrfile_remove(&attrfile);
	is_int(access(path, F_OK), 0, "is not ours to remove");
	shell("rm -r \"$f\"");

	make();
	shell("printf 'a=1\\n' >\"$f\"; truncate -s 65536 \"$f\"");
	is_int(read_code(), 0, "the largest file is read");
	is_int(record.attrs.count, 1, "whole");
	ok(is_gone(), "and removed");
}

/* A file system that its program, which is we, never answers for. */
static void check_mount(void)
{
	int fuse_fd;
	char options[100];

	make();
	fuse_fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	(void)snprintf(options, sizeof(options),
		       "fd=%d,rootmode=100000,user_id=%u,group_id=%u,allow_other", fuse_fd,
		       (unsigned int)geteuid(), (unsigned int)getegid());
	if (fuse_fd < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("fuse", path, "fuse", 0, options) < 0) {
		skip("cannot mount", "a file system in its place");
		attrfile_remove(&attrfile);
	} else {
		/* Who asks it waits for ever. */
		(void)alarm(60);
		is_int(read_code(), -ESTALE, "a file system in its place");
		attrfile_remove(&attrfile);
		(void)alarm(0);
		is_int(umount2(path, MNT_DETACH), 0, "stays");
		(void)unlink(path);
	}
	if (fuse_fd >= 0)
		(void)close(fuse_fd);
}

static void check_making(void)
{
	struct stat st;

	make();
	is_int(stat(path, &st), 0, "the path names it");
	is_int(st.st_mode & 07777, 0600, "for the user's eyes only");
	ok(strlen(strrchr(path, '-')) > 16, "its name cannot be guessed: %s", path);
	attrfile_remove(&attrfile);
	attrfile_remove(&attrfile);
	ok(1, "removing twice is as good as once");
	is_int(attrfile_read(&attrfile, &record, NULL), 0, "no file says nothing");
	is_int(attrfile_make(&attrfile, tree_at("missing"), geteuid(), getegid(), 1, 0, NULL),
	       -ENOENT, "no folder for it");
	is_str(attrfile.path, "", "is none");

	if (geteuid() != 0) {
		skip("not root", "the file is the user's");
		return;
	}
	is_int(attrfile_make(&attrfile, tree_at("."), 12345, 54321, 1, 0, NULL), 0, "made by root");
	is_int(stat(attrfile.path, &st), 0, "it is there");
	ok(st.st_uid == 12345 && st.st_gid == 54321, "and the user's");
	attrfile_remove(&attrfile);
}

int main(void)
{
	(void)tree_make();
	check_making();
	check_text();
	check_attacks();
	check_mount();
	tree_remove();
	return tap_done();
}

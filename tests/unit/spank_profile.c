/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a step is sampled, its folder under attack, and what a record makes of its stacks. */
#include "profile.h"
#include "fakes/slurm.h"
#include "fakes/tree.h"
#include "profile_rate.h"
#include "stacks.h"
#include "tap.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct jo_record record;
static struct profile profile;
static char path[PATH_MAX]; /* stays after the folder is removed */

/* --- what users and sites say --- */

static const struct {
	const char *text;
	int rate_hz; /* -1: refused */
} rates[] = {
	{"101", -1}, {"-1", -1},  {"1.5", -1},  {"10/s", -1}, {" 10", -1},
	{"10 ", -1}, {"abc", -1}, {"0x10", -1}, {"01", -1},   {"99999999999999999999", -1},
	{"", 10},    {"1", 10},   {"yes", 10},  {"on", 10},   {"0", 0},
	{"no", 0},   {"off", 0},  {"2", 2},     {"100", 100},
};

static void check_rates(void)
{
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		int rate_hz = -1;

		(void)profile_rate_parse(rates[i].text, &rate_hz, NULL);
		is_int(rate_hz, rates[i].rate_hz, "'%s' samples a second", rates[i].text);
	}
}

static const struct {
	enum args_profile site;
	double share;
	bool is_said;
	int said_hz, rate_hz;
	bool has_reason;
} decisions[] = {
	{PROFILE_OFF, 1, false, 0, 0, false}, {PROFILE_OFF, 1, true, 0, 0, false},
	{PROFILE_OFF, 1, true, 20, 0, true},  {PROFILE_ASK, 1, false, 0, 0, false},
	{PROFILE_ASK, 1, true, 0, 0, false},  {PROFILE_ASK, 1, true, 20, 20, false},
	{PROFILE_ON, 1, false, 0, 10, false}, {PROFILE_ON, 1, true, 0, 0, false},
	{PROFILE_ON, 0, false, 0, 0, false},  {PROFILE_ON, 0, true, 20, 20, false},
};

static void check_decisions(void)
{
	struct args args = {.profile = PROFILE_ON, .profile_share = 0.1};
	int count = 0;

	jo_record_init(&record, JO_RECORD_START);
	record.job_id = 4711;
	record.step_id = 0;
	for (size_t i = 0; i < sizeof(decisions) / sizeof(decisions[0]); i++) {
		struct args site = {.profile = decisions[i].site,
				    .profile_share = decisions[i].share};

		profile_init(&profile);
		profile_decide(&profile, &site, decisions[i].is_said, decisions[i].said_hz,
			       &record);
		is_int(profile.rate_hz, decisions[i].rate_hz, "decision %zu: the rate", i);
		is_int(profile.missing != NULL, decisions[i].has_reason,
		       "and whether one asks why");
	}
	for (record.job_id = 1; record.job_id <= 10000; record.job_id++) {
		profile_init(&profile);
		profile_decide(&profile, &args, false, 0, &record);
		count += profile.rate_hz > 0;
	}
	ok(count > 900 && count < 1100, "a tenth of 10,000 jobs is about 1,000: %d", count);
}

/* A colon would put what is behind it into the search path of every job. */
static void check_arguments(void)
{
	static char with_colon[] = "profile_python=/ours:theirs",
		    without[] = "profile_python=/ours";
	char *argv[] = {with_colon};
	struct args args;
	struct jo_err err;

	is_int(args_read(1, argv, &args, &err), -EINVAL, "two folders: %s", err.text);
	is_str(args.profile_python, JO_PYTHONDIR, "are none");
	argv[0] = without;
	is_int(args_read(1, argv, &args, NULL), 0, "one");
	is_str(args.profile_python, "/ours", "is taken");
}

/* --- the task's environment --- */

static const struct {
	const char *before, *after; /* of PYTHONPATH; NULL: not set */
} paths[] = {
	{NULL, "/ours"},
	{"", "/ours"},
	{"/a", "/ours:/a"},
	{"/a:/b:", "/ours:/a:/b:"},
	{"/ours", "/ours"},
	{"/a:/ours:/b", "/a:/ours:/b"},
	{"/ours/more", "/ours:/ours/more"},
};

static void check_environment(void)
{
	const struct args args = {.profile_python = "/ours"};
	char *longest = malloc(40000);

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		fake_slurm_reset(S_CTX_REMOTE);
		if (paths[i].before != NULL)
			fake_setenv("PYTHONPATH", paths[i].before);
		profile = (struct profile){.rate_hz = 20, .path = "/folder"};
		is_int(profile_prepare(&profile, NULL, &args, NULL), 0, "PYTHONPATH='%s'",
		       paths[i].before == NULL ? "" : paths[i].before);
		is_str(fake_getenv("PYTHONPATH"), paths[i].after, "becomes that");
		is_str(fake_getenv(PROFILE_VARIABLE), "20:/folder", "with rate and folder");
	}
	memset(longest, 'x', 39999);
	longest[39999] = '\0';
	fake_setenv("PYTHONPATH", longest);
	fake_setenv(PROFILE_VARIABLE, "10:/of-the-script");
	is_int(profile_prepare(&profile, NULL, &args, NULL), -E2BIG, "a path without an end");
	is_str(fake_getenv("PYTHONPATH"), longest, "stays");
	ok(fake_getenv(PROFILE_VARIABLE) == NULL,
	   "and the step does not sample for the script around it");
	free(longest);

	profile_init(&profile);
	is_int(profile_prepare(&profile, NULL, &args, NULL), 0, "a step that is not sampled");
	ok(fake_getenv(PROFILE_VARIABLE) == NULL, "does not sample for the script around it");
}

/* --- the folder --- */

static void make_in(const char *dir)
{
	jo_record_init(&record, JO_RECORD_END);
	record.uid = geteuid();
	record.job_id = 1;
	record.step_id = 0;
	record.wall_us = 60 * INT64_C(1000000); /* 600 samples would be all of Python's */
	profile_init(&profile);
	profile.rate_hz = 10;
	is_int(profile_make(&profile, tree_at(dir), getegid(), &record, NULL), 0, "a new folder");
	strcpy(path, profile.path);
	(void)setenv("d", path, 1);
}

static void make(void)
{
	make_in(".");
}

static bool is_gone(void)
{
	profile_remove(&profile);
	return access(path, F_OK) < 0 && errno == ENOENT;
}

/* What lies in the folder at the step's end, and what the record says of it. */
static const struct {
	const char *what, *command, *found;
} folders[] = {
	{"one process", "printf 'a (x:1);b (x:2) 3\\na (x:1) 1\\n' >$d/ended",
	 "a (x:1);b (x:2) 3\na (x:1) 1\n"},
	{"two", "echo 'a 3' >$d/1; echo 'a 4' >$d/2", "a 7\n"},
	{"one that is cut", "printf 'a 3\\nb (x:' >$d/1", "a 3\n"},
	{"what could not be told", "printf '[other] 3\\na 1\\n' >$d/1", "a 1\n[other] 3\n"},
	{"a link", "echo 'a 3' >$d/1; echo 'b 9' >victim; ln -s $PWD/victim $d/2", "a 3\n"},
	{"a hard link", "echo 'a 3' >$d/1; echo 'b 9' >victim; ln victim $d/2", "a 3\n"},
	{"a FIFO", "echo 'a 3' >$d/1; mkfifo $d/2", "a 3\n"},
	{"a folder", "echo 'a 3' >$d/1; mkdir $d/2", "a 3\n"},
	{"a file of 1 GB", "echo 'a 3' >$d/1; truncate -s 1G $d/2", "a 3\n"},
	{"a device", "echo 'a 3' >$d/1; mknod $d/2 c 1 5 2>/dev/null || true", "a 3\n"},
	{"a file that is not of samples", "echo 'a 3' >$d/1; echo 'b 4' >$d/.code-30b07f0",
	 "a 3\n"},
	{"forbidden reading", "echo 'a 3' >$d/1; chmod 0 $d/1; chmod 500 $d", NULL},
	{"names of all kinds", "echo 'a 3' >\"$d/$(printf '\\n\\377 -rf')\"", "a 3\n"},
	{"counts that are none",
	 "printf 'a 0\\na -1\\na 1.5\\na 1e3\\na 0x1\\na\\na \\n 5\\na 9999999999\\nb 2\\n' >$d/1",
	 "b 2\n"},
	{"control characters", "printf 'a\\033[1m\\r\\tb\\000c\\377 2\\n' >$d/1",
	 "a_[1m__b_c_ 2\n"},
};

/* The same of native programs, and who took the samples that are told. */
static const struct {
	const char *what, *command, *found, *kind;
} natives[] = {
	{"native programs",
	 "printf 'perf\\nmain (a.c:9);f (a.c:1) 3\\n' >$d/native-0; "
	 "printf 'perf\\nmain (a.c:9) 1\\n' >$d/native-7",
	 "main (a.c:9);f (a.c:1) 3\nmain (a.c:9) 1\n", "perf"},
	{"one of them without lines",
	 "printf 'perf\\na (x) 3\\n' >$d/native-0; printf 'perf-functions\\nb (y) 2\\n' "
	 ">$d/native-1",
	 "a (x) 3\nb (y) 2\n", "perf-functions"},
	{"one without samples",
	 "printf 'perf\\na (x) 3\\n' >$d/native-0; echo 'missing x' >$d/native-1", "a (x) 3\n",
	 "perf"},
	{"one of too high a number, and one that is being written",
	 "for i in 0 8 0.17; do printf 'perf\\na (x) 3\\n' >$d/native-$i; done", "a (x) 3\n",
	 "perf"},
	{"what is of neither kind", "echo 'a 3' >$d/1; printf 'other\\nb 9\\n' >$d/native-0",
	 "a 3\n", "python"},
	{"samples without their kind", "echo 'a 3' >$d/1; echo 'b 9' >$d/native-0", "a 3\n",
	 "python"},
	{"a link to native samples",
	 "echo 'a 3' >$d/1; printf 'perf\\nb 9\\n' >victim; ln -s $PWD/victim $d/native-0", "a 3\n",
	 "python"},
	{"hardly any Python", "echo 'a 3' >$d/1; printf 'perf\\nb 400\\n' >$d/native-0", "b 400\n",
	 "perf"},
	{"enough of Python", "echo 'a 60' >$d/1; printf 'perf\\nb 400\\n' >$d/native-0", "a 60\n",
	 "python"},
	{"less of native programs", "echo 'a 4' >$d/1; printf 'perf\\nb 3\\n' >$d/native-0",
	 "a 4\n", "python"},
	{"control characters, native", "printf 'perf\\na\\033[1m\\000c 2\\n' >$d/native-0",
	 "a_[1m_c 2\n", "perf"},
};

/* As many are read as there is time for, and none of them twice. */
static void check_many_files(void)
{
	make();
	tree_shell("for i in $(seq 1000); do echo 'a 1' >$d/$i; done");
	(void)profile_take(&profile, "nothing else is sampled", &record, NULL);
	ok(record.profile_samples >= 1 && record.profile_samples <= 512,
	   "of a thousand files at most 512 are read: %" PRId64, record.profile_samples);
	tree_shell("rm -rf $d");
}

static void check_folder(const char *what, const char *command, const char *found, const char *kind)
{
	make();
	tree_shell(command);
	/* Root may read what nobody may. */
	if (found == NULL)
		found = geteuid() == 0 ? "a 3\n" : "";
	(void)profile_take(&profile, "nothing else is sampled", &record, NULL);
	is_str(record.profile, found, "%s: what is told", what);
	is_str(record.profile_kind, *found == '\0' ? "" : kind, "by whom");
	is_int(record.profile_rate_hz, 10, "and how often");
	tree_shell("chmod -f 700 $d || true");
	ok(is_gone() || *found == '\0', "and nothing stays");
	tree_shell("rm -rf $d victim");
}

static void check_folders(void)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		check_folder(folders[i].what, folders[i].command, folders[i].found, "python");
	for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++)
		check_folder(natives[i].what, natives[i].command, natives[i].found,
			     natives[i].kind);
}

/* What the record says where there are no samples. */
static const struct {
	const char *command, *missing;
} reasons[] = {
	{"true", "no Python left samples, and nothing else is sampled"},
	{"echo 'missing R is not sampled' >$d/native-0",
	 "no Python left samples, and R is not sampled"},
	{"echo perf >$d/native-0", "no Python left samples, and nothing else is sampled"},
	{"printf 'missing x\\033[2J\\ty' >$d/native-0", "no Python left samples, and x?[2J?y"},
};

static void check_reasons(void)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		make();
		tree_shell(reasons[i].command);
		is_int(profile_take(&profile, "nothing else is sampled", &record, NULL), 0,
		       "no samples");
		is_str(record.profile_missing, reasons[i].missing, "and why");
	}
	make();
	tree_shell("{ printf 'missing '; head -c 100000 /dev/zero | tr '\\0' y; } >$d/native-0");
	(void)profile_take(&profile, "", &record, NULL);
	ok(strlen(record.profile_missing) < sizeof(record.profile_missing),
	   "no reason is too long");
}

static const struct {
	const char *what, *command;
	int rc;
} attacks[] = {
	{"nothing in it", "true", 0},
	{"nothing that counts", "echo x >$d/1", 0},
	{"no folder", "rm -r $d", -ENOENT},
	{"a link in its place", "mkdir -p other; echo 'a 1' >other/1; rm -r $d; ln -s other $d",
	 -ENOTDIR},
	{"a folder without its mark", "echo 'a 1' >$d/1; rm $d/.made", -ESTALE},
	{"a folder with another mark", "echo 'a 1' >$d/1; touch new; mv new $d/.made", -ESTALE},
	{"another folder", "mkdir new; echo 'a 1' >new/1; rm -r $d; mv new $d", -ESTALE},
	{"a file", "rm -r $d; echo 'a 1' >$d", -ENOTDIR},
	{"a FIFO", "rm -r $d; mkfifo $d", -ENOTDIR},
};

static void check_attacks(void)
{
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		make();
		tree_shell(attacks[i].command);
		is_int(profile_take(&profile, "nothing else is sampled", &record, NULL),
		       attacks[i].rc, "%s", attacks[i].what);
		is_str(record.profile, "", "gives nothing");
		is_int(record.profile_samples, JO_MISSING, "not even a count");
		ok(record.profile_missing[0] != '\0', "and a reason: %s", record.profile_missing);
		tree_shell("rm -rf $d other");
	}
	profile_init(&profile);
	jo_record_init(&record, JO_RECORD_END);
	is_int(profile_take(&profile, "nothing else is sampled", &record, NULL), 0,
	       "a step that nobody samples");
	is_str(record.profile_missing, "", "has no reason");
	profile.missing = "switched off";
	is_int(profile_take(&profile, "nothing else is sampled", &record, NULL), 0,
	       "one that was not to be");
	is_str(record.profile_missing, "switched off", "has one");
}

static void check_making(void)
{
	struct stat st;

	make();
	is_int(stat(path, &st), 0, "the path names it");
	is_int(st.st_mode & 07777, 0700, "for the user alone");
	ok(strlen(strrchr(path, '-')) > 16, "its name cannot be guessed: %s", path);
	ok(is_gone(), "and it goes");
	profile_init(&profile);
	profile.rate_hz = 10;
	is_int(profile_make(&profile, tree_at("missing"), getegid(), &record, NULL), -ENOENT,
	       "no place for it");
	is_str(profile.path, "", "is none");
	is_int(profile_take(&profile, "nothing else is sampled", &record, NULL), -ENOENT,
	       "and has no profile");

	if (geteuid() != 0) {
		skip("not root", "the folder is the user's");
		return;
	}
	record.uid = 12345;
	is_int(profile_make(&profile, tree_at("."), 54321, &record, NULL), 0, "made by root");
	is_int(stat(profile.path, &st), 0, "it is there");
	ok(st.st_uid == 12345 && st.st_gid == 54321, "and the user's");
	profile_remove(&profile);
}

/* Nodes without a disk have their root on one: files say to be elsewhere than their folder. */
static void check_overlay(void)
{
	static const char mounts[] = "mount -t tmpfs lower lower && mount -t tmpfs upper upper && "
				     "mkdir upper/files upper/work && mount -t overlay -o "
				     "lowerdir=lower,upperdir=upper/files,workdir=upper/work "
				     "overlay overlay";
	char command[sizeof(mounts) + PATH_MAX + 64];

	tree_shell("mkdir lower upper overlay");
	(void)snprintf(command, sizeof(command), "cd '%s' && { %s; } 2>/dev/null", tree_at("."),
		       mounts);
	if (unshare(CLONE_NEWNS) < 0 || system("mount --make-rprivate /") != 0 ||
	    system(command) != 0) {
		skip("cannot mount", "an overlay");
		return;
	}
	make_in("overlay");
	tree_shell("echo 'a 3' >$d/1; echo 'a 4' >$d/2");
	/* So the kernel forgets the folder, as it does when it is short of memory. */
	is_int(mount(NULL, tree_at("overlay"), NULL, MS_REMOUNT, NULL), 0, "mounted anew");
	is_int(profile_take(&profile, "nothing else is sampled", &record, NULL), 0,
	       "a folder on an overlay");
	is_str(record.profile, "a 7\n", "is read");
	ok(is_gone(), "and goes");
	tree_shell("umount overlay upper lower");
}

/* --- stacks --- */

/* Write them, and compare; the text is given in pieces, as processes do. */
static void is_written(const char *const *texts, size_t size, const char *expected,
		       const char *what)
{
	char text[JO_PROFILE_SIZE], *copies[8] = {NULL};
	struct stacks stacks;
	size_t count;

	stacks_init(&stacks);
	for (count = 0; texts[count] != NULL; count++) {
		copies[count] = strdup(texts[count]);
		(void)stacks_add(&stacks, copies[count], NULL);
	}
	is_int(stacks_write(&stacks, text, size, NULL), 0, "%s", what);
	is_str(text, expected, "is told");
	stacks_free(&stacks);
	for (size_t i = 0; i < count; i++)
		free(copies[i]);
}

static void check_stacks(void)
{
	is_written((const char *const[]){NULL}, 200, "", "nothing");
	is_written((const char *const[]){"b 1\na 1\n", "c 5\na 1\n", NULL}, 200, "c 5\na 2\nb 1\n",
		   "the heaviest first, the same ones once");
	is_written((const char *const[]){"a 1\nb 9\n[other] 2\n", NULL}, 200,
		   "b 9\na 1\n[other] 2\n", "what others left out is left out");
	/* 40 bytes have room for one line of few bytes beside the last. */
	is_written((const char *const[]){"main;f;inner 90\nmain;f;other 10\n", NULL}, 60,
		   "main;f;inner 90\n[other] 10\n", "where there is room for nine in ten");
	is_written((const char *const[]){"main;f;g;inner 60\nmain;f;h;other 40\n", NULL}, 64,
		   "...;g;inner 60\n...;h;other 40\n", "else the inner calls of more");
	is_written((const char *const[]){"inner 5\nmain;f;g;inner 60\nmain;f;h;other 40\n", NULL},
		   72, "...;g;inner 60\n...;h;other 40\ninner 5\n",
		   "what is whole is another stack");
	is_written((const char *const[]){"a-name-that-is-too-long 4\n", NULL}, 40, "[other] 4\n",
		   "no room for any");
}

/* However much there is, it fits, adds up, and its lines are lines. */
static void check_many(void)
{
	char *text = malloc(4 << 20), *end = text, written[JO_PROFILE_SIZE];
	int64_t expected = 0, sum = 0;
	struct stacks stacks;
	char *line, *rest = written;

	for (int i = 0; i < 40000; i++) {
		end += sprintf(end, "main (m.py:1);f%d (m.py:%d);g%d (n.py:2) %d\n", i % 997,
			       i % 31, i % 7919, i % 13 + 1);
		expected += i % 13 + 1;
	}
	stacks_init(&stacks);
	is_int(stacks_add(&stacks, text, NULL), 0, "40,000 stacks");
	ok(stacks.count <= STACKS_LINES_MAX, "of which not all are kept");
	is_int(stacks_write(&stacks, written, sizeof(written), NULL), 0, "are written");
	ok(strlen(written) < sizeof(written) && strlen(written) > sizeof(written) / 2,
	   "in the room there is: %zu", strlen(written));
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		sum += atoll(strrchr(line, ' ') + 1);
	is_int(sum, expected, "and no sample is lost");
	stacks_free(&stacks);
	free(text);
}

/* slurmstepd sorts so many different stacks for each depth, and no more: of the others the samples
 * are counted, not told. */
static void check_bound(void)
{
	char *text = malloc(1 << 20), *end = text, written[JO_PROFILE_SIZE];
	struct stacks stacks;

	for (int i = 0; i < 5000; i++)
		end += sprintf(end, "main%d;tail 1\n", i);
	(void)sprintf(end, "heavy 9\n");
	stacks_init(&stacks);
	(void)stacks_add(&stacks, text, NULL);
	is_int(stacks_write(&stacks, written, sizeof(written), NULL), 0, "5,000 different stacks");
	is_str(written, "...;tail 2047\nheavy 9\n[other] 2953\n", "of which 2,048 are looked at");
	stacks_free(&stacks);
	free(text);
}

int main(void)
{
	(void)tree_make();
	check_rates();
	check_decisions();
	check_arguments();
	check_environment();
	check_making();
	check_folders();
	check_many_files();
	check_reasons();
	check_attacks();
	check_overlay();
	check_stacks();
	check_many();
	check_bound();
	tree_remove();
	return tap_done();
}

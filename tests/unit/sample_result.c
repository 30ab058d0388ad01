/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plugin finds of a task's samples: names as one, the heaviest, or why there are none. */
#include "sample/result.h"
#include "fakes/tree.h"
#include "joboutliers/native.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static struct spots spots;
static struct counts counts;

static uint32_t place(const char *path, uint64_t address, const char *name)
{
	const struct maps_range range = {.begin = 0, .end = UINT64_MAX, .path = path};
	uint32_t number = spots_find(&spots, (uint32_t)getpid(), &range, address);

	if (name != NULL && spots.list[number].name == NULL)
		spots.list[number].name = strdup(name);
	return number;
}

static void clear(void)
{
	counts_release(&counts);
	spots_release(&spots);
	(void)spots_init(&spots);
}

static const char *written(void)
{
	static char text[32768];
	FILE *file;

	is_int(result_write(tree_at("native-0"), JO_NATIVE_KIND, &counts, &spots, NULL), 0,
	       "written");
	file = fopen(tree_at("native-0"), "r");
	text[file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file)] = '\0';
	if (file != NULL)
		(void)fclose(file);
	return text;
}

/* So many samples that are in this file's code. */
static void count_in(const char *path, int64_t count)
{
	uint32_t stack = place(path, 1, NULL);

	counts_add(&counts, &stack, 1, count);
}

static const struct {
	const char *path;
	const char *language; /* NULL: it is a program */
} files[] = {
	{"/usr/lib/jvm/lib/server/libjvm.so", "Java"},
	{"/usr/lib/R/lib/libR.so", "R"},
	{"/opt/R/bin/exec/R", "R"},
	{"/usr/bin/python3.11", "Python"},
	{"/usr/lib/libpython3.9.so.1.0", "Python"},
	{"/usr/bin/perl", "Perl"},
	{"//anon", "code that was made as it ran"},
	{"/memfd:doublemapper (deleted)", "code that was made as it ran"},
	{"/opt/bin/Rosetta", NULL},
	{"/usr/lib/libRmath.so", NULL},
	{"/opt/bin/solver", NULL},
	{"[vdso]", NULL},
};

static void check_languages(void)
{
	static const char *const program = "/opt/bin/program";
	char expected[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *text;

		clear();
		count_in(files[i].path, 51);
		count_in(program, 49);
		text = written();
		(void)snprintf(expected, sizeof(expected),
			       "missing most of the time went in %s, which is not sampled\n",
			       files[i].language == NULL ? "" : files[i].language);
		if (files[i].language != NULL)
			is_str(text, expected, "mostly in %s", files[i].path);
		else
			ok(strncmp(text, "perf\n", 5) == 0, "mostly in %s", files[i].path);
		clear();
		count_in(files[i].path, 50);
		count_in(program, 50);
		ok(strncmp(written(), "perf\n", 5) == 0, "half of it");
	}
	clear();
	count_in("//anon", 40);
	count_in("/usr/lib/jvm/lib/server/libjvm.so", 20);
	count_in(program, 40);
	is_str(written(), "missing most of the time went in Java, which is not sampled\n",
	       "what Java made and Java itself are one");
}

static void check_names(void)
{
	uint32_t stack[2];

	clear();
	is_str(written(), "missing other programs took too little CPU time\n", "no samples");
	/* Two addresses of a line, called from one place. */
	stack[1] = place("/a", 100, "main (a.c:9)");
	stack[0] = place("/a", 1, "f (a.c:1)");
	counts_add(&counts, stack, 2, 3);
	stack[0] = place("/a", 2, "f (a.c:1)");
	counts_add(&counts, stack, 2, 4);
	counts_add(&counts, stack, 1, 2);
	stack[0] = SPOTS_UNKNOWN;
	counts_add(&counts, stack, 1, 1);
	is_str(written(), "perf\nmain (a.c:9);f (a.c:1) 7\nf (a.c:1) 2\n[unknown] 1\n",
	       "places of one name are one, and the heaviest is first");
	counts.other_count = 5;
	ok(strstr(written(), "\n[other] 5\n") != NULL, "with what had no room");
}

/* More places than a file has room for, and stacks than are kept apart. */
static void check_bounds(void)
{
	char name[64];
	int64_t sum = 0;
	const char *text;
	size_t lines = 0;

	clear();
	for (uint32_t i = 0; i < 40000; i++) {
		uint32_t stack;

		(void)snprintf(name, sizeof(name), "function_%u (a.c:%u)", i, i);
		stack = place("/a", i + 1, name);
		counts_add(&counts, &stack, 1, 1);
	}
	ok(counts.stack_count <= COUNTS_STACKS_MAX && counts.other_count > 0,
	   "stacks beyond a number are counted together: %zu", counts.stack_count);
	text = written();
	ok(strlen(text) <= 16384, "the file is small: %zu", strlen(text));
	for (const char *line = strchr(text, '\n') + 1; *line != '\0';
	     line = strchr(line, '\n') + 1, lines++) {
		const char *count = strchr(line, ')') == NULL ? line : strchr(line, ')') + 1;

		sum += atoll(strncmp(line, "[other] ", 8) == 0 ? line + 8 : count);
	}
	is_int(sum, 40000, "all of them are in it");
	ok(lines > 100, "in many lines: %zu", lines);
}

int main(void)
{
	(void)tree_make();
	(void)spots_init(&spots);
	check_languages();
	check_names();
	check_bounds();
	is_int(result_write(tree_at("missing/native-0"), JO_NATIVE_KIND, &counts, &spots, NULL), -2,
	       "no folder");
	clear();
	spots_release(&spots);
	tree_remove();
	return tap_done();
}

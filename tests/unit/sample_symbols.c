/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of places in this very program, in files that are none, and in none at all. */
#include "sample/symbols.h"
#include "fakes/tree.h"
#include "tap.h"

#include <link.h>
#include <stdlib.h>
#include <unistd.h>

static struct spots spots;

__attribute__((noinline)) static int known_function(int number)
{
	return 3 * number + 1;
}
enum { LINE_BEHIND = __LINE__ };

/* Where the code of this program is, as the kernel would tell it. */
static int find_range(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct maps_range *range = arg;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD &&
		    (info->dlpi_phdr[i].p_flags & PF_X) != 0) {
			range->begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			range->end = range->begin + info->dlpi_phdr[i].p_memsz;
			range->offset = info->dlpi_phdr[i].p_offset;
		}
	return 1; /* the program is the first */
}

static uint32_t place_in(const char *path, uint64_t offset)
{
	const struct maps_range range = {.end = UINT64_MAX, .path = path};

	return spots_find(&spots, (uint32_t)getpid(), &range, offset);
}

/* Files in which there is nothing to be found, and what a place in them is called. */
static const struct {
	const char *file, *command, *name;
} files[] = {
	{"missing", "true", "[unknown] (missing)"},
	{"empty", ": >empty", "[unknown] (empty)"},
	{"text", "echo text >text", "[unknown] (text)"},
	{"cut", "head -c 1000 \"$SELF\" >cut", "[unknown] (cut)"},
	{"zeros", "{ head -c 64 \"$SELF\"; head -c 100000 /dev/zero; } >zeros",
	 "[unknown] (zeros)"},
	{"noise", "{ head -c 64 \"$SELF\"; head -c 100000 /dev/urandom; } >noise",
	 "[unknown] (noise)"},
	{"fifo", "mkfifo fifo", "[unknown] (fifo)"},
	{"folder", "mkdir folder", "[unknown] (folder)"},
};

#define FILE_COUNT (sizeof(files) / sizeof(files[0]))

int main(void)
{
	static char self[4096], paths[FILE_COUNT][4096];
	struct maps_range range = {.path = self};
	uint64_t address = (uint64_t)(uintptr_t)known_function;
	uint32_t known, unknown, made, bad[FILE_COUNT];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0 || known_function(1) != 4)
		return 1;
	(void)setenv("SELF", self, 1);
	(void)tree_make();
	(void)spots_init(&spots);
	(void)dl_iterate_phdr(find_range, &range);
	known = spots_find(&spots, (uint32_t)getpid(), &range, address);
	is_int(spots_find(&spots, (uint32_t)getpid(), &range, address), known,
	       "a place has one number");
	unknown = place_in(self, UINT64_MAX - 1);
	made = place_in("//anon", 17);
	is_int(place_in("//anon", 18), made, "code that is made is one place");
	for (size_t i = 0; i < FILE_COUNT; i++) {
		tree_shell(files[i].command);
		(void)snprintf(paths[i], sizeof(paths[i]), "%s", tree_at(files[i].file));
		bad[i] = place_in(paths[i], 4096);
	}

	symbols_name(&spots, false);
	is_str(spots.list[known].name, "known_function (sample_symbols.t)", "a function");
	symbols_name(&spots, true);
	/* Compilers differ in which of its lines its first instruction belongs to. */
	ok(strncmp(spots.list[known].name, "known_function (sample_symbols.c:", 33) == 0 &&
		   atoi(spots.list[known].name + 33) < LINE_BEHIND &&
		   atoi(spots.list[known].name + 33) > LINE_BEHIND - 5,
	   "and its line: %s", spots.list[known].name);
	is_str(spots.list[unknown].name, "[unknown] (sample_symbols.t)", "none of its code");
	is_str(spots.list[made].name, "[code made as it ran]", "code without a file");
	is_str(spots.list[SPOTS_UNKNOWN].name, "[unknown]", "nowhere");
	for (size_t i = 0; i < FILE_COUNT; i++)
		is_str(spots.list[bad[i]].name, files[i].name, "%s", files[i].file);
	spots_release(&spots);
	tree_remove();
	return tap_done();
}

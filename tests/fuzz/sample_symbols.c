/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program of any bytes, whose symbols and lines are looked up: each place has a name that is one
 * frame of a profile, and libdw ends. */
#include "fuzz.h"
#include "sample/maps.h"
#include "sample/spots.h"
#include "sample/symbols.h"

#define PLACES 16
#define STEP 257 /* bytes between two of them */

static void check_names(const struct spots *spots)
{
	for (size_t i = 1; i < spots->count; i++) {
		const char *name = spots->list[i].name;

		fuzz_check(name != NULL && name[0] != '\0');
		fuzz_check(strpbrk(name, ";\n\r\t") == NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);
	const struct maps_range range = {0, UINT64_MAX, 0, path};
	struct spots spots;

	fuzz_check(spots_init(&spots) == 0);
	for (uint64_t i = 0; i < PLACES; i++)
		(void)spots_find(&spots, (uint32_t)getpid(), &range, i * STEP);
	symbols_name(&spots, false);
	check_names(&spots);
	symbols_name(&spots, true);
	check_names(&spots);
	spots_release(&spots);
	(void)close(fd);
	return 0;
}

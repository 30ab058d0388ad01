/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the kernel's, whose files' names are any user's, up to nonsense: what is where is
 * found in them or not at all, and what is told of it is lines that add up, whatever the names.
 *
 * A record is three bytes (its type, whether a program was run, its size in words), and so many
 * bytes; after each, some places of the processes that it may be about are counted.
 */
#include "fuzz.h"
#include "joboutliers/native.h"
#include "sample/counts.h"
#include "sample/maps.h"
#include "sample/result.h"
#include "sample/spots.h"
#include "sample/symbols.h"

#define HEAD 3
#define PROCESSES 4

static const uint32_t types[] = {PERF_RECORD_MMAP, PERF_RECORD_COMM, PERF_RECORD_FORK,
				 PERF_RECORD_EXIT, PERF_RECORD_LOST};

struct taken {
	struct maps maps;
	struct spots spots;
	struct counts counts;
	int64_t sample_count;
};

static void count_places(struct taken *taken, uint64_t address)
{
	uint32_t stack[PROCESSES];

	for (uint32_t pid = 0; pid < PROCESSES; pid++) {
		const struct maps_range *range = maps_find(&taken->maps, pid, address);

		fuzz_check(range == NULL || (address >= range->begin && address < range->end));
		stack[pid] = spots_find(&taken->spots, pid, range, address);
	}
	counts_add(&taken->counts, stack, PROCESSES, 1);
	taken->sample_count++;
}

/* The next record, in memory of its own, so that a sanitizer sees what reads beyond. */
static size_t take(struct taken *taken, const uint8_t *data, size_t size)
{
	struct perf_event_header *record;
	size_t body = (size_t)(2 + data[2] % 64) * 8, given = size - HEAD;
	uint64_t address = 0;

	record = calloc(1, sizeof(*record) + body);
	fuzz_check(record != NULL);
	record->type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	record->misc = data[1] % 2 ? PERF_RECORD_MISC_COMM_EXEC : 0;
	record->size = (uint16_t)(sizeof(*record) + body);
	memcpy(record + 1, data + HEAD, given < body ? given : body);
	maps_take(&taken->maps, record);
	/* Behind process and thread is where a mapping begins. */
	memcpy(&address, (const char *)(record + 1) + 8, sizeof(address));
	count_places(taken, address);
	count_places(taken, address + 4095);
	free(record);
	return given < body ? size : HEAD + body;
}

/* All samples are in it, in lines of which each is frames, a space and a number. */
static void check_file(const char *path, int64_t sample_count)
{
	static char text[65536];
	FILE *file = fopen(path, "r");
	char *rest = text, *line;
	int64_t sum = 0;

	fuzz_check(file != NULL);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	(void)fclose(file);
	line = strsep(&rest, "\n");
	if (strncmp(line, JO_NATIVE_MISSING, strlen(JO_NATIVE_MISSING)) == 0) {
		fuzz_check(rest != NULL && *rest == '\0');
		return;
	}
	fuzz_check(strcmp(line, JO_NATIVE_KIND) == 0);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		const char *space = strrchr(line, ' ');

		fuzz_check(space != NULL && space > line &&
			   strspn(space + 1, "0123456789") == strlen(space + 1));
		sum += atoll(space + 1);
	}
	fuzz_check(sum == sample_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char folder[FUZZ_PATH_SIZE];
	char path[FUZZ_PATH_SIZE + 8];
	struct taken taken = {.sample_count = 0};

	if (folder[0] == '\0')
		fuzz_folder(folder);
	(void)snprintf(path, sizeof(path), "%s/result", folder);
	fuzz_check(spots_init(&taken.spots) == 0);
	while (size > HEAD) {
		size_t used = take(&taken, data, size);

		data += used;
		size -= used;
	}
	symbols_name(&taken.spots, false);
	fuzz_check(result_write(path, JO_NATIVE_KIND, &taken.counts, &taken.spots, NULL) == 0);
	check_file(path, taken.sample_count);
	(void)unlink(path);
	maps_release(&taken.maps);
	spots_release(&taken.spots);
	counts_release(&taken.counts);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the fuzzer: runs its function over the kept inputs in
 * FUZZ_CORPUS, so that every input that once mattered is a test for good.
 */
#include <dirent.h>

#include "fuzz.h"

#define INPUT_MAX (1 << 20)

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX);
	FILE *file = fopen(path, "rb");
	size_t size;

	if (data == NULL || file == NULL) {
		perror(path);
		exit(1);
	}
	size = fread(data, 1, INPUT_MAX, file);
	(void)fclose(file);
	/* Exactly as long as it is, so that a sanitizer sees one byte too far. */
	data = realloc(data, size > 0 ? size : 1);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int main(void)
{
	struct dirent **entries;
	int count = scandir(FUZZ_CORPUS, &entries, is_visible, alphasort);
	char path[4096];

	if (count < 1) {
		(void)fprintf(stderr, "%s: expected inputs\n", FUZZ_CORPUS);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", FUZZ_CORPUS, entries[i]->d_name);
		replay(path);
		printf("ok %d - %s\n", i + 1, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	printf("1..%d\n", count);
	return 0;
}

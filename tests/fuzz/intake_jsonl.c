/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structured logs: the first line is what --map says, if it has that form. */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *log = strchr(text, '\n');
	size_t map_len = log != NULL ? (size_t)(log - text) + 1 : 0;
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data + map_len, size - map_len, path);
	struct source_request request = {.values = {path}};

	if (map_len > 0) {
		*log = '\0';
		request.shared[SOURCE_MAP] = text[0] != '\0' ? text : NULL;
	}
	fuzz_source(&source_jsonl, &request);
	(void)close(fd);
	free(text);
	return 0;
}

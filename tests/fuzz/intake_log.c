/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pattern, which is the first line, and a log for it. */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *log = strchr(text, '\n');
	size_t pattern_len = log != NULL ? (size_t)(log - text) + 1 : 0;
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data + pattern_len, size - pattern_len, path);
	struct source_request request = {.values = {path, text}};

	if (pattern_len > 0)
		*log = '\0';
	fuzz_source(&source_log, &request);
	(void)close(fd);
	free(text);
	return 0;
}

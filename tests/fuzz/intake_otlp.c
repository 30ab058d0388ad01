/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of spans, or something else: what is a step of its own is a record that keeps the rules. */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *size_names[] = {"input_size"}, *services[] = {"quotes=ann"};
	const struct strlist sizes = {.list = size_names, .count = 1};
	const struct strlist rules = {.list = services, .count = 1};
	const struct source_otlp otlp = {"", &sizes, "user.name", &rules};
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);
	struct source_request request = {.values = {path}, .otlp = &otlp};

	fuzz_source(&source_otlp, &request);
	(void)close(fd);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A library of any bytes: a number, or why there is none; nothing beyond the file is touched. */
#include "fuzz.h"
#include "util/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);
	struct jo_err err = {0};
	uint32_t value = 77;

	if (elf_read_uint(path, "plugin_version", &value, &err) < 0)
		fuzz_check(value == 77 && err.text[0] != '\0');
	else
		fuzz_check(memmem(data, size, &value, sizeof(value)) != NULL);
	(void)close(fd);
	return 0;
}

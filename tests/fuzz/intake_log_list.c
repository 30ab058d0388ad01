/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The site's list of logs. */
#include "fuzz.h"
#include "intake/log_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);
	struct log_list list;
	struct jo_err err = {0};

	if (log_list_read(path, &list, &err) < 0) {
		fuzz_check(err.code < 0 && err.text[0] != '\0');
	} else {
		for (size_t i = 0; i < list.count; i++)
			fuzz_check(list.sections[i].globs.count > 0 &&
				   list.sections[i].globs.list[0][0] == '/');
		log_list_release(&list);
	}
	(void)close(fd);
	return 0;
}

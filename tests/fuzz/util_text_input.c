/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of whatever file: each ends in NUL and has no other, and there are no more than bytes could
 * tell. */
#include "fuzz.h"
#include "util/text_input.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_input *input = NULL;
	struct jo_err err = {0};
	char path[FUZZ_PATH_SIZE], *line = NULL;
	int fd = fuzz_file(data, size, path), rc;
	int64_t number = 0, done, total;
	size_t len = 0;

	fuzz_check(text_input_open(path, &input, &err) == 0);
	while ((rc = text_input_line(input, &line, &len, &err)) == 1 || rc == -EBADMSG) {
		fuzz_check(text_input_line_number(input) == ++number);
		fuzz_check(rc < 0 || (strlen(line) == len && len <= TEXT_INPUT_LINE_MAX));
		fuzz_check(rc < 0 || strchr(line, '\n') == NULL);
		/* who reads a line may change it */
		if (rc > 0)
			memset(line, 'x', len);
	}
	fuzz_check(rc == 0 || err.text[0] != '\0');
	fuzz_check(text_input_line(input, &line, &len, &err) == rc);
	text_input_place(input, &done, &total);
	fuzz_check(done <= total && total == (int64_t)size);
	text_input_close(input);
	(void)close(fd);
	return 0;
}

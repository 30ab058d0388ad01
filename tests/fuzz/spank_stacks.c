/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of any content, in a room of any size: what is told fits, is printable, and adds up. */
#include "fuzz.h"
#include "joboutliers/record.h"
#include "stacks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The first byte is the size of the room. */
	size_t room = size == 0 ? JO_PROFILE_SIZE : 64 + data[0] * (JO_PROFILE_SIZE - 64) / 255;
	char *text = fuzz_text(data, size), written[JO_PROFILE_SIZE], *rest = written, *line;
	int64_t sum = 0;
	struct stacks stacks;

	stacks_init(&stacks);
	fuzz_check(stacks_add(&stacks, text, NULL) == 0);
	fuzz_check(stacks_write(&stacks, written, room, NULL) == 0);
	fuzz_check_lines(written, room);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		fuzz_check(strrchr(line, ' ') != NULL);
		sum += atoll(strrchr(line, ' ') + 1);
	}
	fuzz_check(sum == stacks.sample_count);
	stacks_free(&stacks);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Points in time: in range or untouched, and what we write is the same second when it is read. */
#include "fuzz.h"
#include "joboutliers/units.h"
#include "util/when.h"

#define NOW_UNIX_US (INT64_C(1772431200) * JO_US_PER_S) /* 2026-03-02T06:00:00 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), buf[WHEN_TEXT_SIZE];
	int64_t value = -77, again;
	struct jo_err err = {0};

	(void)setenv("TZ", "UTC", 1); /* elsewhere an hour comes twice, or not at all */
	if (when_parse(text, NOW_UNIX_US, &value, &err) == 0) {
		fuzz_check(value >= 0);
		fuzz_check(when_parse(when_format(value, buf), NOW_UNIX_US, &again, NULL) == 0);
		fuzz_check(again == value - value % JO_US_PER_S);
	} else {
		fuzz_check(value == -77 && err.code < 0 && err.text[0] != '\0');
	}
	free(text);
	return 0;
}

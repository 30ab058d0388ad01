/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and durations: a result is in range or untouched, and what we write can be read. */
#include "fuzz.h"
#include "joboutliers/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), buf[32];
	int64_t value = -77, again;
	struct jo_err err;

	if (jo_bytes_parse(text, &value, &err) == 0) {
		fuzz_check(value >= 0);
		fuzz_check(strlen(jo_bytes_format(value, buf, sizeof(buf))) < 16);
		/* The largest are rounded up to "8.00 EiB", one byte too many. */
		fuzz_check(jo_bytes_parse(buf, &again, NULL) == 0 || value > INT64_MAX / 100 * 99);
	} else {
		fuzz_check(value == -77 && strlen(err.text) < sizeof(err.text));
	}
	value = -77;
	if (jo_duration_parse(text, &value, &err) == 0) {
		fuzz_check(value >= 0);
		fuzz_check(strlen(jo_duration_format(value, buf, sizeof(buf))) < 24);
		fuzz_check(strlen(jo_duration_format_slurm(value, buf, sizeof(buf))) < 24);
		fuzz_check(jo_duration_parse(buf, &again, NULL) == 0 && again >= value &&
			   again - value < 1000000);
	} else {
		fuzz_check(value == -77);
	}
	free(text);
	return 0;
}

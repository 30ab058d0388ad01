/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One field of an import, by each reader: in range, or refused with nothing filled. */
#include "fuzz_record.h"
#include "intake/field.h"
#include "joboutliers/attr.h"
#include "joboutliers/class.h"

#include <errno.h>

static void read_numbers(const char *text)
{
	int (*const readers[])(const char *, int64_t *,
			       struct jo_err *) = {field_count, field_seconds, field_time};

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		struct jo_err err = {0};
		int64_t value = -77;

		if (readers[i](text, &value, &err) == 0)
			fuzz_check(value >= 0);
		else
			fuzz_check(value == -77 && err.code == -EINVAL && err.text[0] != '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jo_record record, untouched;
	char *text = fuzz_text(data, size);
	enum step_state state = STEP_STATE_NONE;
	bool has_step;

	jo_record_init(&record, JO_RECORD_END);
	untouched = record;
	read_numbers(text);
	if (field_state(text, &state, NULL) < 0)
		fuzz_check(state == STEP_STATE_NONE);
	if (field_step(text, &record, NULL) < 0)
		fuzz_check(memcmp(&record, &untouched, sizeof(record)) == 0);
	if (field_exit(text, &record, NULL) == 0)
		fuzz_check(record.exit_status <= 255 && record.term_signal <= 255);
	if (field_job(text, &record, &has_step, NULL) == 0)
		fuzz_check(record.job_id >= 0);
	jo_class_make(text, record.class_name);
	fuzz_check(jo_class_check(record.class_name, NULL) == 0 || record.class_name[0] == '\0');
	fuzz_check_record(&record);
	free(text);
	return 0;
}

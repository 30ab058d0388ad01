/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of a step, and in the rest its line: both names are cleaned, and the step has a program.
 */
#include "fuzz.h"
#include "intake/submit_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *step = strsep(&rest, "\n");
	char clean[JO_NAME_SIZE];
	struct jo_record record;

	jo_record_init(&record, JO_RECORD_END);
	submit_line_names(rest == NULL ? "" : rest, step, &record);
	jo_record_set_string(clean, sizeof(clean), record.program);
	fuzz_check(strcmp(clean, record.program) == 0);
	jo_record_set_string(clean, sizeof(clean), record.job_name);
	fuzz_check(strcmp(clean, record.job_name) == 0);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes, classes and cleaned names: what is accepted keeps the rules, also as a record. */
#include "fuzz.h"
#include "joboutliers/attr.h"
#include "joboutliers/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), line[JO_RECORD_LINE_MAX];
	struct jo_record record;
	int len;

	jo_record_init(&record, JO_RECORD_START);
	if (jo_attrs_parse(text, &record.attrs, NULL) == 0) {
		fuzz_check(record.attrs.count >= 1 && record.attrs.count <= JO_ATTR_MAX);
		for (size_t i = 0; i < record.attrs.count; i++) {
			fuzz_check_text(record.attrs.list[i].value, JO_ATTR_VALUE_SIZE);
			fuzz_check(jo_attrs_get(&record.attrs, record.attrs.list[i].key) ==
				   record.attrs.list[i].value);
		}
	} else {
		fuzz_check(record.attrs.count == 0);
	}
	jo_record_set_string(record.job_name, sizeof(record.job_name), text);
	fuzz_check_text(record.job_name, sizeof(record.job_name));
	if (jo_class_check(text, NULL) == 0) {
		fuzz_check(strlen(text) < JO_CLASS_SIZE);
		jo_record_set_string(record.class_name, sizeof(record.class_name), text);
		fuzz_check(strcmp(record.class_name, text) == 0);
	}
	len = jo_record_write(&record, line, sizeof(line));
	fuzz_check(len > 0 && strchr(line, '\n') == line + len - 1);
	free(text);
	return 0;
}

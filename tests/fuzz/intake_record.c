/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A spool's line: what is taken is a record that keeps all rules and reads back as it is written.
 */
#include "joboutliers/utf8.h"
#include "fuzz.h"
#include "intake/record_line.h"

#include <errno.h>

static void check_string(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	fuzz_check(end != NULL);
	while (*text != '\0') {
		size_t length = jo_utf8_printable(text);

		fuzz_check(length > 0);
		text += length;
	}
}

static void check_fields(const struct jo_record *record)
{
	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++) {
		const char *member = (const char *)record + field->offset;
		int64_t number;
		int word, count = 0;

		switch (field->type) {
		case JO_FIELD_INT:
			memcpy(&number, member, sizeof(number));
			fuzz_check(number >= 0 || number == JO_MISSING);
			break;
		case JO_FIELD_STRING:
			check_string(member, field->size);
			break;
		case JO_FIELD_ENUM:
			memcpy(&word, member, sizeof(word));
			while (field->words[count] != NULL)
				count++;
			fuzz_check(word >= 0 && word < count);
			break;
		}
	}
	fuzz_check(record->attrs.count <= JO_ATTR_MAX);
	for (size_t i = 0; i < record->attrs.count; i++)
		check_string(record->attrs.list[i].value, sizeof(record->attrs.list[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char line[JO_RECORD_LINE_MAX];
	static struct jo_record record, again;
	char *text = fuzz_text(data, size);
	struct jo_err err = {0};
	int rc, len;

	rc = record_line_parse(text, size, &record, &err);
	if (rc == 0) {
		check_fields(&record);
		fuzz_check(record.node[0] != '\0' && record.start_unix_us != JO_MISSING);
		fuzz_check(record.kind != JO_RECORD_END || record.wall_us != JO_MISSING);
		len = jo_record_write(&record, line, sizeof(line));
		fuzz_check(len > 0);
		fuzz_check(record_line_parse(line, (size_t)len, &again, NULL) == 0);
		/* A node's line has no words of steps, whatever the input had. */
		if (record.kind == JO_RECORD_NODE) {
			again.step_kind = record.step_kind;
			again.input_source = record.input_source;
			again.mem_source = record.mem_source;
		}
		fuzz_check(memcmp(&record, &again, sizeof(record)) == 0);
	} else {
		fuzz_check((rc == -EBADMSG || rc == -EPROTO) && err.text[0] != '\0' &&
			   strchr(err.text, '\n') == NULL);
	}
	free(text);
	return 0;
}

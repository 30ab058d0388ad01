/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds of every record that is taken, wherever it came from. */
#ifndef FUZZ_RECORD_H
#define FUZZ_RECORD_H

#include "fuzz.h"
#include "joboutliers/record.h"

static inline void fuzz_check_record(const struct jo_record *record)
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
			fuzz_check_text(member, field->size);
			break;
		case JO_FIELD_LINES:
			fuzz_check_lines(member, field->size);
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
		fuzz_check_text(record->attrs.list[i].value, sizeof(record->attrs.list[i].value));
}

#endif

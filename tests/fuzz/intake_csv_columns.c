/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns of a CSV file and their fields, a line each in turn, all of one row. */
#include "fuzz_record.h"
#include "intake/csv_columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *name, *field;
	static struct jo_record record;
	struct csv_row row = {.record = &record};
	struct csv_column column;

	jo_record_init(&record, JO_RECORD_END);
	while ((name = strsep(&rest, "\n")) != NULL && (field = strsep(&rest, "\n")) != NULL) {
		struct jo_err err = {0};

		if (csv_column_find(name, &column, &err) < 0) {
			fuzz_check(err.code < 0 && err.text[0] != '\0');
			continue;
		}
		fuzz_check(strcmp(column.name, name) == 0);
		if (csv_column_read(&column, field, &row, &err) < 0)
			fuzz_check(err.code < 0 && err.text[0] == name[0]);
		fuzz_check_record(&record);
	}
	free(text);
	return 0;
}

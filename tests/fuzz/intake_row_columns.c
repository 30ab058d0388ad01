/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and fields, a line each in turn, all of one row; where the size is odd, numbers have
 * commas. */
#include "fuzz_record.h"
#include "intake/row_columns.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *name, *field;
	static struct jo_record record;
	struct row_column column;
	struct row row;
	struct jo_err why = {0};

	row_begin(&row, &record);
	row.has_decimal_comma = size % 2 == 1;
	while ((name = strsep(&rest, "\n")) != NULL && (field = strsep(&rest, "\n")) != NULL) {
		struct jo_err err = {0};

		if (row_column_find(name, &column, &err) < 0) {
			fuzz_check(err.code < 0 && err.text[0] != '\0');
			continue;
		}
		fuzz_check(strcmp(column.name, name) == 0);
		if (row_column_read(&column, field, &row, &err) < 0)
			fuzz_check(err.code < 0 && err.text[0] == name[0]);
		fuzz_check_record(&record);
	}
	if (row_finish(&row, &why) < 0)
		fuzz_check(why.code == -EINVAL && why.text[0] != '\0');
	fuzz_check_record(&record);
	free(text);
	return 0;
}

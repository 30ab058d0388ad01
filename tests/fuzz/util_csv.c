/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CSV: whatever the file holds, each row has as many whole fields as the header, or says why not.
 */
#include "fuzz.h"
#include "util/csv.h"

#include <errno.h>

static void check_columns(const struct csv_reader *reader)
{
	size_t count = csv_reader_column_count(reader);

	fuzz_check(count >= 1);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i && *csv_reader_column(reader, i) != '\0'; j++)
			fuzz_check(strcmp(csv_reader_column(reader, i),
					  csv_reader_column(reader, j)) != 0);
	}
}

static void read_rows(struct csv_reader *reader)
{
	const char *const *fields = NULL;
	int64_t row = 0;
	struct jo_err err;
	size_t bytes = 0;
	int rc;

	while ((rc = csv_reader_next(reader, &fields, &err)) == 1 || rc == -EBADMSG) {
		fuzz_check(csv_reader_row(reader) == ++row);
		for (size_t i = 0; rc == 1 && i < csv_reader_column_count(reader); i++)
			bytes += strlen(fields[i]);
	}
	fuzz_check(rc == 0 || rc == -EPROTO);
	fuzz_check(csv_reader_next(reader, &fields, &err) == rc);
	/* What is unquoted is never longer than it was. */
	fuzz_check(bytes <= (size_t)1 << 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv_reader *reader = NULL;
	struct jo_err err = {0};
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);

	if (csv_reader_open(path, 0, &reader, &err) == 0) {
		check_columns(reader);
		read_rows(reader);
	} else {
		fuzz_check(reader == NULL && err.text[0] != '\0');
	}
	csv_reader_close(reader);
	(void)close(fd);
	return 0;
}

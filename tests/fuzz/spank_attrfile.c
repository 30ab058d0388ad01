/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attribute file of any content: what is taken keeps the rules. */
#include <unistd.h>

#include "attrfile.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[JO_RECORD_LINE_MAX];
	struct attrfile attrfile;
	struct jo_record record;
	FILE *file;

	jo_record_init(&record, JO_RECORD_END);
	attrfile_init(&attrfile);
	fuzz_check(attrfile_make(&attrfile, "/tmp", geteuid(), getegid(), 1, 0, NULL) == 0);
	file = fopen(attrfile.path, "a");
	fuzz_check(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
	(void)attrfile_read(&attrfile, &record, NULL);
	attrfile_remove(&attrfile);
	fuzz_check(record.attrs.count <= JO_ATTR_MAX);
	fuzz_check((record.input_source == JO_INPUT_PROGRAM) == (record.input_bytes != JO_MISSING));
	fuzz_check(jo_record_write(&record, line, sizeof(line)) > 0);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attribute file of any content: what is taken keeps the rules. */
#include <sys/mman.h>
#include <unistd.h>

#include "attrfile.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct attrfile attrfile = {.dir_fd = -1, .fd = memfd_create("attributes", 0)};
	char line[JO_RECORD_LINE_MAX];
	struct jo_record record;

	fuzz_check(attrfile.fd >= 0 && write(attrfile.fd, data, size) == (ssize_t)size);
	jo_record_init(&record, JO_RECORD_END);
	(void)attrfile_read(&attrfile, &record, NULL);
	fuzz_check(record.attrs.count <= JO_ATTR_MAX);
	fuzz_check((record.input_source == JO_INPUT_PROGRAM) == (record.input_bytes != JO_MISSING));
	fuzz_check(jo_record_write(&record, line, sizeof(line)) > 0);
	(void)close(attrfile.fd);
	return 0;
}

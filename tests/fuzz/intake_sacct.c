/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sacct printed, or somebody else: lines that are steps, each a record that keeps the rules.
 */
#include "fuzz_record.h"
#include "intake/source.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char line[JO_RECORD_LINE_MAX];
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path), rc;
	struct source_request request = {.sources = sources, .values = {path}};
	struct source_block block;
	struct jo_err err = {0};
	size_t line_count = 0;
	void *reader = NULL;

	source_block_init(&block);
	fuzz_check(source_sacct.open(&request, &reader, &err) == 0);
	do {
		source_block_clear(&block);
		rc = source_sacct.next(reader, &block, &err);
		fuzz_check(rc >= 0 || (rc == -EBADMSG && err.text[0] != '\0'));
		for (size_t i = 0; i < block.record_count; i++) {
			fuzz_check_record(&block.records[i]);
			fuzz_check(block.records[i].start_unix_us >= 0);
			fuzz_check(jo_record_write(&block.records[i], line, sizeof(line)) > 0);
		}
		line_count += block.record_count + block.bad_count + block.skipped_count;
	} while (rc > 0);
	fuzz_check(line_count <= size);
	fuzz_check(source_sacct.close(reader, &err) == 0);
	source_block_release(&block);
	(void)close(fd);
	return 0;
}

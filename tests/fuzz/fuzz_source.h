/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A way in over a file: whatever it takes is a record that keeps the rules. */
#ifndef FUZZ_SOURCE_H
#define FUZZ_SOURCE_H

#include "fuzz_record.h"
#include "intake/source.h"

static inline void fuzz_source_block(const struct source_block *block)
{
	static char line[JO_RECORD_LINE_MAX];

	for (size_t i = 0; i < block->record_count; i++) {
		const struct jo_record *record = &block->records[i];

		fuzz_check_record(record);
		fuzz_check(record->job_id >= 0 && record->start_unix_us >= 0);
		fuzz_check(jo_record_write(record, line, sizeof(line)) > 0);
	}
	for (size_t i = 0; i < block->bad_count; i++)
		fuzz_check(block->bad[i].text[0] != '\0');
}

/* Read all of it, as the request says; a refusal must say why. */
static inline void fuzz_source(const struct source *source, struct source_request *request)
{
	struct source_block block;
	struct jo_err err = {0};
	void *reader = NULL;
	int rc;

	request->now_unix_us = INT64_MAX; /* what begins far ahead is read, too */
	request->files = request->values;
	request->file_count = 1;
	if (source->open(request, &reader, &err) < 0) {
		fuzz_check(err.code < 0 && err.text[0] != '\0');
		return;
	}
	source_block_init(&block);
	do {
		source_block_clear(&block);
		rc = source->next(reader, &block, &err);
		fuzz_check(rc >= 0 || (err.code < 0 && err.text[0] != '\0'));
		fuzz_source_block(&block);
	} while (rc > 0);
	err = (struct jo_err){0};
	fuzz_check(source->close(reader, &err) == 0 || err.text[0] != '\0');
	source_block_release(&block);
}

/* The same for an input that is the file. */
static inline int fuzz_source_file(const struct source *source, const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);
	struct source_request request = {.values = {path}};

	fuzz_source(source, &request);
	(void)close(fd);
	return 0;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A spool's line: what is taken is a record that keeps all rules and reads back as it is written.
 */
#include "fuzz_record.h"
#include "intake/record_line.h"

#include <errno.h>

/* A blank more is left to the library, which reads the same. */
static void check_library(const char *text, size_t size, int rc, const struct jo_record *record)
{
	static char blank[JO_RECORD_LINE_MAX];
	static struct jo_record other;
	int other_rc;

	if (size == 0 || size >= sizeof(blank) || text[0] != '{')
		return;
	blank[0] = '{';
	blank[1] = ' ';
	memcpy(blank + 2, text + 1, size - 1);
	other_rc = record_line_parse(blank, size + 1, &other, NULL);
	fuzz_check(other_rc == rc);
	fuzz_check(rc != 0 || memcmp(record, &other, sizeof(other)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char line[JO_RECORD_LINE_MAX];
	static struct jo_record record, again;
	char *text = fuzz_text(data, size);
	struct jo_err err = {0};
	int rc, len;

	rc = record_line_parse(text, size, &record, &err);
	check_library(text, size, rc, &record);
	if (rc == 0) {
		fuzz_check_record(&record);
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

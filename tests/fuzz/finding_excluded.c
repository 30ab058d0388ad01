/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns that the site gave, in the first line, against the name in the second. */
#include "finding/excluded.h"
#include "fuzz.h"
#include "joboutliers/record.h"

/* A pattern of many stars takes the C library time without end, and no site has one. */
#define PATTERN_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *name = text;
	char *patterns = strsep(&name, "\n"), cleaned[JO_CLASS_SIZE];
	struct excluded excluded = {0};
	struct step step = {
		.partition = "main", .account = "bio", .user = "ada", .class_name = "x", .qos = ""};
	bool is_plain;

	if (strlen(patterns) <= PATTERN_MAX) {
		jo_record_set_string(cleaned, sizeof(cleaned), name != NULL ? name : "");
		step.class_name = cleaned;
		fuzz_check(!excluded_has(&excluded, &step));
		strlist_split(&excluded.classes, patterns);
		is_plain = strpbrk(patterns, "*?[\\") == NULL;
		/* Without a pattern's characters only the name itself fits. */
		if (is_plain)
			fuzz_check(excluded_has(&excluded, &step) ==
				   strlist_has(&excluded.classes, cleaned));
		else
			(void)excluded_has(&excluded, &step);
		strlist_add(&excluded.users, "ad?");
		fuzz_check(excluded_has(&excluded, &step));
	}
	strlist_release(&excluded.classes);
	strlist_release(&excluded.users);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line, a word a line: the name is that of one of its words, or cleaned from it. */
#include "fuzz.h"
#include "joboutliers/program.h"

#define WORDS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, name[JO_NAME_SIZE];
	char *argv[WORDS_MAX + 1];
	int argc = 0;

	while (argc < WORDS_MAX && (argv[argc] = strsep(&rest, "\n")) != NULL)
		argc++;
	argv[argc] = NULL;
	jo_program_name(argc, argv, name);
	fuzz_check(strlen(name) < JO_NAME_SIZE && (size > 0 || name[0] == '\0'));
	free(text);
	return 0;
}

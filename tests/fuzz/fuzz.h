/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzzers share. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the input; a fuzzer finds an abort. */
#define fuzz_check(cond)                                                                           \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			(void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond);   \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* The input as a string of its own; to be freed. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#define FUZZ_PATH_SIZE 40

/* The input as a file that has a path, for readers who want one, and that its owner alone may
 * write; it is there until the returned descriptor is closed. */
static inline int fuzz_file(const uint8_t *data, size_t size, char path[FUZZ_PATH_SIZE])
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	fuzz_check(fd >= 0 && fchmod(fd, 0600) == 0);
	fuzz_check(write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, FUZZ_PATH_SIZE, "/proc/self/fd/%d", fd);
	return fd;
}

/* Make a folder of the fuzzer's own, in memory where that can be had: a disk makes each input wait.
 */
static inline void fuzz_folder(char path[FUZZ_PATH_SIZE])
{
	(void)snprintf(path, FUZZ_PATH_SIZE, "%s/joboutliers-fuzz-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	fuzz_check(mkdtemp(path) != NULL);
}

/* Put the input into a file, in the place of what it had. */
static inline void fuzz_write(const char *path, const uint8_t *data, size_t size)
{
	FILE *fp = fopen(path, "w");

	fuzz_check(fp != NULL);
	fuzz_check(fwrite(data, 1, size, fp) == size && fclose(fp) == 0);
}

/* Text that ends within its size and has nothing in it that is not to be shown. */
static inline void fuzz_check_text(const char *text, size_t size)
{
	fuzz_check(memchr(text, '\0', size) != NULL);
	while (*text != '\0') {
		size_t length = jo_utf8_printable(text);

		fuzz_check(length > 0);
		text += length;
	}
}

/* The same for a text of lines. */
static inline void fuzz_check_lines(const char *text, size_t size)
{
	fuzz_check(memchr(text, '\0', size) != NULL);
	while (*text != '\0') {
		size_t length = *text == '\n' ? 1 : jo_utf8_printable(text);

		fuzz_check(length > 0);
		text += length;
	}
}

#endif

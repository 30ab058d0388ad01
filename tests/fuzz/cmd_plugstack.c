/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugstack.conf, in a folder of its own where it may include itself. */
#include "cmd/plugstack.h"
#include "fuzz.h"

#include <fcntl.h>

static char folder[FUZZ_PATH_SIZE];

static char path[64];
static int here_fd, folder_fd;

static void remove_folder(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

static void make_folder(void)
{
	if (path[0] != '\0')
		return;
	here_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_check(here_fd >= 0);
	fuzz_folder(folder);
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_check(folder_fd >= 0);
	(void)snprintf(path, sizeof(path), "%s/plugstack.conf", folder);
	(void)atexit(remove_folder);
}

/* Any file of the machine, a device or a FIFO among them, is not for a fuzzer to read. */
static bool looks_outside(const char *text)
{
	for (const char *at = text; (at = strcasestr(at, "include")) != NULL; at++)
		if (strcspn(at, "/~") < strcspn(at, "\n"))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct plugstack_line line = {0};

	if (!looks_outside(text)) {
		make_folder();
		fuzz_write(path, data, size);
		fuzz_check(fchdir(folder_fd) == 0);
		plugstack_read("plugstack.conf", &line);
		fuzz_check(fchdir(here_fd) == 0);
		fuzz_check((line.place != NULL) == (line.path != NULL));
		if (line.path != NULL)
			fuzz_check(strstr(line.path, PLUGSTACK_PLUGIN) != NULL);
		plugstack_line_release(&line);
	}
	free(text);
	return 0;
}

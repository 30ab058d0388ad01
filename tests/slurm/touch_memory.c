/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Touches a known amount of memory and holds it: what the measured peak of a
 * step is checked against.
 *
 * usage: touch_memory MEBIBYTES [SECONDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t bytes;
	void *memory;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: touch_memory MEBIBYTES [SECONDS]\n");
		return 2;
	}
	bytes = strtoul(argv[1], NULL, 10) << 20;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("touch_memory: mmap");
		return 1;
	}
	memset(memory, 1, bytes);
	if (argc == 3)
		sleep((unsigned int)strtoul(argv[2], NULL, 10));
	return 0;
}

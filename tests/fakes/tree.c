/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for one test; see tree.h. */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char top[] = "/tmp/joboutliers-tree-XXXXXX";

const char *tree_make(void)
{
	memset(top + strlen(top) - 6, 'X', 6);
	if (mkdtemp(top) == NULL) {
		perror(top);
		exit(1);
	}
	return top;
}

const char *tree_at(const char *path)
{
	static char full[4][4096];
	static unsigned int next;

	next = (next + 1) % 4;
	(void)snprintf(full[next], sizeof(full[next]), "%s/%s", top, path);
	return full[next];
}

void tree_file(const char *path, const char *text)
{
	char full[4096];
	FILE *file;

	(void)snprintf(full, sizeof(full), "%s/%s", top, path);
	for (char *c = full + strlen(top) + 1; (c = strchr(c, '/')) != NULL; c++) {
		*c = '\0';
		(void)mkdir(full, 0755);
		*c = '/';
	}
	file = fopen(full, "w");
	if (file == NULL || fputs(text, file) == EOF || fclose(file) == EOF) {
		perror(full);
		exit(1);
	}
}

void tree_shell(const char *command)
{
	char full[4096];

	(void)snprintf(full, sizeof(full), "cd %s && { %s\n}", top, command);
	if (system(full) != 0) {
		(void)fprintf(stderr, "failed: %s\n", command);
		exit(1);
	}
}

void tree_remove(void)
{
	tree_shell("rm -rf \"$PWD\"");
}

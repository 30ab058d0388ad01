/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads plugstack.conf as Slurm does, as far as our plugin is concerned. */
#include "cmd/plugstack.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"

#define WHITE " \t\r\n"

/* Files that include each other in a circle end here. */
#define DEPTH_MAX 8

/* A file that includes itself n times would be read n^DEPTH_MAX times; no site has so many. */
#define FILES_MAX 1000

struct reader {
	struct plugstack_line line;
	size_t file_count;
};

static void read_file(struct reader *reader, const char *path, int depth);

static void read_included(struct reader *reader, const char *pattern, int depth)
{
	glob_t found;

	if (depth < DEPTH_MAX && glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			read_file(reader, found.gl_pathv[i], depth + 1);
		globfree(&found);
	}
}

static void read_plugin_line(struct plugstack_line *line, char *words, bool is_required,
			     const char *path, size_t number)
{
	char *state, *word = strtok_r(words, WHITE, &state);
	const char *name;

	if (word == NULL)
		return;
	name = strrchr(word, '/') != NULL ? strrchr(word, '/') + 1 : word;
	if (strcmp(name, PLUGSTACK_PLUGIN) != 0)
		return;
	line->place = xasprintf("%s:%zu", path, number);
	line->path = xstrdup(word);
	line->is_required = is_required;
	while ((word = strtok_r(NULL, WHITE, &state)) != NULL)
		if (strncmp(word, "spool=", 6) == 0 && line->spool == NULL)
			line->spool = xstrdup(word + 6);
}

static void read_file(struct reader *reader, const char *path, int depth)
{
	struct plugstack_line *found = &reader->line;
	char *text = NULL;
	size_t size = 0;
	FILE *fp;

	if (found->place != NULL || reader->file_count++ >= FILES_MAX)
		return;
	fp = fopen(path, "re");
	if (fp == NULL)
		return;
	for (size_t number = 1; found->place == NULL && getline(&text, &size, fp) >= 0; number++) {
		char *state, *word;

		text[strcspn(text, "#\n")] = '\0';
		word = strtok_r(text, WHITE, &state);
		if (word == NULL)
			continue;
		if (strcasecmp(word, "include") == 0)
			read_included(reader, state + strspn(state, WHITE), depth);
		else if (strcasecmp(word, "optional") == 0 || strcasecmp(word, "required") == 0)
			read_plugin_line(found, state, strcasecmp(word, "required") == 0, path,
					 number);
	}
	free(text);
	(void)fclose(fp);
}

void plugstack_read(const char *path, struct plugstack_line *ret_line)
{
	struct reader reader = {0};

	read_file(&reader, path, 0);
	*ret_line = reader.line;
}

void plugstack_line_release(struct plugstack_line *line)
{
	free(line->place);
	free(line->path);
	free(line->spool);
	*line = (struct plugstack_line){0};
}

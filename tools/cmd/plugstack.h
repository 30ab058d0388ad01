/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slurm's plugstack.conf, with the files that it includes: whether and how it names our plugin. */
#ifndef CMD_PLUGSTACK_H
#define CMD_PLUGSTACK_H

#include <stdbool.h>
#include <stddef.h>

#define PLUGSTACK_PLUGIN "joboutliers.so"

/* The plugin's line. */
struct plugstack_line {
	char *place; /* "FILE:LINE", or NULL: there is none */
	char *path;
	char *spool; /* NULL: the plugin's default */
	bool is_required;
};

/*
 * Find the plugin's first line, in the order in which Slurm reads; a file that
 * cannot be read has none.  Release *ret_line.
 */
void plugstack_read(const char *path, struct plugstack_line *ret_line);

/* Free its texts; zeroed memory is fine. */
void plugstack_line_release(struct plugstack_line *line);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The site's list of logs that ingest reads: a section for each kind, whose name
 * is the class of its jobs.
 *
 *	[filter]
 *	Files=/data/ * /filter.log*	(without the blanks) globs, separated by commas
 *	Pattern=REGEX			as --pattern; without it as --jsonl
 *	Map=OURS=THEIRS,...		as --map
 */
#ifndef INTAKE_LOG_LIST_H
#define INTAKE_LOG_LIST_H

#include <sys/stat.h>

#include "intake/log_format.h"
#include "util/strlist.h"

struct log_section {
	char *name;
	struct strlist globs;
	struct log_format *format;
};

struct log_list {
	struct log_section *sections;
	size_t count;
};

/*
 * Read the file.  Refused, with its name before the reason: what is no such list, a
 * section without Files, a key that is none, a pattern or map that is wrong, and a
 * file that everybody may write, as it says what is read for whom.
 */
int log_list_read(const char *path, struct log_list *ret_list, struct jo_err *err);

/* Call found for each file that the section's globs name, links left out; one that two of them
 * name comes twice. */
void log_section_files(const struct log_section *section,
		       void (*found)(void *context, const char *path, const struct stat *st),
		       void *context);

/* Free what it holds; all zero is fine. */
void log_list_release(struct log_list *list);

#endif

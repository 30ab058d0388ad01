/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far logs were read, which ingest asks each night. */
#ifndef STORE_LOG_FILE_H
#define STORE_LOG_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct store;

struct store_log_file {
	int64_t id;            /* the store's own; JO_MISSING: it is to be added */
	char *path;            /* where it was then; the list's own */
	int64_t device, inode; /* of the file that it was then */
	uint64_t first_hash;   /* of its first line */
	uint64_t last_hash;    /* of the last line that was read */
	int64_t read_bytes;    /* of its text, as unpacked */
	int64_t file_bytes;    /* as it was stored then */
	int64_t changed_unix_us;
	int64_t seen_unix_us; /* when it was there last */
};

/* Those of a section; *ret_files is for store_log_files_free(). */
int store_log_files_read(struct store *store, const char *section,
			 struct store_log_file **ret_files, size_t *ret_count, struct jo_err *err);

/* Free a list; NULL is fine. */
void store_log_files_free(struct store_log_file *files, size_t count);

/* Add it, or change the one of its id. */
int store_log_file_put(struct store *store, const char *section, const struct store_log_file *file,
		       struct jo_err *err);

/* Forget those that were not there since the time. */
int store_log_files_drop(struct store *store, int64_t seen_before_unix_us, struct jo_err *err);

#endif

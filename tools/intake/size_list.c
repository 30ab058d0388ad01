/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of names, in memory: a pipeline has thousands of tasks, not millions. */
#include "intake/size_list.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/csv.h"

struct size_list {
	GHashTable *sizes; /* of name to int64_t, both its own */
};

static int find_column(const struct csv_reader *reader, const char *name, size_t *ret_column,
		       struct jo_err *err)
{
	for (size_t i = 0; i < csv_reader_column_count(reader); i++)
		if (strcmp(csv_reader_column(reader, i), name) == 0) {
			*ret_column = i;
			return 0;
		}
	return jo_err_set(err, -EBADMSG, "header: no column '%s'; name and input_bytes are needed",
			  name);
}

static int read_rows(struct size_list *list, struct csv_reader *reader, struct jo_err *err)
{
	const char *const *fields;
	size_t name, bytes;
	int rc = find_column(reader, "name", &name, err);

	if (rc == 0)
		rc = find_column(reader, "input_bytes", &bytes, err);
	while (rc >= 0 && (rc = csv_reader_next(reader, &fields, err)) > 0) {
		int64_t *size;

		if (fields[name][0] == '\0' || fields[bytes][0] == '\0')
			continue;
		size = xmalloc(sizeof(*size));
		rc = jo_bytes_parse(fields[bytes], size, err);
		if (rc < 0) {
			free(size);
			return jo_err_prefix(err, "row %lld", (long long)csv_reader_row(reader));
		}
		(void)g_hash_table_replace(list->sizes, g_strdup(fields[name]), size);
	}
	return rc;
}

int size_list_read(const char *path, struct size_list **ret_list, struct jo_err *err)
{
	struct size_list *list;
	struct csv_reader *reader;
	int rc = csv_reader_open(path, '\0', &reader, err);

	if (rc < 0)
		return rc;
	list = xcalloc(1, sizeof(*list));
	list->sizes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free);
	rc = read_rows(list, reader, err);
	csv_reader_close(reader);
	if (rc < 0) {
		size_list_free(list);
		return jo_err_prefix(err, "%s", path);
	}
	*ret_list = list;
	return 0;
}

void size_list_free(struct size_list *list)
{
	if (list == NULL)
		return;
	g_hash_table_destroy(list->sizes);
	free(list);
}

bool size_list_find(const struct size_list *list, const char *name, int64_t *ret_bytes)
{
	const int64_t *size = g_hash_table_lookup(list->sizes, name);

	if (size != NULL)
		*ret_bytes = *size;
	return size != NULL;
}

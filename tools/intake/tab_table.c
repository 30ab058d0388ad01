/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers and rows, cut at tabs. */
#include "intake/tab_table.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Returns how many there are, of which at most TAB_TABLE_COLUMNS_MAX are in cells. */
static size_t cut(char *line, char **cells)
{
	size_t count = 0;
	char *cell;

	while ((cell = strsep(&line, "\t")) != NULL) {
		if (count < TAB_TABLE_COLUMNS_MAX)
			cells[count] = cell;
		count++;
	}
	return count;
}

int tab_table_begin(struct tab_table *table, char *header, const char *const *names,
		    size_t name_count, struct jo_err *err)
{
	char *cells[TAB_TABLE_COLUMNS_MAX];
	size_t count = cut(header, cells);
	int found = 0;

	assert(name_count <= TAB_TABLE_NAMES_MAX);
	if (count > TAB_TABLE_COLUMNS_MAX)
		return jo_err_set(err, -EBADMSG, "%zu columns, expected at most %d", count,
				  TAB_TABLE_COLUMNS_MAX);
	*table = (struct tab_table){.column_count = count, .name_count = name_count};
	for (size_t i = 0; i < name_count; i++) {
		table->at[i] = -1;
		for (size_t j = 0; j < count && table->at[i] < 0; j++)
			if (strcmp(cells[j], names[i]) == 0)
				table->at[i] = (int)j;
		found += table->at[i] >= 0;
	}
	return found;
}

int tab_table_row(const struct tab_table *table, char *row, const char **ret_fields,
		  struct jo_err *err)
{
	char *cells[TAB_TABLE_COLUMNS_MAX];
	size_t count = cut(row, cells);

	if (count != table->column_count)
		return jo_err_set(err, -EINVAL, "%zu fields, the header has %zu", count,
				  table->column_count);
	for (size_t i = 0; i < table->name_count; i++)
		ret_fields[i] = table->at[i] >= 0 ? cells[table->at[i]] : "";
	return 0;
}

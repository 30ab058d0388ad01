/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --map, and names of a file, a line each: none that is mapped stays what it was. */
#include "fuzz.h"
#include "intake/column_map.h"
#include "intake/row_columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *name = strsep(&rest, "\n");
	struct column_map map;
	struct jo_err err = {0};

	if (column_map_parse(name, &map, &err) < 0) {
		fuzz_check(strncmp(err.text, "--map: ", 7) == 0);
		free(text);
		return 0;
	}
	for (size_t i = 0; i < map.count; i++) {
		struct row_column column;

		fuzz_check(row_column_find(map.pairs[i].ours, &column, NULL) == 0);
	}
	while ((name = strsep(&rest, "\n")) != NULL)
		(void)column_map_ours(&map, name);
	(void)column_map_check(&map, &err);
	for (size_t i = 0; i < map.count; i++)
		fuzz_check(column_map_ours(&map, map.pairs[i].theirs) == map.pairs[i].ours);
	fuzz_check(column_map_check(&map, &err) == 0);
	column_map_release(&map);
	free(text);
	return 0;
}

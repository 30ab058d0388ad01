/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pairs of --map, which are few: they are searched one by one. */
#include "intake/column_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "intake/row_columns.h"
#include "util/alloc.h"

/* Find the pair whose name of this member is so; NULL when there is none. */
static struct column_map_pair *find(const struct column_map *map, const char *ours,
				    const char *theirs)
{
	for (size_t i = 0; i < map->count; i++)
		if ((ours != NULL && strcmp(map->pairs[i].ours, ours) == 0) ||
		    (theirs != NULL && strcmp(map->pairs[i].theirs, theirs) == 0))
			return &map->pairs[i];
	return NULL;
}

static int add_pair(struct column_map *map, char *pair, struct jo_err *err)
{
	struct row_column column;
	char *equals = strchr(pair, '=');

	if (equals == NULL || equals == pair || equals[1] == '\0')
		return jo_err_set(err, -EINVAL,
				  "expected OURS=THEIRS[,OURS=THEIRS...], such as "
				  "input_bytes=size_in, found '%.40s'",
				  pair);
	*equals = '\0';
	if (row_column_find(pair, &column, err) < 0)
		return -EINVAL;
	if (find(map, pair, NULL) != NULL)
		return jo_err_set(err, -EINVAL, "'%.40s' is mapped twice", pair);
	if (find(map, NULL, equals + 1) != NULL)
		return jo_err_set(err, -EINVAL, "'%.40s' is mapped twice", equals + 1);
	map->pairs = xreallocarray(map->pairs, map->count + 1, sizeof(map->pairs[0]));
	map->pairs[map->count++] = (struct column_map_pair){pair, equals + 1, false};
	return 0;
}

int column_map_parse(const char *text, struct column_map *ret_map, struct jo_err *err)
{
	struct column_map map = {0};
	char *rest, *pair;
	int rc = 0;

	if (text != NULL) {
		rest = map.text = xstrdup(text);
		while (rc == 0 && (pair = strsep(&rest, ",")) != NULL)
			rc = add_pair(&map, pair, err);
	}
	if (rc < 0) {
		(void)jo_err_prefix(err, "--map");
		column_map_release(&map);
		return rc;
	}
	*ret_map = map;
	return 0;
}

void column_map_release(struct column_map *map)
{
	free(map->pairs);
	free(map->text);
	*map = (struct column_map){0};
}

const char *column_map_ours(struct column_map *map, const char *theirs)
{
	struct column_map_pair *pair = find(map, NULL, theirs);

	if (pair != NULL) {
		pair->is_found = true;
		return pair->ours;
	}
	return find(map, theirs, NULL) == NULL ? theirs : NULL;
}

int column_map_check(const struct column_map *map, struct jo_err *err)
{
	for (size_t i = 0; i < map->count; i++)
		if (!map->pairs[i].is_found)
			return jo_err_set(err, -EBADMSG, "--map: there is no column '%.40s' for %s",
					  map->pairs[i].theirs, map->pairs[i].ours);
	return 0;
}

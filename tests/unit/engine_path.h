/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a test's database is: a file, or with JO_ENGINE=postgresql a database of the server that
 * tests/postgres/server started. */
#ifndef ENGINE_PATH_H
#define ENGINE_PATH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENGINE_PATH_SIZE 200

/* What Database would be for the file of this name in the test's folder. */
__attribute__((unused)) static const char *engine_path(const char *folder, const char *name,
						       char path[static ENGINE_PATH_SIZE])
{
	const char *engine = getenv("JO_ENGINE");
	char command[400], database[100];

	if (engine == NULL || strcmp(engine, "postgresql") != 0) {
		(void)snprintf(path, ENGINE_PATH_SIZE, "%s/%s", folder, name);
		return path;
	}
	(void)snprintf(database, sizeof(database), "%s_%s", strrchr(folder, '/') + 1, name);
	/* The second time it is there already, which is as good. */
	(void)snprintf(command, sizeof(command),
		       "psql -qX -d postgres -c 'CREATE DATABASE \"%s\" TEMPLATE template0' "
		       "2>/dev/null",
		       database);
	(void)!system(command);
	(void)snprintf(path, ENGINE_PATH_SIZE, "postgresql:///%s?host=%s", database,
		       getenv("PGHOST"));
	return path;
}

#endif

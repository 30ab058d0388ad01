/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of the night that lies beside the database: read, or said to be none. */
#include "fuzz.h"
#include "store/night_report.h"

#include <errno.h>

static char folder[FUZZ_PATH_SIZE], database[64], report_path[80];

static void remove_folder(void)
{
	(void)unlink(report_path);
	(void)rmdir(folder);
}

static void make_folder(void)
{
	if (database[0] != '\0')
		return;
	fuzz_folder(folder);
	(void)snprintf(database, sizeof(database), "%s/db", folder);
	(void)snprintf(report_path, sizeof(report_path), "%s.night", database);
	(void)atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_night_report report = {-77, -77, -77};
	struct jo_err err = {0};
	int rc;

	make_folder();
	fuzz_write(report_path, data, size);
	rc = store_night_get(database, &report, &err);
	if (rc < 0)
		fuzz_check(rc == -EBADMSG && err.text[0] != '\0' && report.begin_unix_us == -77);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names are checked on both sides: the other one may be anybody. */
#include "forward/parcel.h"

#include <string.h>

#include "joboutliers/spool.h"

#define DIGITS "0123456789"
#define NAME_CHARACTERS DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-"

static bool is_plain(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= PARCEL_NAME_MAX && strspn(name, NAME_CHARACTERS) == len;
}

bool parcel_is_record_name(const char *name)
{
	return is_plain(name) && strchr(DIGITS, name[0]) != NULL;
}

bool parcel_first_name(const char *file, char ret_name[PARCEL_NAME_MAX + 1])
{
	size_t len;

	(void)jo_spool_record_count(file, &len);
	if (len > PARCEL_NAME_MAX)
		return false;
	memcpy(ret_name, file, len);
	ret_name[len] = '\0';
	return parcel_is_record_name(ret_name);
}

bool parcel_is_node_name(const char *name)
{
	return is_plain(name) && name[0] != '.' && name[0] != '-' &&
	       strcmp(name, JO_SPOOL_BAD) != 0;
}

void parcel_count(const struct parcel *parcel, struct forward_summary *report)
{
	int64_t *const counts[] = {
		[PARCEL_LEFT] = &report->left_count,      [PARCEL_CARRIED] = &report->carried_count,
		[PARCEL_KNOWN] = &report->known_count,    [PARCEL_FOREIGN] = &report->foreign_count,
		[PARCEL_WANTED] = &report->carried_count,
	};

	for (size_t i = 0; i < parcel->count; i++)
		++*counts[parcel->items[i].fate];
}

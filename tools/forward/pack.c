/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "forward/pack.h"

#include <stdio.h>
#include <string.h>

#include "joboutliers/spool.h"
#include "util/write_all.h"

static const char *bytes_of(const struct parcel *parcel, const struct parcel_item *item)
{
	return parcel->bytes + item->offset;
}

bool pack_is_line(const struct parcel *parcel, const struct parcel_item *item)
{
	const char *bytes = bytes_of(parcel, item);

	return item->len > 0 && memchr(bytes, '\n', item->len) == bytes + item->len - 1;
}

void pack_name(const struct pack *pack, char ret_name[PACK_NAME_SIZE])
{
	if (pack->count == 1)
		(void)snprintf(ret_name, PACK_NAME_SIZE, "%s", pack->items[0]->name);
	else
		(void)snprintf(ret_name, PACK_NAME_SIZE, "%.*s%c%zu", PARCEL_NAME_MAX,
			       pack->items[0]->name, JO_SPOOL_COUNT_MARK, pack->count);
}

/* Items that follow each other in the parcel's bytes go out at once, which is nearly always all. */
int pack_write(const struct pack *pack, int fd)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pack->count;) {
		size_t offset = pack->items[i]->offset, end = offset;

		for (; i < pack->count && pack->items[i]->offset == end; i++)
			end += pack->items[i]->len;
		rc = write_all(fd, pack->parcel->bytes + offset, end - offset);
	}
	return rc;
}

bool pack_has(const char *bytes, size_t len, const struct parcel *parcel,
	      const struct parcel_item *item)
{
	const char *record = bytes_of(parcel, item), *end = bytes + len;

	if (len == item->len && memcmp(bytes, record, len) == 0)
		return true;
	if (!pack_is_line(parcel, item))
		return false;
	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		size_t line_len =
			newline != NULL ? (size_t)(newline - bytes) + 1 : (size_t)(end - bytes);

		if (line_len == item->len && memcmp(bytes, record, line_len) == 0)
			return true;
		bytes += line_len;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zlib, with an end for what it makes of little. */
#include "receive/unpack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "util/alloc.h"

#define GZIP_ONLY (16 + MAX_WBITS) /* as inflateInit2 has it */
#define GUESS 8                    /* how many times shorter JSON and protobuf are when packed */
#define FIRST_BYTES 4096

int unpack_gzip(const void *packed, size_t packed_len, size_t len_max, char **ret_bytes,
		size_t *ret_len, struct jo_err *err)
{
	size_t size = packed_len < len_max / GUESS ? GUESS * packed_len + FIRST_BYTES : len_max;
	z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed, .avail_in = (uInt)packed_len};
	unsigned char *bytes;
	int status;

	if (size > len_max)
		size = len_max;
	if (inflateInit2(&stream, GZIP_ONLY) != Z_OK)
		alloc_failed();
	bytes = xmalloc(size);
	do {
		if (stream.total_out == size && size < len_max) {
			size = size > len_max / 2 ? len_max : 2 * size;
			bytes = xreallocarray(bytes, size, 1);
		}
		stream.next_out = bytes + stream.total_out;
		stream.avail_out = (uInt)(size - stream.total_out);
		status = inflate(&stream, Z_NO_FLUSH);
	} while (status == Z_OK && (stream.avail_out == 0 ? size < len_max : stream.avail_in > 0));
	(void)inflateEnd(&stream);
	if (status == Z_STREAM_END) {
		*ret_bytes = (char *)bytes;
		*ret_len = stream.total_out;
		return 0;
	}
	free(bytes);
	if (stream.avail_out == 0 && size == len_max)
		return jo_err_set(err, -E2BIG, "more than %zu bytes when it is unpacked", len_max);
	return jo_err_set(err, -EBADMSG, "no gzip, or cut short");
}

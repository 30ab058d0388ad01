/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes stand in names and in stored models: they are those of the published test vectors. */
#include "tap.h"
#include "joboutliers/hash.h"

int main(void)
{
	static const struct {
		const char *text;
		uint32_t hash32;
		uint64_t hash64;
	} rows[] = {
		{"", 0x811c9dc5, UINT64_C(0xcbf29ce484222325)},
		{"a", 0xe40c292c, UINT64_C(0xaf63dc4c8601ec8c)},
		{"foobar", 0xbf9cf968, UINT64_C(0x85944171f73967e8)},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ok(jo_hash_text32(rows[i].text) == rows[i].hash32, "32 bits of \"%s\"", rows[i].text);
		ok(jo_hash_text64(rows[i].text) == rows[i].hash64, "64 bits of \"%s\"", rows[i].text);
	}
	ok(jo_hash_text32("\xc3\xa4") != jo_hash_text32("\xc3\xb6"), "bytes above 127 count");
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fowler, Noll and Vo's hash, with their offsets and primes. */
#include "joboutliers/hash.h"

uint32_t jo_hash_text32(const char *text)
{
	uint32_t hash = UINT32_C(0x811c9dc5);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT32_C(0x01000193);
	return hash;
}

uint64_t jo_hash_text64(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

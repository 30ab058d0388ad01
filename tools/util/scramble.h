/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in a row spread over all that a word holds, each to one of its own. */
#ifndef UTIL_SCRAMBLE_H
#define UTIL_SCRAMBLE_H

#include <stdint.h>

/* SplitMix64 of Steele, Lea and Flood. */
static inline uint64_t scramble(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

#endif

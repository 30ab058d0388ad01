/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash of a text: FNV-1a, the same on every machine and in every version, as
 * names of files and of classes have one in them and stored models are read by
 * them.  No guard against somebody who wants two texts to be one.
 */
#ifndef JOBOUTLIERS_HASH_H
#define JOBOUTLIERS_HASH_H

#include <stdint.h>

/* Four bytes are enough to tell texts apart that are nearly never at the same place. */
uint32_t jo_hash_text32(const char *text);

/* Eight bytes, where nothing else tells two texts apart. */
uint64_t jo_hash_text64(const char *text);

#endif

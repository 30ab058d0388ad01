/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of spots, from the symbols and the debug information of their files, read by
 * libdw of elfutils.  The files are the user's, and so is the process.
 */
#ifndef SAMPLE_SYMBOLS_H
#define SAMPLE_SYMBOLS_H

#include <stdbool.h>

#include "sample/spots.h"

/*
 * Name each place: by function and file of the program, or with `want_lines` by line of the
 * source where that is known.  A place without a name has none, for the lack of memory.
 */
void symbols_name(struct spots *spots, bool want_lines);

#endif

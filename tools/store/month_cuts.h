/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a row of stretches of ids, whose steps mostly come month after month, is best cut into
 * months. Private to store/. */
#ifndef STORE_MONTH_CUTS_H
#define STORE_MONTH_CUTS_H

#include <stddef.h>
#include <stdint.h>

#define MONTH_CUTS_NOTHING (-1) /* a stretch without a step */

/*
 * Cut the stretches where their months, each that of its last step, go on, or far
 * back, as behind history that was imported later.  There are at most about twice
 * as many parts as months, whatever order the steps are in: else cuts are where
 * they matter less.  The months may be changed meanwhile.
 *
 * Returns how many parts there are, and fills in where they end: at stretches from
 * 1 to count, in order.  The last is count, if there is any step.
 */
size_t month_cuts(int32_t *months, size_t count, size_t *ret_ends);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a group's level moved for good: code fixed, or regressed, since a step. */
#ifndef MODEL_REGIME_H
#define MODEL_REGIME_H

#include <stddef.h>

#define REGIME_CUTS_MAX 32 /* five levels of halving give at most 31 */

/*
 * Cut n residuals in time order where their level shifts.  cuts[] receives the
 * first rows of all segments but the first, ascending; returns how many.
 * scratch holds 2 n numbers.
 */
size_t regime_cuts(const double *residual, size_t n, double *scratch, size_t cuts[REGIME_CUTS_MAX]);

#endif

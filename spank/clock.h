/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's clocks. */
#ifndef SPANK_CLOCK_H
#define SPANK_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Micro-seconds by this clock, or JO_MISSING. */
int64_t clock_now_us(clockid_t clock);

#endif

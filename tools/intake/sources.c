/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of ways in. */
#include "intake/source.h"

#define SOURCE_ADDRESS(name) &source_##name,
const struct source *const sources[SOURCE_COUNT] = {SOURCES(SOURCE_ADDRESS)};

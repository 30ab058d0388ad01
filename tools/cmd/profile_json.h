/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a step's samples say, for programs. */
#ifndef CMD_PROFILE_JSON_H
#define CMD_PROFILE_JSON_H

#include <jansson.h>

#include "explain/where.h"

/* How many peers there are, the heaviest line, and the lines that gained; the caller owns it. */
json_t *profile_json_gains(const struct explain_where *where);

#endif

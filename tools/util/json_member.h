/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of a JSON object as the tools write them: what is not known is not there. */
#ifndef UTIL_JSON_MEMBER_H
#define UTIL_JSON_MEMBER_H

#include <jansson.h>
#include <stdint.h>

/* Set a member of the object, unless the text is "". */
void json_member_text(json_t *object, const char *name, const char *text);

/* Set a member of the object, unless the number is JO_MISSING. */
void json_member_int(json_t *object, const char *name, int64_t number);

/* Set a member of the object, unless the number is not finite. */
void json_member_real(json_t *object, const char *name, double number);

#endif

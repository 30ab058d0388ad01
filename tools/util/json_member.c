/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON members that are left out where nothing is known. */
#include "util/json_member.h"

#include <math.h>

#include "joboutliers/record.h"

void json_member_text(json_t *object, const char *name, const char *text)
{
	if (text[0] != '\0')
		(void)json_object_set_new(object, name, json_string(text));
}

void json_member_int(json_t *object, const char *name, int64_t number)
{
	if (number != JO_MISSING)
		(void)json_object_set_new_nocheck(object, name, json_integer(number));
}

void json_member_real(json_t *object, const char *name, double number)
{
	if (isfinite(number))
		(void)json_object_set_new_nocheck(object, name, json_real(number));
}

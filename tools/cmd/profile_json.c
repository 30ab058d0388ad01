/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a step's samples say, for programs: what is not known is left out. */
#include "cmd/profile_json.h"

#include "util/json_member.h"

static json_t *gain_object(const struct profile_gain *gain)
{
	json_t *object = json_object();

	json_member_text(object, "function", gain->function);
	json_member_text(object, "file", gain->file);
	json_member_int(object, "line", gain->line);
	if (gain->is_function)
		(void)json_object_set_new(object, "is_function", json_true());
	json_member_real(object, "share", gain->share);
	json_member_real(object, "usual_share", gain->usual_share);
	json_member_real(object, "us", gain->us);
	json_member_real(object, "usual_us", gain->usual_us);
	json_member_real(object, "p_value", gain->p_value);
	return object;
}

json_t *profile_json_gains(const struct explain_where *where)
{
	json_t *object = json_object(), *list = json_array();

	json_member_int(object, "peer_count", (int64_t)where->peer_count);
	(void)json_object_set_new(object, "heaviest", gain_object(&where->heaviest));
	for (size_t i = 0; i < where->gain_count; i++)
		(void)json_array_append_new(list, gain_object(&where->gains[i]));
	(void)json_object_set_new(object, "gained", list);
	return object;
}

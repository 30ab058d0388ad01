/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The selection that selects all. */
#include "step_selection.h"

#include "joboutliers/record.h"

void store_selection_init(struct store_selection *selection)
{
	*selection = (struct store_selection){
		.end_from_unix_us = JO_MISSING,
		.end_to_unix_us = JO_MISSING,
		.start_from_unix_us = JO_MISSING,
		.start_to_unix_us = JO_MISSING,
		.active_from_unix_us = JO_MISSING,
		.active_to_unix_us = JO_MISSING,
		.id = JO_MISSING,
		.group_id = JO_MISSING,
		.trace_quiet_unix_us = JO_MISSING,
		.trace_any_unix_us = JO_MISSING,
		.limit = JO_MISSING,
	};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing here allocates or waits. */
#include "forward/summary.h"

#include <string.h>

volatile bool forward_is_over;

void forward_complain(struct forward_summary *report, enum forward_status status,
		      const struct jo_err *why)
{
	if (report->status == FORWARD_DONE || report->status == FORWARD_FOREIGN)
		report->status = status;
	if (report->complaint_count < FORWARD_COMPLAINTS_MAX)
		memcpy(report->complaints[report->complaint_count], why->text, sizeof(why->text));
	report->complaint_count++;
}

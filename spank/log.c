/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says what failed, to whom it concerns, in one line. */
#include "log.h"

#include <slurm/spank.h>

void log_failure(const struct jo_err *err)
{
	if (spank_context() == S_CTX_REMOTE)
		slurm_info("joboutliers: %s", err->text);
	else
		slurm_error("joboutliers: %s", err->text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the site's report is about. */
#ifndef REPORT_REPORT_OPTIONS_H
#define REPORT_REPORT_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "finding/health.h"
#include "util/strlist.h"

struct judge_options; /* judge/judge.h */

/* All that it points to is lent. */
struct report_options {
	const struct judge_options *judge; /* for the bands */
	const char *title;
	const struct health_spool *spools;
	size_t spool_count;
	const struct strlist *links; /* "NAME=ADDRESS", of each job */
	int64_t from_unix_us, to_unix_us; /* of the steps' ends */
	int64_t now_unix_us;
};

#endif

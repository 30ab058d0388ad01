/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One record on its way in. */
#ifndef STORE_INPUT_H
#define STORE_INPUT_H

#include "joboutliers/record.h"
#include "step/step.h"

/* A record, and what the one who brings it knows beside it. */
struct store_input {
	const struct jo_record *record;
	const char *user; /* instead of the record's own; NULL: take that */
	enum step_source source;
	/* Derived when NONE.  Never RUNNING: that is a start record. */
	enum step_state state;
};

#endif

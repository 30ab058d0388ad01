/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is recorded of a step, as attributes in which it may differ from others. */
#ifndef EXPLAIN_FACTS_H
#define EXPLAIN_FACTS_H

#include <glib.h>

#include "explain/value.h"
#include "store/store.h"

struct facts_source {
	const struct store_step *step;
	const struct store_node *node; /* what its first node is made of; NULL: not known */
	GStringChunk *strings;         /* where texts go */
};

/* A fact that recurs by the calendar is no news before it could have come round a few times. */
struct fact {
	const char *name;
	struct explain_value (*value)(const struct facts_source *source);
	int days_min; /* that the steps must spread over */
};

/* Ends with a NULL name. */
extern const struct fact explain_facts[];

#endif

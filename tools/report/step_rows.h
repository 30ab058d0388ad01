/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps as rows of the page, each with what it declared, under the names that any of them has. */
#ifndef REPORT_STEP_ROWS_H
#define REPORT_STEP_ROWS_H

#include <glib.h>

#include "report/html.h"
#include "step/step.h"

struct step_rows {
	GArray *steps; /* struct report_step */
	GPtrArray *attr_names;
	GPtrArray *attr_lists; /* one array of values per step */
	GStringChunk *strings;
};

/* An empty list; release it. */
void step_rows_init(struct step_rows *rows);

/* Free the rows and all that they point to; zeroed memory is fine. */
void step_rows_release(struct step_rows *rows);

/* A copy of the text that lives as long as the rows. */
const char *step_rows_keep(struct step_rows *rows, const char *text);

/* What a row is made of. */
#define STEP_ROWS_COLUMNS                                                                          \
	STEP_LABEL_COLUMNS, COL_state, COL_user_id, COL_account_id, COL_partition_id,              \
		COL_class_id, COL_node_id, COL_cpu_count, COL_end_unix_us, COL_input_bytes,        \
		COL_attrs

/* Append the step, without verdicts and with no values.  Good until the next one. */
struct report_step *step_rows_add(struct step_rows *rows, const struct step *step);

/* Put a verdict on its step's row. */
void step_rows_judge(struct report_step *row, const struct step_verdict *verdict);

/* Lend the rows to the group, which they have to outlive; nothing is added from then on. */
void step_rows_lend(struct step_rows *rows, struct report_group *group);

#endif

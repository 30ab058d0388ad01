/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of step columns. */
#include "columns.h"

#include "joboutliers/record.h"
#include "step/step.h"

/* What the column is called in struct step: names go out as words. */
#define STEP_MEMBER_INT(column, member) column
#define STEP_MEMBER_ENUM(column, member) column
#define STEP_MEMBER_NAME(column, member) member
#define STEP_MEMBER_TEXT(column, member) member
#define STEP_MEMBER_ATTRS(column, member) member
#define STEP_MEMBER_OWN_INT(column, member) column
#define STEP_MEMBER_OWN_ENUM(column, member) column

#define COLUMN_ROW(column, kind, member, rule)                                                     \
	{#column, COLUMN_##kind, RULE_##rule, offsetof(struct jo_record, member),                  \
	 offsetof(struct step, STEP_MEMBER_##kind(column, member))},

const struct step_column step_columns[] = {STEP_COLUMNS(COLUMN_ROW)};

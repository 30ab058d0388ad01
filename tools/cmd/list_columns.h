/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be shown of a step: the columns of list. */
#ifndef CMD_LIST_COLUMNS_H
#define CMD_LIST_COLUMNS_H

#include "store/store.h"
#include "util/out.h"

/* Each get takes a struct judged_step. */
extern const struct out_column list_columns[];

#endif

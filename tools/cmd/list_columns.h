/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be shown of a step: the columns of list. */
#ifndef CMD_LIST_COLUMNS_H
#define CMD_LIST_COLUMNS_H

#include "store/store.h"
#include "util/out.h"

/* The columns, ending with a NULL name; each get takes a struct judged_step. */
const struct out_column *list_columns(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that started others: step/columns.h says what a script is.  Private to store/. */
#ifndef STORE_ADD_SCRIPT_H
#define STORE_ADD_SCRIPT_H

#include "add_batch.h"

/* Set whether the step, which srun did not start, has started some. */
int add_script_set(struct add_batch *batch, struct row *step, struct jo_err *err);

/* The step is new: what started it is a script. */
int add_script_mark(struct add_batch *batch, const struct row *step, struct jo_err *err);

#endif

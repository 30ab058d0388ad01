/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes of inputs that somebody knows of jobs whose history has none: a CSV file with the columns
 * name and input_bytes.  Private to intake/. */
#ifndef INTAKE_SIZE_LIST_H
#define INTAKE_SIZE_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct size_list;

/* Read the file, all of it.  Returns 0, or a negative errno with *err naming file and row. */
int size_list_read(const char *path, struct size_list **ret_list, struct jo_err *err);

/* Free it; NULL is fine. */
void size_list_free(struct size_list *list);

/* Whether there is a size of this name, which may be "". */
bool size_list_find(const struct size_list *list, const char *name, int64_t *ret_bytes);

#endif

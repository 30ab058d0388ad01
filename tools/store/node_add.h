/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A node's description on its way in.  Private to store/. */
#ifndef STORE_NODE_ADD_H
#define STORE_NODE_ADD_H

#include "row.h"
#include "joboutliers/err.h"
#include "joboutliers/record.h"

struct store;

/* Take a node's description; row is of the same record.  1 when it was not known, else 0. */
int node_add(struct store *store, const struct jo_record *record, const struct row *row,
	     struct jo_err *err);

#endif

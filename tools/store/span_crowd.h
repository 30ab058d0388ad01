/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has to go where too many spans wait.  Private to store/. */
#ifndef STORE_SPAN_CROWD_H
#define STORE_SPAN_CROWD_H

#include "joboutliers/err.h"

struct store;
struct store_spans_settled;

/* Within a transaction, drop what is beyond STORE_SPANS_WAITING_MAX, and enter it. */
int span_crowd_thin(struct store *store, struct store_spans_settled *settled, struct jo_err *err);

#endif

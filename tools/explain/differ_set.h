/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain_differences for several outliers.  Private to explain/. */
#ifndef EXPLAIN_DIFFER_SET_H
#define EXPLAIN_DIFFER_SET_H

#include "explain/differ.h"

/* As explain_differences, which calls it, for outlier_count of 2 or more. */
size_t explain_set_differences(const struct explain_attribute *attributes, size_t count,
			       size_t outlier_count, size_t peer_count,
			       struct explain_difference *ret_differences, size_t max);

#endif

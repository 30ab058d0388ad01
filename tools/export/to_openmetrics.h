/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A night as numbers for a monitoring system: text that Prometheus, and
 * node_exporter's textfile collector, read.  Names partitions and slow nodes,
 * never users, classes or jobs.
 */
#ifndef EXPORT_TO_OPENMETRICS_H
#define EXPORT_TO_OPENMETRICS_H

#include "finding/health.h"
#include "util/strbuf.h"

/* What is known beside the database.  JO_MISSING leaves a number out. */
struct metrics_site {
	struct health_site health; /* its window has the steps that are counted */
	int64_t night_begin_unix_us, night_end_unix_us, night_status;
};

/* Append the text to *text. */
int metrics_write(struct store *store, const struct metrics_site *site, struct strbuf *text,
		  struct jo_err *err);

#endif

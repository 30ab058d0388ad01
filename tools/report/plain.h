/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings as a mere table, for readers of the page that run no scripts. */
#ifndef REPORT_PLAIN_H
#define REPORT_PLAIN_H

#include "report/html.h"
#include "util/strbuf.h"

/* Append a finding's row to the rows. */
void plain_add(struct strbuf *rows, const struct report_finding *finding);

/* Append the table of these rows to the page. */
void plain_write(const struct strbuf *rows, struct strbuf *html);

#endif

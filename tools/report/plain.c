/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes cells, whose end tags HTML does not need: a page may have thousands of rows. */
#include "report/plain.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "joboutliers/record.h"
#include "joboutliers/units.h"
#include "joboutliers/utf8.h"
#include "report/why.h"
#include "step/verdict.h"
#include "util/alloc.h"
#include "util/when.h"

/* Foreign text as text, without what would turn or hide what stands beside it. */
static void add_text(struct strbuf *rows, const char *text)
{
	char *clean = xstrdup(text == NULL ? "" : text), *escaped;

	jo_utf8_mask(clean);
	escaped = g_markup_escape_text(clean, -1);
	strbuf_addf(rows, "<td>%s", escaped);
	g_free(escaped);
	free(clean);
}

static void add_number(struct strbuf *rows, double number, const char *format, const char *unit)
{
	char text[48] = "";

	if (isfinite(number)) {
		(void)g_ascii_formatd(text, sizeof(text), format, number);
		strbuf_addf(rows, "<td>%s%s", text, unit);
	} else {
		strbuf_adds(rows, "<td>");
	}
}

static void add_amount(struct strbuf *rows, enum metric metric, double shown)
{
	char text[32];

	strbuf_addf(rows, "<td>%s",
		    isfinite(shown) ? metric_format(metric, metric_stored(metric, shown), text,
						    sizeof(text))
				    : "");
}

static void add_odds(struct strbuf *rows, const struct report_finding *finding)
{
	const struct report_judged *judged = &finding->judged[finding->surest];
	int64_t odds = verdict_odds(finding->chance);

	if (judged->like_count > 0)
		strbuf_addf(rows, "<td>%" PRId64 " of %" PRId64 " before", judged->like_count,
			    judged->near_count);
	else if (odds != JO_MISSING)
		strbuf_addf(rows, "<td>%s1 in %" PRId64, odds == VERDICT_ODDS_MAX ? "&lt; " : "",
			    odds);
	else
		strbuf_adds(rows, "<td>");
}

void plain_add(struct strbuf *rows, const struct report_finding *finding)
{
	const struct report_judged *lead = &finding->judged[finding->metric];
	char when[WHEN_TEXT_SIZE];

	strbuf_adds(rows, "<tr>");
	add_text(rows, finding->class_name);
	add_text(rows, finding->job);
	add_text(rows, finding->user);
	add_text(rows, metric_infos[finding->metric].title);
	add_text(rows, why_words(finding->cause, finding->metric));
	add_number(rows, lead->ratio, "%.1f", "\xc3\x97");
	add_amount(rows, finding->metric, lead->value);
	add_amount(rows, finding->metric, lead->high);
	add_number(rows, finding->core_hours, "%.1f", "");
	add_odds(rows, finding);
	add_number(rows, lead->score, "%.1f", "");
	add_number(rows, finding->weight, "%.1f", "");
	add_text(rows, isfinite(finding->end_unix_s)
			       ? when_format((int64_t)(finding->end_unix_s * JO_US_PER_S), when)
			       : "");
	add_text(rows, finding->node);
	add_text(rows, finding->differs);
	strbuf_adds(rows, "\n");
}

void plain_write(const struct strbuf *rows, struct strbuf *html)
{
	static const char *const heads[] = {"class", "job",          "user",
					    "what",  "why",          "times expected",
					    "took",  "normal up to", "core-hours over",
					    "odds",  "score",        "weight",
					    "ended", "node",         "what differs"};

	if (rows->len == 0) {
		strbuf_adds(html, "<p>No job was out of the normal.</p>");
		return;
	}
	strbuf_adds(html, "<table>\n<thead><tr>");
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		strbuf_addf(html, "<th scope=\"col\">%s", heads[i]);
	strbuf_adds(html, "</thead>\n<tbody>\n");
	strbuf_add(html, rows->text, rows->len);
	strbuf_adds(html, "</table>\n");
}

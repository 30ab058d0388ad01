/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects the report's data as JSON and puts it between the parts of the page. */
#include "report/html.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/record.h"
#include "util/alloc.h"

/* Six digits are more than a plot or a cell shows, and half the page's size. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(6))

struct report_page {
	json_t *data;
};

/* The page's parts, compiled in. */
static const struct {
	const char *path;
	const char *text;
} parts[] = {
#include "page.inc"
};

/* In the order of the page; NULL is where the data goes. */
static const char *const order[] = {"page.html", "page.css",   "body.html", NULL,     "format.js",
				    "table.js",  "differs.js", "plot.js",   "page.js"};

static json_t *text_of(const char *text)
{
	json_t *value = text == NULL ? json_null() : json_string(text);

	/* Names are UTF-8 by the record's rules, but an import may bring anything. */
	return value != NULL ? value : json_string("?");
}

static json_t *real_of(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* A point in time, a count or a size: whole, so that no digit is lost to rounding. */
static json_t *whole_of(double value)
{
	return isfinite(value) && fabs(value) < 9e15 ? json_integer((json_int_t)llround(value))
						     : real_of(value);
}

static json_t *count_of(int64_t value)
{
	return value == JO_MISSING ? json_null() : json_integer(value);
}

static const char *const metric_names[] = {"wall", "memory"};

struct report_page *report_page_new(const struct report_heading *heading)
{
	static const char *const lists[] = {"tiles", "findings", "groups",
					    "nodes", "coverage", "health"};
	struct report_page *page = xcalloc(1, sizeof(*page));

	page->data = json_object();
	(void)json_object_set_new(page->data, "title", text_of(heading->title));
	(void)json_object_set_new(page->data, "version", json_string(JO_VERSION));
	(void)json_object_set_new(page->data, "from_unix_s", count_of(heading->from_unix_s));
	(void)json_object_set_new(page->data, "to_unix_s", count_of(heading->to_unix_s));
	(void)json_object_set_new(page->data, "made_unix_s", count_of(heading->made_unix_s));
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		(void)json_object_set_new(page->data, lists[i], json_array());
	return page;
}

void report_page_free(struct report_page *page)
{
	if (page == NULL)
		return;
	json_decref(page->data);
	free(page);
}

static void append(struct report_page *page, const char *list, json_t *row)
{
	(void)json_array_append_new(json_object_get(page->data, list), row);
}

void report_page_add_tile(struct report_page *page, const char *label, const char *value)
{
	append(page, "tiles", json_pack("[o, o]", text_of(label), text_of(value)));
}

static json_t *level_of(const struct report_level *level)
{
	json_t *band = json_array();

	for (size_t i = 0; i < level->band_n; i++) {
		const struct report_band *at = &level->band[i];

		(void)json_array_append_new(band, json_pack("[o, o, o, o]", whole_of(at->input_bytes),
							    real_of(at->expected), real_of(at->low),
							    real_of(at->high)));
	}
	return json_pack("{s: o, s: o, s: o, s: o}", "band", band, "history_count",
			 count_of(level->history_count), "since_unix_s",
			 whole_of(level->since_unix_s), "since_ratio", real_of(level->since_ratio));
}

/* Without names, which would be most of the page; page.js has the same order. */
static json_t *step_of(const struct report_step *step, size_t attr_n)
{
	json_t *row = json_pack("[o, o, o, o, o, o, o, o, o]", text_of(step->job),
				text_of(step->user), text_of(step->node), text_of(step->state),
				whole_of(step->end_unix_s), whole_of(step->input_bytes),
				real_of(step->value[REPORT_WALL]),
				whole_of(step->value[REPORT_MEMORY]), count_of(step->cpu_count));

	for (int i = 0; i < REPORT_METRICS; i++)
		(void)json_array_append_new(row, step->verdict[i] == NULL
							 ? json_null()
							 : json_pack("[o, o]", text_of(step->verdict[i]),
								     real_of(step->ratio[i])));
	for (size_t i = 0; i < attr_n; i++)
		(void)json_array_append_new(row, text_of(step->attrs[i]));
	return row;
}

size_t report_page_add_group(struct report_page *page, const struct report_group *group)
{
	json_t *row = json_object(), *names = json_array(), *steps = json_array();

	for (size_t i = 0; i < group->attr_n; i++)
		(void)json_array_append_new(names, text_of(group->attr_names[i]));
	for (size_t i = 0; i < group->step_n; i++)
		(void)json_array_append_new(steps, step_of(&group->steps[i], group->attr_n));
	(void)json_object_set_new(row, "name", text_of(group->name));
	(void)json_object_set_new(row, "step_count", count_of(group->step_count));
	for (int i = 0; i < REPORT_METRICS; i++)
		(void)json_object_set_new(row, metric_names[i], level_of(&group->level[i]));
	(void)json_object_set_new(row, "attr_names", names);
	(void)json_object_set_new(row, "steps", steps);
	append(page, "groups", row);
	return json_array_size(json_object_get(page->data, "groups")) - 1;
}

void report_page_add_finding(struct report_page *page, const struct report_finding *finding)
{
	json_t *group = finding->group == REPORT_NO_GROUP ? json_null()
							  : json_integer((json_int_t)finding->group);

	append(page, "findings",
	       json_pack("{s: o, s: s, s: o, s: o, s: o, s: o, s: o, s: o, s: o, s: o, s: o, s: o, s: o}",
			 "group", group, "metric", metric_names[finding->metric], "job",
			 text_of(finding->job), "user", text_of(finding->user), "partition",
			 text_of(finding->partition), "class", text_of(finding->class_name), "node",
			 text_of(finding->node), "ratio", real_of(finding->ratio), "value",
			 real_of(finding->value), "expected", real_of(finding->expected),
			 "core_hours", real_of(finding->core_hours), "end_unix_s",
			 whole_of(finding->end_unix_s), "differs", text_of(finding->differs)));
}

void report_page_add_node(struct report_page *page, const struct report_node *node)
{
	append(page, "nodes",
	       json_pack("{s: o, s: o, s: o, s: o, s: o, s: o, s: o}", "node", text_of(node->node),
			 "model", text_of(node->model), "job_count", count_of(node->job_count),
			 "group_count", count_of(node->group_count), "ratio", real_of(node->ratio),
			 "p_value", real_of(node->p_value), "finding", text_of(node->finding)));
}

void report_page_add_coverage(struct report_page *page, const struct report_coverage *coverage)
{
	append(page, "coverage",
	       json_pack("{s: o, s: o, s: o, s: o, s: o}", "partition", text_of(coverage->partition),
			 "step_count", count_of(coverage->step_count), "sized_share",
			 real_of(coverage->sized_share), "judged_share",
			 real_of(coverage->judged_share), "reasons", text_of(coverage->reasons)));
}

void report_page_add_health(struct report_page *page, const char *what, const char *state,
			    const char *detail)
{
	append(page, "health",
	       json_pack("{s: o, s: o, s: o}", "what", text_of(what), "state", text_of(state),
			 "detail", text_of(detail)));
}

static const char *part(const char *name)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *base = strrchr(parts[i].path, '/');

		if (strcmp(base + 1, name) == 0)
			return parts[i].text;
	}
	return "";
}

/* Inside <script> only "</" and "<!" mean something to a browser; without any '<' neither is there. */
static void write_data(const struct report_page *page, struct strbuf *html)
{
	char *json = json_dumps(page->data, DUMP_FLAGS);
	const char *rest = json, *found;

	strbuf_adds(html, "<script type=\"application/json\" id=\"data\">");
	for (; (found = strchr(rest, '<')) != NULL; rest = found + 1) {
		strbuf_add(html, rest, (size_t)(found - rest));
		strbuf_adds(html, "\\u003c");
	}
	strbuf_adds(html, rest);
	strbuf_adds(html, "</script>\n<script>\n\"use strict\";\n");
	free(json);
}

void report_page_write(const struct report_page *page, struct strbuf *html)
{
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i] == NULL)
			write_data(page, html);
		else
			strbuf_adds(html, part(order[i]));
	}
	strbuf_adds(html, "</script>\n</body>\n</html>\n");
}

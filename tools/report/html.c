/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects the report's data as JSON and puts it between the parts of the page. */
#include "report/html.h"

#include <glib.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/attr.h"
#include "joboutliers/record.h"
#include "joboutliers/units.h"
#include "report/plain.h"
#include "report/why.h"
#include "step/measure.h"
#include "util/alloc.h"
#include "util/when.h"

/* Five digits are more than a plot or a cell shows, and half the page's size. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(5))

struct report_page {
	json_t *data;
	json_t *words;          /* names, which recur: a row has their numbers */
	GHashTable *word_index; /* name to number + 1 */
	struct strbuf plain;    /* the findings as rows of a table, for who runs no scripts */
	size_t size;
};

/* The page's parts, compiled in. */
static const struct {
	const char *path;
	const char *text;
} parts[] = {
#include "page.inc"
};

/* In the order of the page. */
static const char *const styles[] = {"uPlot.min.css", "page.css", NULL};
static const char *const scripts[] = {
	"uPlot.iife.js", "format.js",  "columns.js", "query.js", "data.js",
	"address.js",    "differs.js", "table.js",   "chart.js", "pictures.js",
	"findings.js",   "page.js",    NULL};

static json_t *text_of(const char *text)
{
	json_t *value = text == NULL ? json_null() : json_string(text);

	/* Names are UTF-8 by the record's rules, but an import may bring anything. */
	return value != NULL ? value : json_string("?");
}

/* The number of a name in the page's list of words. */
static json_t *word_of(struct report_page *page, const char *text)
{
	gpointer known;

	if (text == NULL)
		return json_null();
	known = g_hash_table_lookup(page->word_index, text);
	if (known == NULL) {
		json_t *word = text_of(text);

		known = GSIZE_TO_POINTER(json_array_size(page->words) + 1);
		page->size += json_dumpb(word, NULL, 0, JSON_ENCODE_ANY) + 1;
		(void)json_array_append_new(page->words, word);
		(void)g_hash_table_insert(page->word_index, g_strdup(text), known);
	}
	return json_integer((json_int_t)GPOINTER_TO_SIZE(known) - 1);
}

static json_t *real_of(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* A point in time: whole, so that no digit is lost to rounding. */
static json_t *whole_of(double value)
{
	return isfinite(value) && fabs(value) < 9e15 ? json_integer((json_int_t)llround(value))
						     : real_of(value);
}

static json_t *count_of(int64_t value)
{
	return value == JO_MISSING ? json_null() : json_integer(value);
}

/* What a metric's amounts are, where that is not what one would think; else null. */
static json_t *measure_of(enum metric metric, enum measure measure)
{
	return measure == MEASURE_NONE || measure == measure_default(metric)
		       ? json_null()
		       : json_string(measure_label(measure));
}

struct report_page *report_page_new(const struct report_heading *heading)
{
	static const char *const lists[] = {"tiles",  "links", "findings", "earlier", "moved",
					    "groups", "nodes", "coverage", "health"};
	struct report_page *page = xcalloc(1, sizeof(*page));

	page->data = json_object();
	page->words = json_array();
	strbuf_init(&page->plain);
	page->word_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	(void)json_object_set_new(page->data, "words", page->words);
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
	g_hash_table_destroy(page->word_index);
	strbuf_release(&page->plain);
	free(page);
}

size_t report_page_size(const struct report_page *page)
{
	return page->size + page->plain.len;
}

static void append(struct report_page *page, const char *list, json_t *row)
{
	page->size += json_dumpb(row, NULL, 0, DUMP_FLAGS) + 1;
	(void)json_array_append_new(json_object_get(page->data, list), row);
}

void report_page_add_tile(struct report_page *page, const char *label, const char *value)
{
	append(page, "tiles", json_pack("[o, o]", text_of(label), text_of(value)));
}

void report_page_add_link(struct report_page *page, const char *name, const char *address)
{
	append(page, "links", json_pack("[o, o]", text_of(name), text_of(address)));
}

void report_page_set_advice(struct report_page *page, const char *advice)
{
	(void)json_object_set_new(page->data, "advice", text_of(advice));
}

/* The cells that counted anything, as their index and count in turn. */
static json_t *heat_of(const struct heat *heat)
{
	json_t *cells = json_array();

	if (heat == NULL || heat->counts == NULL) {
		json_decref(cells);
		return json_null();
	}
	for (size_t i = 0; i < (size_t)heat->columns * heat->rows; i++) {
		if (heat->counts[i] == 0)
			continue;
		(void)json_array_append_new(cells, json_integer((json_int_t)i));
		(void)json_array_append_new(cells, json_integer(heat->counts[i]));
	}
	return json_pack("{s: o, s: o, s: o, s: o, s: i, s: i, s: o}", "from_unix_s",
			 whole_of(heat->from_unix_s), "to_unix_s", whole_of(heat->to_unix_s), "low",
			 real_of(heat->low), "high", real_of(heat->high), "columns",
			 (int)heat->columns, "rows", (int)heat->rows, "cells", cells);
}

void report_page_set_night(struct report_page *page, const struct heat *heat)
{
	(void)json_object_set_new(page->data, "night", heat_of(heat));
}

void report_page_set_totals(struct report_page *page, size_t finding_count, size_t group_count)
{
	(void)json_object_set_new(page->data, "finding_count",
				  json_integer((json_int_t)finding_count));
	(void)json_object_set_new(page->data, "group_count", json_integer((json_int_t)group_count));
}

static json_t *level_of(enum metric metric, const struct report_level *level)
{
	json_t *band = json_array(), *marks = json_array();

	for (size_t i = 0; i < level->mark_n; i++)
		(void)json_array_append_new(marks, json_pack("[o, o, b]",
							     whole_of(level->marks[i].since_unix_s),
							     real_of(level->marks[i].ratio),
							     level->marks[i].is_gradual));
	for (size_t i = 0; i < level->band_n; i++) {
		const struct group_band_point *at = &level->band[i];

		(void)json_array_append_new(band, json_pack("[o, o, o, o]", real_of(at->x),
							    real_of(at->expected), real_of(at->low),
							    real_of(at->high)));
	}
	return json_pack("{s: o, s: o, s: o, s: o, s: o}", "measure",
			 measure_of(metric, level->measure), "band", band, "history_count",
			 count_of(level->history_count), "marks", marks, "heat",
			 heat_of(level->heat));
}

/* Without names, which would be most of the page; data.js has the same order. */
static json_t *step_of(struct report_page *page, const struct report_step *step, size_t attr_n)
{
	json_t *row = json_pack("[o, o, o, o, o, o, o, o, o, o]", text_of(step->job),
				word_of(page, step->user), word_of(page, step->account),
				word_of(page, step->partition), word_of(page, step->class_name),
				word_of(page, step->node), word_of(page, step->state),
				whole_of(step->end_unix_s), real_of(step->input_bytes),
				count_of(step->cpu_count));

	for (int i = 0; i < METRIC_COUNT; i++) {
		(void)json_array_append_new(row, real_of(step->value[i]));
		(void)json_array_append_new(row, word_of(page, step->verdict[i]));
		(void)json_array_append_new(row, real_of(step->ratio[i]));
		(void)json_array_append_new(row, real_of(step->level_ratio[i]));
	}
	for (size_t i = 0; i < attr_n; i++)
		(void)json_array_append_new(row, word_of(page, step->attrs[i]));
	return row;
}

/* The steps of a group, with the names of what they declared. */
static json_t *steps_of(struct report_page *page, const struct report_group *group)
{
	json_t *names = json_array(), *steps = json_array();

	for (size_t i = 0; i < group->attr_n; i++)
		(void)json_array_append_new(names, text_of(group->attr_names[i]));
	for (size_t i = 0; i < group->step_n; i++)
		(void)json_array_append_new(steps, step_of(page, &group->steps[i], group->attr_n));
	return json_pack("{s: o, s: o, s: o}", "step_count", count_of(group->step_count),
			 "attr_names", names, "steps", steps);
}

void report_page_set_jobs(struct report_page *page, const struct report_group *jobs)
{
	json_t *row = steps_of(page, jobs);

	page->size += json_dumpb(row, NULL, 0, DUMP_FLAGS);
	(void)json_object_set_new(page->data, "jobs", row);
}

size_t report_page_add_group(struct report_page *page, const struct report_group *group)
{
	json_t *row = steps_of(page, group);

	(void)json_object_set_new(row, "name", text_of(group->name));
	(void)json_object_set_new(row, "judged_unix_s", whole_of(group->judged_unix_s));
	for (int i = 0; i < METRIC_COUNT; i++)
		(void)json_object_set_new(row, metric_word((enum metric)i),
					  level_of((enum metric)i, &group->level[i]));
	append(page, "groups", row);
	return json_array_size(json_object_get(page->data, "groups")) - 1;
}

static json_t *group_of(size_t group)
{
	return group == REPORT_NO_GROUP ? json_null() : json_integer((json_int_t)group);
}

static json_t *judged_of(enum metric metric, const struct report_judged *judged)
{
	if (!judged->is_judged)
		return json_null();
	return json_pack("[b, b, o, o, o, o, o, o, o, o, o, o]", judged->is_high,
			 judged->is_certain, measure_of(metric, judged->measure),
			 real_of(judged->ratio), real_of(judged->value), real_of(judged->expected),
			 real_of(judged->high), real_of(judged->core_hours),
			 real_of(judged->p_value), real_of(judged->score),
			 count_of(judged->near_count), count_of(judged->like_count));
}

/* What was declared, as names and values in turn. */
static json_t *attrs_of(struct report_page *page, const char *text)
{
	json_t *list = json_array();
	struct jo_attrs attrs;

	if (jo_attrs_parse(text, &attrs, NULL) != 0)
		attrs.count = 0;
	for (size_t i = 0; i < attrs.count; i++) {
		(void)json_array_append_new(list, word_of(page, attrs.list[i].key));
		(void)json_array_append_new(list, word_of(page, attrs.list[i].value));
	}
	return list;
}

/* A row without names as well; data.js has the same order. */
void report_page_add_finding(struct report_page *page, const struct report_finding *finding)
{
	json_t *row =
		json_pack("[o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o]",
			  group_of(finding->group), word_of(page, metric_word(finding->metric)),
			  text_of(finding->job), count_of(finding->job_id),
			  word_of(page, finding->user), word_of(page, finding->account),
			  word_of(page, finding->cluster), word_of(page, finding->partition),
			  word_of(page, finding->class_name), word_of(page, finding->node),
			  word_of(page, finding->state), whole_of(finding->start_unix_s),
			  whole_of(finding->end_unix_s), real_of(finding->input_bytes),
			  count_of(finding->cpu_count), attrs_of(page, finding->attrs),
			  word_of(page, why_words(finding->cause, finding->metric)),
			  real_of(finding->core_hours), real_of(finding->chance),
			  word_of(page, metric_word(finding->surest)), real_of(finding->weight),
			  word_of(page, finding->differs));

	for (int i = 0; i < METRIC_COUNT; i++)
		(void)json_array_append_new(row, judged_of((enum metric)i, &finding->judged[i]));
	append(page, "findings", row);
	plain_add(&page->plain, finding);
}

void report_page_add_earlier(struct report_page *page, const struct report_earlier *earlier)
{
	append(page, "earlier",
	       json_pack("{s: o, s: s, s: o, s: o}", "class", text_of(earlier->class_name), "why",
			 earlier->why, "step_count", count_of(earlier->step_count), "first_unix_s",
			 whole_of(earlier->first_unix_s)));
}

void report_page_add_moved(struct report_page *page, const struct report_moved *moved)
{
	append(page, "moved",
	       json_pack("{s: o, s: s, s: o, s: o, s: o, s: o, s: o, s: o, s: b, s: o, s: o, s: o, "
			 "s: o}",
			 "group", group_of(moved->group), "metric", metric_word(moved->metric),
			 "user", text_of(moved->user), "partition", text_of(moved->partition),
			 "class", text_of(moved->class_name), "direction",
			 text_of(moved->direction), "ratio", real_of(moved->mark.ratio),
			 "since_unix_s", whole_of(moved->mark.since_unix_s), "is_gradual",
			 moved->mark.is_gradual, "until_unix_s", whole_of(moved->until_unix_s),
			 "step_count", count_of(moved->step_count), "core_hours",
			 real_of(moved->core_hours), "differs", text_of(moved->differs)));
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
	json_t *reasons = json_array();

	for (size_t i = 0; i < coverage->reason_n; i++)
		(void)json_array_append_new(reasons,
					    json_pack("[o, o]", text_of(coverage->reasons[i].word),
						      count_of(coverage->reasons[i].count)));
	append(page, "coverage",
	       json_pack("{s: o, s: o, s: o, s: o, s: o}", "partition",
			 text_of(coverage->partition), "step_count", count_of(coverage->step_count),
			 "sized_count", count_of(coverage->sized_count), "judged_count",
			 count_of(coverage->judged_count), "reasons", reasons));
}

void report_page_add_health(struct report_page *page, const char *what, enum health_state state,
			    const char *detail)
{
	append(page, "health",
	       json_pack("{s: o, s: s, s: b, s: o}", "what", text_of(what), "state",
			 health_state_words[state], "is_trouble", state == HEALTH_TROUBLE, "detail",
			 text_of(detail)));
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

/* Inside <script> only "</" and "<!" mean something to a browser; without any '<' neither is there.
 */
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
	strbuf_adds(html, "</script>\n");
	free(json);
}

static void write_escaped(const char *text, struct strbuf *html)
{
	char *escaped = g_markup_escape_text(text, -1);

	strbuf_adds(html, escaped);
	g_free(escaped);
}

static void write_title(const struct report_page *page, struct strbuf *html)
{
	write_escaped(json_string_value(json_object_get(page->data, "title")), html);
}

static void write_period(const struct report_page *page, struct strbuf *html)
{
	static const char *const ends[] = {"from_unix_s", "to_unix_s"},
				 *const words[] = {"jobs that ended from ", " to "};
	char when[WHEN_TEXT_SIZE];

	for (size_t i = 0; i < 2; i++) {
		json_int_t unix_s = json_integer_value(json_object_get(page->data, ends[i]));

		strbuf_addf(html, "%s%s", words[i], when_format(unix_s * JO_US_PER_S, when));
	}
}

static void write_plain(const struct report_page *page, struct strbuf *html)
{
	plain_write(&page->plain, html);
}

static void write_licence(const struct report_page *page, struct strbuf *html)
{
	(void)page;
	write_escaped(part("LICENSE"), html);
}

/* The parts one after the other. */
static char *joined(const char *const *names, const char *head)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_adds(&text, head);
	for (; *names != NULL; names++)
		strbuf_adds(&text, part(*names));
	return strbuf_detach(&text);
}

/* Put text into the page as an element, which the page's policy names by its checksum. */
static void write_code(const char *element, const char *text, struct strbuf *html)
{
	strbuf_addf(html, "<%s>", element);
	strbuf_adds(html, text);
	strbuf_addf(html, "</%s>\n", element);
}

static void add_source(const char *directive, const char *text, struct strbuf *html)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize size = sizeof(digest);
	gchar *encoded;

	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, digest, &size);
	encoded = g_base64_encode(digest, size);
	strbuf_addf(html, "; %s 'sha256-%s'", directive, encoded);
	g_free(encoded);
	g_checksum_free(sum);
}

/* Nothing but the page's own script and style is run or loaded, whatever a name may smuggle in. */
static void write_policy(const char *style, const char *script, struct strbuf *html)
{
	strbuf_adds(html,
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'");
	add_source("script-src", script, html);
	add_source("style-src", style, html);
	strbuf_adds(html, "; base-uri 'none'; form-action 'none'\">\n");
}

/* body.html, with what stands for its marks. */
static void write_body(const struct report_page *page, struct strbuf *html)
{
	static const struct {
		const char *mark;
		void (*write)(const struct report_page *page, struct strbuf *html);
	} marks[] = {{"<!--title-->", write_title},
		     {"<!--period-->", write_period},
		     {"<!--findings-->", write_plain},
		     {"<!--licence-->", write_licence}};
	const char *rest = part("body.html");

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *at = strstr(rest, marks[i].mark);

		strbuf_add(html, rest, (size_t)(at - rest));
		marks[i].write(page, html);
		rest = at + strlen(marks[i].mark);
	}
	strbuf_adds(html, rest);
}

void report_page_write(const struct report_page *page, struct strbuf *html)
{
	char *style = joined(styles, ""), *script = joined(scripts, "\"use strict\";\n");

	strbuf_adds(html, part("page.html"));
	write_policy(style, script, html);
	write_code("style", style, html);
	strbuf_adds(html, "</head>\n");
	write_body(page, html);
	write_data(page, html);
	write_code("script", script, html);
	strbuf_adds(html, "</body>\n</html>\n");
	free(style);
	free(script);
}

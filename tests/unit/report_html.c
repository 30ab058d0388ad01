/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report's page: its data comes back whole from the HTML, and no name can leave the data. */
#include "report/html.h"
#include "tap.h"

#include <glib.h>
#include <jansson.h>
#include <stdlib.h>

#include "joboutliers/record.h"

#define HOSTILE "</script><script>alert(1)</script><!--\"'&\\\xe2\x80\xae"

static char *long_name(void)
{
	char *name = malloc(4097);

	memset(name, '<', 4096);
	name[4096] = '\0';
	return name;
}

static void fill(struct report_page *page, const char *name)
{
	static uint32_t counts[] = {0, 3, 0, 1};
	static const struct heat heat = {1789000000, 1790000000, 0.5, 2, 2, 2, counts};
	static const struct report_mark mark = {1789000000, 1.6, false};
	static const struct report_reason reason = {"too-few", 3};
	static const struct group_band_point band[] = {{1e6, 10, 7, 15}, {1e9, 100, 70, 150}};
	const char *const attr_names[] = {HOSTILE}, *const attrs[] = {NULL};
	const struct report_step step = {.job = "123_4.0",
					 .user = name,
					 .account = "physics",
					 .partition = "main",
					 .class_name = "align",
					 .node = HOSTILE,
					 .state = "COMPLETED",
					 .end_unix_s = 1790000000,
					 .input_bytes = NAN,
					 .value = {12.5, NAN},
					 .cpu_count = JO_MISSING,
					 .verdict = {"high", NULL},
					 .ratio = {3.25, NAN},
					 .level_ratio = {3, NAN},
					 .attrs = attrs};
	const struct report_group group = {
		.name = name,
		.step_count = 500,
		.level = {{MEASURE_CLOCK, band, 2, 57, &mark, 1, &heat},
			  {MEASURE_RSS, NULL, 0, JO_MISSING, NULL, 0, NULL}},
		.attr_names = attr_names,
		.attr_n = 1,
		.steps = &step,
		.step_n = 1};
	struct report_finding finding = {.job = "123_4.0",
					 .job_id = 127,
					 .user = HOSTILE,
					 .account = NULL,
					 .cluster = "c1",
					 .partition = "main",
					 .class_name = "\xff\xfe",
					 .node = "n1",
					 .state = "COMPLETED",
					 .attrs = "words=174",
					 .start_unix_s = 1789999000,
					 .end_unix_s = 1790000000,
					 .input_bytes = 4096,
					 .cpu_count = 8,
					 .judged = {{.is_judged = true,
						     .is_high = true,
						     .is_certain = true,
						     .measure = MEASURE_CLOCK,
						     .ratio = 3.25,
						     .value = INFINITY,
						     .expected = 4,
						     .high = 6,
						     .core_hours = NAN,
						     .p_value = 0.0005,
						     .score = 2.5,
						     .near_count = 57,
						     .like_count = JO_MISSING}},
					 .cause = CAUSE_WORK,
					 .core_hours = NAN,
					 .chance = 0.0005,
					 .weight = 12.5,
					 .differs = HOSTILE};

	report_page_add_tile(page, "findings", "1");
	finding.group = report_page_add_group(page, &group);
	report_page_set_jobs(page, &group);
	report_page_add_link(page, HOSTILE, "web page of {job}");
	report_page_add_earlier(page, &(struct report_earlier){"align", "waited", 9,
							       1789000000});
	report_page_add_finding(page, &finding);
	finding.group = REPORT_NO_GROUP;
	report_page_add_finding(page, &finding);
	report_page_add_node(page, &(struct report_node){"n1", NULL, 3, 1, 1.3, 0.001, HOSTILE});
	report_page_add_coverage(page, &(struct report_coverage){"main", 7, 3, 4, &reason, 1});
	report_page_add_health(page, "spool", HEALTH_TROUBLE, HOSTILE);
}

static json_t *data_of(const char *html)
{
	static const char open[] = "<script type=\"application/json\" id=\"data\">";
	const char *start = strstr(html, open), *end;

	if (start == NULL)
		return NULL;
	start += strlen(open);
	end = strstr(start, "</script>");
	return end == NULL ? NULL : json_loadb(start, (size_t)(end - start), 0, NULL);
}

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (text = strstr(text, part); text != NULL; text = strstr(text + 1, part))
		n++;
	return n;
}

/* What follows the path: keys, or "#3" for the member of a list. */
static json_t *at(json_t *value, const char *path)
{
	char copy[100], *save, *step;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	for (step = strtok_r(copy, "/", &save); step != NULL; step = strtok_r(NULL, "/", &save))
		value = step[0] == '#' ? json_array_get(value, (size_t)atoi(step + 1))
				       : json_object_get(value, step);
	return value;
}

/* The word whose number stands there. */
static const char *word(json_t *data, const char *path)
{
	return json_string_value(json_array_get(json_object_get(data, "words"),
						(size_t)json_integer_value(at(data, path))));
}

/* The page's policy has the checksum of its script and of its style. */
static void is_policy(const char *html)
{
	static const char *const elements[] = {"script", "style"};

	for (size_t i = 0; i < 2; i++) {
		char open[20], source[100], close[20];
		guint8 digest[32];
		gsize size = sizeof(digest);
		GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
		const char *text;
		gchar *encoded;

		(void)snprintf(open, sizeof(open), "<%s>", elements[i]);
		(void)snprintf(close, sizeof(close), "</%s>", elements[i]);
		text = strstr(html, open) + strlen(open);
		g_checksum_update(sum, (const guchar *)text, strstr(text, close) - text);
		g_checksum_get_digest(sum, digest, &size);
		encoded = g_base64_encode(digest, size);
		(void)snprintf(source, sizeof(source), "%s-src 'sha256-%s'", elements[i], encoded);
		ok(strstr(html, source) != NULL, "the policy names the %s alone", elements[i]);
		g_free(encoded);
		g_checksum_free(sum);
	}
}

int main(void)
{
	const struct report_heading heading = {"c1 <night>", 1, 2, 3};
	struct report_page *page = report_page_new(&heading);
	char *name = long_name();
	struct strbuf html;
	json_t *data;

	strbuf_init(&html);
	report_page_write(page, &html);
	is_int(count_of(html.text, "<script"), 2, "an empty page has its data and its scripts");
	data = data_of(html.text);
	ok(data != NULL, "the data of an empty page is JSON");
	json_decref(data);
	strbuf_reset(&html);

	fill(page, name);
	report_page_write(page, &html);
	is_int(count_of(html.text, "<script"), 2, "no name opens a script");
	is_int(count_of(html.text, "</script"), 2, "or ends one");
	ok(strstr(html.text, "\"default-src 'none';") != NULL,
	   "its policy is to load nothing");
	is_int(count_of(html.text, " src=") + count_of(html.text, "@import") +
		       count_of(html.text, "url("),
	       0, "and nothing is asked for");
	ok(strstr(html.text, "github.com/leeoniya/uPlot") != NULL, "the library's notice is there");
	ok(strstr(html.text, "Permission is hereby granted, free of charge") != NULL,
	   "as its licence is");
	is_policy(html.text);
	ok(strstr(html.text, "<tr><td>\?\?<td>123_4.0<td>&lt;/script&gt;&lt;script&gt;alert(1)"
			     "&lt;/script&gt;&lt;!--&quot;&apos;&amp;\\\?\?\?<td>") != NULL,
	   "without scripts a finding is a row, and its names are text");
	ok(strstr(html.text, "<td>3.2\xc3\x97<td><td>6.0 s<td><td>1 in 2000<td>2.5<td>12.5<td>") != NULL,
	   "with its figures");

	data = data_of(html.text);
	ok(data != NULL, "the data is JSON");
	is_str(json_string_value(at(data, "title")), "c1 <night>", "the title comes back");
	is_str(json_string_value(at(data, "groups/#0/name")), name, "a name of 4 kB too");
	is_str(word(data, "groups/#0/steps/#0/#1"), name, "and as a word");
	is_str(word(data, "groups/#0/steps/#0/#5"), HOSTILE, "and a hostile one");
	ok(json_is_null(at(data, "groups/#0/steps/#0/#8")), "a size not declared is empty");
	ok(json_is_null(at(data, "groups/#0/steps/#0/#9")), "a missing count too");
	is_str(word(data, "groups/#0/steps/#0/#11"), "high", "a verdict");
	is_near(json_number_value(at(data, "groups/#0/steps/#0/#13")), 3, 0, "the ratio of today");
	ok(json_is_null(at(data, "groups/#0/steps/#0/#15")), "and none");
	ok(json_is_null(at(data, "groups/#0/steps/#0/#22")), "an attribute not declared is empty");
	is_int((long long)json_array_size(at(data, "groups/#0/wall/heat/cells")), 4,
	       "a heatmap has the cells that counted");
	is_int(json_integer_value(at(data, "groups/#0/wall/heat/cells/#2")), 3, "by index");
	is_int(json_integer_value(at(data, "groups/#0/wall/heat/cells/#3")), 1, "and count");
	ok(json_is_null(at(data, "groups/#0/memory/heat")), "without one it is empty");
	is_near(json_number_value(at(data, "groups/#0/wall/band/#1/#3")), 150, 0, "the band");
	is_int(json_integer_value(at(data, "groups/#0/wall/marks/#0/#0")), 1789000000, "a moved level");
	is_int((long long)json_array_size(at(data, "groups/#0/memory/marks")), 0, "and none");
	is_str(word(data, "findings/#0/#8"), "?", "what is no text is a '?'");
	is_int(json_integer_value(at(data, "findings/#0/#0")), 0, "a finding points to its group");
	is_str(word(data, "findings/#0/#1"), "wall", "says what to tell first");
	is_str(word(data, "findings/#0/#16"), "did more work", "and what the step did");
	ok(json_is_true(at(data, "findings/#0/#22/#0")), "its run time is high");
	ok(json_is_true(at(data, "findings/#0/#22/#1")), "and certain");
	ok(json_is_null(at(data, "findings/#0/#22/#4")), "infinity is empty");
	is_near(json_real_value(at(data, "findings/#0/#22/#8")), 0.0005, 0, "how rare it is");
	is_near(json_real_value(at(data, "findings/#0/#22/#9")), 2.5, 0, "how far out");
	is_int(json_integer_value(at(data, "findings/#0/#22/#10")), 57, "how many were of its size");
	ok(json_is_null(at(data, "findings/#0/#22/#11")), "and not what nobody counted");
	ok(json_is_null(at(data, "findings/#0/#23")), "what was not judged is empty");
	is_int((long long)json_array_size(json_array_get(json_object_get(data, "findings"), 0)),
	       22 + METRIC_COUNT, "every metric has its place");
	ok(json_is_null(at(data, "findings/#1/#0")), "or to none");
	is_str(word(data, "findings/#0/#15/#0"), "words", "what it declared has its name");
	is_str(word(data, "findings/#0/#15/#1"), "174", "and its value");
	is_near(json_real_value(at(data, "findings/#0/#20")), 12.5, 0, "its weight");
	is_str(word(data, "jobs/steps/#0/#4"), "align", "jobs beside the findings are rows of steps");
	is_str(json_string_value(at(data, "links/#0/#0")), HOSTILE, "a link has its name");
	is_str(json_string_value(at(data, "earlier/#0/why")), "waited", "what was found before");
	is_int(json_integer_value(at(data, "coverage/#0/reasons/#0/#1")), 3, "a reason is counted");
	ok(report_page_size(page) > 8192 && report_page_size(page) < 12000, "the size is known");
	ok(json_is_null(at(data, "nodes/#0/model")), "an unknown model is empty");

	json_decref(data);
	strbuf_release(&html);
	report_page_free(page);
	free(name);
	return tap_done();
}

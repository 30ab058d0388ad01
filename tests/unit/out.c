/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of columns, three formats: what people and programs read, and what hostile text does.
 */
#include "util/out.h"
#include "joboutliers/record.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

struct row {
	const char *name;
	int64_t count, size_bytes, wall_us, start_unix_us;
	double score;
};

#define AT(member) offsetof(struct row, member), 0

static const struct out_column columns[] = {
	{"name", "NAME", false, "a name", out_get_text, AT(name)},
	{"count", "N", true, "a number", out_get_int, AT(count)},
	{"size_bytes", "SIZE", true, "a size", out_get_bytes, AT(size_bytes)},
	{"wall_s", "WALL", true, "a duration", out_get_duration, AT(wall_us)},
	{"wall_score", "SCORE", true, "a real number", out_get_real, AT(score)},
	{"start", NULL, false, "a time", out_get_time, AT(start_unix_us)},
	{NULL, NULL, false, NULL, NULL, 0, 0},
};

static const struct row rows[] = {
	{"plain", 3, 1536, INT64_C(86400123456), 0, 2.0 / 3},
	{"", JO_MISSING, JO_MISSING, JO_MISSING, JO_MISSING, NAN},
	{"a|b\n\033[31m\"\303\244", 0, 0, 0, 1000000, -1},
};

static char *print(const struct out_options *options)
{
	struct jo_err err = {0};
	struct out *out = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *fp = open_memstream(&text, &len);

	if (fp == NULL)
		abort();
	if (out_open(&out, fp, options, "rows", columns, "name,count", &err) == 0) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			out_row(out, &rows[i]);
		is_int(out_close(out, &err), 0, "the listing is complete");
	}
	(void)fclose(fp);
	return text;
}

static void is_printed(enum out_format format, bool want_header, const char *selection,
		       const char *want, const char *what)
{
	const struct out_options options = {format, !want_header, selection, NULL};
	char *text = print(&options);

	is_str(text, want, "%s", what);
	free(text);
}

static void is_sorted(enum out_format format, const char *order, const char *want, const char *what)
{
	const struct out_options options = {format, true, "name", order};
	char *text = print(&options);

	is_str(text, want, "%s", what);
	free(text);
}

static void is_refused(const char *selection, const char *order, const char *want)
{
	const struct out_options options = {OUT_JSON, false, selection, order};
	struct jo_err err = {0};
	struct out *out = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *fp = open_memstream(&text, &len);

	if (fp == NULL)
		abort();
	is_int(out_open(&out, fp, &options, "rows", columns, "name", &err), -EINVAL,
	       "'%s' by '%s' is refused", selection, order != NULL ? order : "");
	(void)fclose(fp);
	is_str(text, "", "without a word on the output");
	free(text);
	is_str(err.text, want, "and the error says why");
	ok(out == NULL, "and nothing is opened");
}

int main(void)
{
	char *every;

	(void)setenv("TZ", "UTC", 1);

	is_refused("", NULL, "no column was asked for");
	is_refused("name,size_byte2", NULL,
		   "no column 'size_byte2'; there are name, count, size_bytes, "
		   "wall_s, wall_score, start");
	is_refused("s", NULL, "column 's' may be size_bytes or start");

	is_refused("name", " ,", "no column to sort by was named");
	is_refused("name", "count,-s", "column 's' may be size_bytes or start");
	is_refused("name", "--count",
		   "no column '-count'; there are name, count, size_bytes, "
		   "wall_s, wall_score, start");

	is_printed(OUT_PARSABLE, true, NULL, "name|count\nplain|3\n|\na?b??[31m\"\303\244|0\n",
		   "missing is empty, 0 is 0, and a value cannot break its line or its field");
	is_printed(OUT_PARSABLE, false, "SIZE,wall,wall_sc,start",
		   "1536|86400.123456|0.666666667|1970-01-01T00:00:00\n|||\n0|0|-1|1970-01-01T00:"
		   "00:01\n",
		   "names in any case, without their unit and cut short; numbers in base units");
	is_printed(OUT_PARSABLE, true, "start",
		   "start\n1970-01-01T00:00:00\n\n1970-01-01T00:00:01\n", "a header");
	is_printed(
		OUT_JSON, true, "name,count,wall_s,start",
		"{\n  \"rows\": [\n"
		"    {\"name\": \"plain\", \"count\": 3, \"wall_s\": 86400.123456, "
		"\"start\": \"1970-01-01T00:00:00\"},\n"
		"    {\"name\": null, \"count\": null, \"wall_s\": null, \"start\": null},\n"
		"    {\"name\": \"a|b\\n\\u001B[31m\\\"\303\244\", \"count\": 0, \"wall_s\": 0.0, "
		"\"start\": \"1970-01-01T00:00:01\"}\n"
		"  ]\n}\n",
		"JSON says exactly what is there");
	is_printed(OUT_TABLE, true, "count,size_bytes,start",
		   "N     SIZE start\n"
		   "3 1.50 KiB 1970-01-01T00:00\n"
		   "           \n"
		   "0      0 B 1970-01-01T00:00\n",
		   "people get columns and units");
	is_sorted(OUT_PARSABLE, "count", "a?b??[31m\"\303\244\nplain\n\n",
		  "by a number that is not shown: the smallest first, what is missing last");
	is_sorted(OUT_PARSABLE, "-wall", "plain\na?b??[31m\"\303\244\n\n",
		  "the largest first, and what is missing last all the same");
	is_sorted(OUT_PARSABLE, "-start,name", "a?b??[31m\"\303\244\nplain\n\n", "by time");
	is_sorted(OUT_PARSABLE, "-name", "plain\na?b??[31m\"\303\244\n\n", "by name");
	is_sorted(OUT_JSON, "+count",
		  "{\n  \"rows\": [\n    {\"name\": \"a|b\\n\\u001B[31m\\\"\303\244\"},\n"
		  "    {\"name\": \"plain\"},\n    {\"name\": null}\n  ]\n}\n",
		  "in JSON, whose commas stand where they did");
	every = print(&(const struct out_options){OUT_TABLE, true,
						  "name,count,size,wall_s,wall_score,start", NULL});
	is_printed(OUT_TABLE, false, "all", every, "all is every column");
	free(every);
	return tap_done();
}

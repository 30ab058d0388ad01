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

static char *print(enum out_format format, bool want_header, const char *selection)
{
	struct jo_err err = {0};
	struct out *out = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *fp = open_memstream(&text, &len);

	if (fp == NULL)
		abort();
	if (out_open(&out, fp, format, want_header, "rows", columns, selection, "name,count",
		     &err) == 0) {
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
	char *text = print(format, want_header, selection);

	is_str(text, want, "%s", what);
	free(text);
}

static void is_refused(const char *selection, const char *want)
{
	struct jo_err err = {0};
	struct out *out = NULL;

	is_int(out_open(&out, stderr, OUT_PARSABLE, true, "rows", columns, selection, "name", &err),
	       -EINVAL, "'%s' is refused", selection);
	is_str(err.text, want, "and the error says why");
	ok(out == NULL, "and nothing is opened");
}

int main(void)
{
	char *every;

	(void)setenv("TZ", "UTC", 1);

	is_refused("", "no column was asked for");
	is_refused("name,size_byte2", "no column 'size_byte2'; there are name, count, size_bytes, "
				      "wall_s, wall_score, start");
	is_refused("s", "column 's' may be size_bytes or start");

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
	every = print(OUT_TABLE, false, "name,count,size,wall_s,wall_score,start");
	is_printed(OUT_TABLE, false, "all", every, "all is every column");
	free(every);
	return tap_done();
}

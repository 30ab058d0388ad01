/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "intake/column_map.h"
#include "tap.h"

#include <errno.h>

static void test_refusals(void)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"", "--map: expected OURS=THEIRS[,OURS=THEIRS...], such as input_bytes=size_in, "
		     "found ''"},
		{"wall_s", "found 'wall_s'"},
		{"=elapsed", "found '=elapsed'"},
		{"wall_s=", "found 'wall_s='"},
		{"wall_s=elapsed,", "found ''"},
		{"colour=x", "--map: no column 'colour'; there are job, step, "},
		{"attr.a b=x", "--map: "},
		{"wall_s=a,wall_s=b", "--map: 'wall_s' is mapped twice"},
		{"wall_s=a,input_bytes=a", "--map: 'a' is mapped twice"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct column_map map = {.count = 77};
		struct jo_err err = {0};

		is_int(column_map_parse(rows[i].text, &map, &err), -EINVAL, "'%s' is refused",
		       rows[i].text);
		ok(strstr(err.text, rows[i].expected) != NULL, "with: %s", err.text);
		is_int(map.count, 77, "and there is no map");
	}
}

static void test_names(void)
{
	struct column_map map;
	struct jo_err err = {0};

	is_int(column_map_parse("input_bytes=size in,attr.words=n=1,wall_s=elapsed", &map, &err), 0,
	       "a map is read");
	is_str(column_map_ours(&map, "size in"), "input_bytes", "a name is mapped");
	is_str(column_map_ours(&map, "n=1"), "attr.words", "names of theirs may have any signs");
	is_str(column_map_ours(&map, "job"), "job", "others are what they are");
	is_str(column_map_ours(&map, "colour"), "colour", "whether there is such a column or not");
	ok(column_map_ours(&map, "wall_s") == NULL, "but for those that stand elsewhere");
	is_int(column_map_check(&map, &err), -EBADMSG, "one was not there");
	is_str(err.text, "--map: there is no column 'elapsed' for wall_s", "it is named");
	(void)column_map_ours(&map, "elapsed");
	is_int(column_map_check(&map, &err), 0, "then all were");
	column_map_release(&map);
	column_map_release(&map);

	is_int(column_map_parse(NULL, &map, &err), 0, "no map is one");
	is_str(column_map_ours(&map, "wall_s"), "wall_s", "of which each name is itself");
	is_int(column_map_check(&map, &err), 0, "and nothing is missing");
	column_map_release(&map);
}

int main(void)
{
	test_refusals();
	test_names();
	return tap_done();
}

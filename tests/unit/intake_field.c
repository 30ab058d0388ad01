/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "intake/field.h"
#include "tap.h"

#include <errno.h>

static void test_seconds(void)
{
	static const struct {
		const char *text;
		int64_t us; /* -1: refused */
	} rows[] = {
		{"", -1},
		{"-1", -1},
		{"nan", -1},
		{"0x10", -1},
		{":", -1},
		{":01", -1},
		{"01:", -1},
		{"1:60", -1},
		{"1:60:00", -1},
		{"1-24:00:00", -1},
		{"1-00:00", -1},
		{"1-00", -1},
		{"-00:00:01", -1},
		{"1-2-00:00:01", -1},
		{"1:2:3:4", -1},
		{"1:-2:03", -1},
		{"9999999999999999999-00:00:00", -1},
		{"99999999999999:00", -1},
		{"0", 0},
		{"12.5", 12500000},
		{"1e1", 10000000},
		{"00:01", 1000000},
		{"00:50.500", 50500000},
		{"90:00", 5400000000},
		{"0:01:13", 73000000},
		{"100:00:00", 360000000000},
		{"1-00:01:13", 86473000000},
		{"1-02:03:04.25", 93784250000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jo_err err = {0};
		int64_t us = -1;

		is_int(field_seconds(rows[i].text, &us, &err), rows[i].us < 0 ? -EINVAL : 0,
		       "'%s' is %s", rows[i].text, rows[i].us < 0 ? "refused" : "a duration");
		is_int(us, rows[i].us, "%s", rows[i].us < 0 ? err.text : "of this length");
	}
}

int main(void)
{
	test_seconds();
	return tap_done();
}

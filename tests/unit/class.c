/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two kinds of jobs stay two, however long their names are, and whoever makes the class. */
#include "joboutliers/class.h"
#include "tap.h"

#include <string.h>

#define TEXT_10 "0123456789"
#define TEXT_50 TEXT_10 TEXT_10 TEXT_10 TEXT_10 TEXT_10
#define TEXT_64 TEXT_50 TEXT_10 "abcd"

int main(void)
{
	static const struct {
		const char *text, *name;
	} texts[] = {
		{"", ""},
		{"align", "align"},
		{"a|b\n\377", "a?b??"},
		{TEXT_64, TEXT_64},
		{TEXT_64 "a", TEXT_50 "01234~62e2d56c"},
		{TEXT_64 "b", TEXT_50 "01234~65e2da25"},
		/* cut at a character's edge, by the bytes that came */
		{TEXT_50 "0123\303\244" TEXT_10, TEXT_50 "0123~9e6a2912"},
		{"|" TEXT_64, "?" TEXT_50 "0123~563e083b"},
	};
	static const struct {
		const char *base, *program, *name;
	} steps[] = {
		{"nightly", "bwa", "nightly/bwa"},
		{"bwa", "bwa", "bwa"},
		{"nightly", "", "nightly"},
		{"", "bwa", "bwa"},
		{"", "", ""},
		/* what Slurm's accounting makes of a quote */
		{"a\"b", "c`d", "a?b/c?d"},
	};
	char name[JO_CLASS_SIZE], other[JO_CLASS_SIZE], longest[JO_NAME_SIZE];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		jo_class_make(texts[i].text, name);
		is_str(name, texts[i].name, "a class of text %zu", i);
		ok(i == 0 || jo_class_check(name, NULL) == 0, "which is one");
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		jo_class_of_step(steps[i].base, steps[i].program, name);
		is_str(name, steps[i].name, "'%s' and '%s'", steps[i].base, steps[i].program);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	jo_class_of_step(longest, longest, name);
	is_int((int64_t)strlen(name), JO_CLASS_SIZE - 1, "the longest name fits");
	other[0] = longest[0] = 'y';
	jo_class_of_step(longest, "program1", name);
	jo_class_of_step(longest, "program2", other);
	ok(strcmp(name, other) != 0, "%s is not %s", name, other);
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes, class names and the text rule under them: what is refused first. */
#include "joboutliers/attr.h"
#include "joboutliers/utf8.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

#define TEN "0123456789"
#define TEXT_32 "a" TEN TEN TEN "1"
#define TEXT_64 TEXT_32 TEXT_32
#define TEXT_128 TEXT_64 TEXT_64

static const struct {
	const char *text;
	int rc;
	const char *in_error;
} refused[] = {
	{"", -EINVAL, "KEY=VALUE"},
	{",", -EINVAL, NULL},
	{"a", -EINVAL, "'a'"},
	{"=", -EINVAL, NULL},
	{"=1", -EINVAL, NULL},
	{"a=", -EINVAL, "no value"},
	{"a=1,", -EINVAL, NULL},
	{",a=1", -EINVAL, NULL},
	{"a=1,,b=2", -EINVAL, NULL},
	{"a=1,b", -EINVAL, "'b'"},
	{"1a=1", -EINVAL, NULL},
	{"-a=1", -EINVAL, NULL},
	{".a=1", -EINVAL, NULL},
	{"a b=1", -EINVAL, "'a b'"},
	{"a =1", -EINVAL, NULL},
	{"\303\244=1", -EINVAL, NULL},
	{TEXT_32 "x=1", -EINVAL, NULL},
	{"a=" TEXT_128 "x", -EINVAL, "129 bytes"},
	{"a=1,a=2", -EINVAL, "twice"},
	{"a=1,b=2,a=1", -EINVAL, "'a' is given twice"},
	{"a=\n", -EINVAL, "printable"},
	{"a=x\ty", -EINVAL, NULL},
	{"a=\033[31m", -EINVAL, NULL},
	{"a=\177", -EINVAL, NULL},
	{"a=\302\205", -EINVAL, NULL},         /* a C1 control */
	{"a=\342\200\256x", -EINVAL, NULL},    /* right-to-left override */
	{"a=\300\257", -EINVAL, NULL},         /* an overlong '/' */
	{"a=\355\240\200", -EINVAL, NULL},     /* a surrogate */
	{"a=\364\220\200\200", -EINVAL, NULL}, /* beyond U+10FFFF */
	{"a=\303", -EINVAL, NULL},             /* cut */
	{"a=\303,b=1", -EINVAL, NULL},         /* cut by the separator */
	{"a=\377", -EINVAL, NULL},
	{"a1=1,a2=1,a3=1,a4=1,a5=1,a6=1,a7=1,a8=1,a9=1,b0=1,b1=1,b2=1,b3=1,b4=1,b5=1,b6=1,b7=1",
	 -E2BIG, "at most 16"},
};

static void check_refusals(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct jo_attrs attrs = {.count = 99};
		struct jo_err err = {0};
		int rc = jo_attrs_parse(refused[i].text, &attrs, &err);

		ok(rc == refused[i].rc && attrs.count == 99, "attributes %zu are refused", i);
		if (refused[i].in_error != NULL && strstr(err.text, refused[i].in_error) == NULL)
			ok(0, "and the error says why: %s", err.text);
	}
}

static void check_attrs(void)
{
	struct jo_attrs attrs;

	is_int(jo_attrs_parse("filter_words=174,db=nr", &attrs, NULL), 0, "two pairs are read");
	is_int(attrs.count, 2, "as two");
	is_str(jo_attrs_get(&attrs, "filter_words"), "174", "a value");
	is_str(jo_attrs_get(&attrs, "db"), "nr", "and another");
	ok(jo_attrs_get(&attrs, "filter") == NULL, "a key's start is no key");
	ok(jo_attrs_get(&attrs, "") == NULL, "nor is nothing");

	is_int(jo_attrs_set(&attrs, "db", "nt", NULL), 0, "a pair is set anew");
	is_str(jo_attrs_get(&attrs, "db"), "nt", "and the later value holds");
	is_int(attrs.count, 2, "without becoming one more");
	is_int(jo_attrs_set(&attrs, "d", "x", NULL), 0, "a key that starts another");
	is_int(attrs.count, 3, "is its own");
	is_int(jo_attrs_set(&attrs, "e", "a,b", NULL), -EINVAL, "the separator is no value's");
	is_int(jo_attrs_set(&attrs, "e=", "1", NULL), -EINVAL, "nor '=' a key's");
	is_int(attrs.count, 3, "a refused pair changes nothing");

	is_int(jo_attrs_parse("x=a=b=c", &attrs, NULL), 0, "'=' in a value");
	is_str(jo_attrs_get(&attrs, "x"), "a=b=c", "belongs to it");
	is_int(jo_attrs_parse(TEXT_32 "=" TEXT_128, &attrs, NULL), 0, "the longest pair fits");
	is_str(jo_attrs_get(&attrs, TEXT_32), TEXT_128, "whole");
	is_int(jo_attrs_parse("x=stra\303\237e \"'\\|;<&", &attrs, NULL), 0,
	       "what is printable is a value");
	is_str(jo_attrs_get(&attrs, "x"), "stra\303\237e \"'\\|;<&", "kept as it is");
	is_int(jo_attrs_parse("_a.b-C9=-1.5e3", &attrs, NULL), 0, "a key of all characters");
	is_int(jo_attrs_parse("a1=1,a2=1,a3=1,a4=1,a5=1,a6=1,a7=1,a8=1,a9=1,b0=1,b1=1,b2=1,b3=1,"
			      "b4=1,b5=1,b6=1",
			      &attrs, NULL),
	       0, "sixteen pairs");
	is_int(attrs.count, JO_ATTR_MAX, "are all read");
	is_int(jo_attrs_set(&attrs, "b6", "2", NULL), 0, "a full list takes a known key");
	is_int(jo_attrs_set(&attrs, "b7", "2", NULL), -E2BIG, "and no new one");
}

static void check_classes(void)
{
	static const char *const bad[] = {"",     "a|b",       "a\nb",    "a\177",
					  "\377", TEXT_64 "x", "\302\205"};
	static const char *const good[] = {"align", "a b", "stra\303\237e", TEXT_64, "a/b,c=d"};
	struct jo_err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_int(jo_class_check(bad[i], &err), -EINVAL, "class %zu is refused", i);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		is_int(jo_class_check(good[i], &err), 0, "class '%s' is one", good[i]);
}

static void check_cleaning(void)
{
	static const struct {
		const char *text;
		size_t size;
		const char *cleaned;
	} rows[] = {
		{NULL, 8, ""},
		{"", 8, ""},
		{"abc", 8, "abc"},
		{"abc", 4, "abc"},
		{"abc", 3, "ab"},
		{"abc", 1, ""},
		{"a\nb", 8, "a?b"},
		{"a\303\244b", 8, "a\303\244b"},
		{"a\303\244b", 4, "a\303\244"},
		{"a\303\244b", 3, "a"}, /* never half a character */
		{"a\303", 8, "a?"},
		{"\360\237\230\200!", 6, "\360\237\230\200!"},
		{"\360\237\230\200!", 5, "\360\237\230\200"},
		{"\360\237\230\200!", 4, ""},
		{"\360\237\230", 8, "???"},
		{"a\342\200\213b", 8, "a???b"},      /* U+200B, a space without width */
		{"a\342\200\217b", 8, "a???b"},      /* U+200F, from right to left */
		{"a\330\234b", 8, "a??b"},           /* U+061C, the same for Arabic */
		{"a\302\255b", 8, "a??b"},           /* U+00AD, a soft hyphen */
		{"\357\273\277b", 8, "???b"},        /* U+FEFF, a byte order mark */
		{"\363\240\201\201", 8, "????"},     /* U+E0041, a tag */
		{"\342\200\220", 8, "\342\200\220"}, /* U+2010, a hyphen that is seen */
	};
	char buf[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(buf, 'X', sizeof(buf));
		jo_utf8_clean(buf, rows[i].size, rows[i].text);
		is_str(buf, rows[i].cleaned, "text %zu is cleaned", i);
		is_int(buf[rows[i].size], 'X', "inside of its buffer");
		if (rows[i].text != NULL && strlen(rows[i].text) < rows[i].size) {
			(void)strcpy(buf, rows[i].text);
			jo_utf8_mask(buf);
			is_str(buf, rows[i].cleaned, "or in place");
		}
	}
}

static void check_format(void)
{
	static const char *const rows[] = {"a=1", "a=1,b=x=y,c= z"};
	char text[JO_ATTRS_TEXT_SIZE];
	struct jo_attrs attrs = {0};

	is_str(jo_attrs_format(&attrs, text), "", "no attributes are no text");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)jo_attrs_parse(rows[i], &attrs, NULL);
		is_str(jo_attrs_format(&attrs, text), rows[i], "'%s' is written as it was read",
		       rows[i]);
	}
	for (size_t i = 0; i < JO_ATTR_MAX; i++) {
		memset(attrs.list[i].key, 'a' + (int)i, JO_ATTR_KEY_SIZE - 1);
		memset(attrs.list[i].value, 'v', JO_ATTR_VALUE_SIZE - 1);
	}
	attrs.count = JO_ATTR_MAX;
	is_int((int64_t)strlen(jo_attrs_format(&attrs, text)), JO_ATTRS_TEXT_SIZE - 2,
	       "all of the longest fit");
}

int main(void)
{
	char *huge = malloc(4097);
	struct jo_err err;

	check_refusals();
	check_attrs();
	check_classes();
	check_format();
	check_cleaning();

	memset(huge, 'k', 4096);
	huge[4096] = '\0';
	is_int(jo_attrs_parse(huge, &(struct jo_attrs){0}, &err), -EINVAL,
	       "4 kB of text are no pair");
	huge[4000] = '=';
	is_int(jo_attrs_parse(huge, &(struct jo_attrs){0}, &err), -EINVAL, "nor is a key of 4 kB");
	is_int(jo_class_check(huge, &err), -EINVAL, "nor a class");
	ok(strlen(err.text) < 120, "and it is not quoted in full");
	free(huge);
	return tap_done();
}

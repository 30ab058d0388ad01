/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every line in tests/data/records is what its name says: good-* is read, and
 * reads back as it was written; bad-* is refused with a reason, and leaves
 * nothing that looks like a record.
 */
#include "intake/record_line.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define FOLDER "tests/data/records"

static size_t read_file(const char *name, char *bytes, size_t size)
{
	char path[400];
	size_t len = 0;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "%s/%s", FOLDER, name);
	fp = fopen(path, "r");
	if (fp != NULL) {
		len = fread(bytes, 1, size, fp);
		(void)fclose(fp);
	}
	return len;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void every_file(void)
{
	static char bytes[65536], line[JO_RECORD_LINE_MAX];
	struct jo_record record, again;
	struct dirent **names;
	struct jo_err err;
	int count = scandir(FOLDER, &names, NULL, by_name);

	ok(count > 40, "the files are there");
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		size_t len = read_file(name, bytes, sizeof(bytes));
		int rc;

		err = (struct jo_err){0};
		if (strncmp(name, "good-", 5) == 0) {
			rc = record_line_parse(bytes, len, &record, &err);
			if (!ok(rc == 0, "%s is read", name))
				printf("# %s\n", err.text);
			rc = jo_record_write(&record, line, sizeof(line));
			is_int(record_line_parse(line, (size_t)rc, &again, &err), 0,
			       "%s: read again", name);
			ok(memcmp(&record, &again, sizeof(record)) == 0, "%s: the same", name);
		} else if (strncmp(name, "bad-", 4) == 0) {
			rc = record_line_parse(bytes, len, &record, &err);
			is_int(rc, strcmp(name, "bad-version-newer") == 0 ? -EPROTO : -EBADMSG,
			       "%s is refused", name);
			ok(err.text[0] != '\0', "%s: %s", name, err.text);
		}
		free(names[i]);
	}
	free(names);
}

/* Each field's own value comes back in its own place. */
static void every_field(void)
{
	static char line[JO_RECORD_LINE_MAX];
	struct jo_record record, again;
	struct jo_err err;
	int64_t number = 1000;
	int len;

	jo_record_init(&record, JO_RECORD_END);
	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++) {
		char *member = (char *)&record + field->offset;

		if (field->type == JO_FIELD_INT)
			memcpy(member, &(int64_t){number++}, sizeof(number));
		else if (field->type == JO_FIELD_STRING)
			(void)snprintf(member, field->size, "%s", field->name);
		else if (field->type == JO_FIELD_LINES)
			(void)snprintf(member, field->size, "%s 1\n%s 2\n", field->name, "again");
	}
	record.profile_samples = 3;
	len = jo_record_write(&record, line, sizeof(line));
	is_int(record_line_parse(line, (size_t)len, &again, &err), 0, "a full record is read");
	ok(memcmp(&record, &again, sizeof(record)) == 0, "and is what was written");
}

/* A blank more is left to the library: whatever a line is like, it says what the quick way says. */
static bool library_agrees(const char *line, size_t len)
{
	static char blank[JO_RECORD_LINE_MAX + 1];
	static struct jo_record quick, slow;
	int rc, library_rc;

	(void)snprintf(blank, sizeof(blank), "{ %.*s", (int)len - 1, line + 1);
	rc = record_line_parse(line, len, &quick, NULL);
	library_rc = record_line_parse(blank, len + 1, &slow, NULL);
	return rc == library_rc && (rc != 0 || memcmp(&quick, &slow, sizeof(quick)) == 0);
}

/* Of each byte at each place of a text, whose end may be anywhere in the words that are looked at.
 */
static void each_byte(void)
{
	int wrong = 0;

	for (int byte = 1; byte < 256; byte++)
		for (size_t at = 0; at < 20; at++) {
			char line[512], text[] = "abcdefghijklmnopqrst";
			int len;

			text[at] = (char)byte;
			text[at / 2 + 10] = text[at / 2 + 10] == (char)byte ? (char)byte : '\0';
			len = snprintf(line, sizeof(line),
				       "{\"v\":1,\"kind\":\"end\",\"node\":\"n1\",\"job_id\":1,"
				       "\"step_id\":0,\"user\":\"%s\",\"start_unix_us\":1,"
				       "\"wall_us\":1}\n",
				       text);
			wrong += !library_agrees(line, (size_t)len);
		}
	is_int(wrong, 0, "whatever byte a text has, and wherever: it is what the library says");
}

#define BEGIN "{\"v\":1,\"kind\":\"end\","
#define NODE "\"node\":\"n1\",\"job_id\":1,\"step_id\":0,"
#define NEEDED "\"start_unix_us\":1,\"wall_us\":1"

static void two_ways(void)
{
	static const struct {
		const char *name, *line;
		int rc;
	} rows[] = {
		{"plain", BEGIN NODE NEEDED "}", 0},
		{"empty text", BEGIN NODE "\"user\":\"\"," NEEDED "}", 0},
		{"attributes", BEGIN NODE NEEDED ",\"attr.a\":\"1\",\"attr.b\":\"x y\"}", 0},
		{"attributes first", BEGIN "\"attr.a\":\"1\"," NODE NEEDED "}", 0},
		{"an attribute twice", BEGIN NODE NEEDED ",\"attr.a\":\"1\",\"attr.a\":\"1\"}",
		 -EBADMSG},
		{"an empty attribute", BEGIN NODE NEEDED ",\"attr.a\":\"\"}", -EBADMSG},
		{"an attribute without a name", BEGIN NODE NEEDED ",\"attr.\":\"1\"}", -EBADMSG},
		{"an attribute with a comma", BEGIN NODE NEEDED ",\"attr.a\":\"1,2\"}", -EBADMSG},
		{"an attribute that is a number", BEGIN NODE NEEDED ",\"attr.a\":1}", -EBADMSG},
		{"a field twice", BEGIN NODE "\"uid\":1,\"uid\":1," NEEDED "}", -EBADMSG},
		{"a field twice, with others between", BEGIN "\"node\":\"n1\"," NODE NEEDED "}",
		 -EBADMSG},
		{"another order",
		 BEGIN "\"wall_us\":1,\"start_unix_us\":1,\"job_id\":1,"
		       "\"step_id\":0,\"node\":\"n1\"}",
		 0},
		{"an unknown field", BEGIN NODE "\"new\":7," NEEDED "}", 0},
		{"an unknown list", BEGIN NODE "\"new\":[1,{\"a\":2}]," NEEDED "}", 0},
		{"a beginning of a name", BEGIN NODE "\"use\":\"ann\"," NEEDED "}", 0},
		{"a name and more", BEGIN NODE "\"users\":\"ann\"," NEEDED "}", 0},
		{"18 digits", BEGIN NODE "\"input_bytes\":999999999999999999," NEEDED "}", 0},
		{"19 digits", BEGIN NODE "\"input_bytes\":1000000000000000000," NEEDED "}", 0},
		{"20 digits", BEGIN NODE "\"input_bytes\":10000000000000000000," NEEDED "}",
		 -EBADMSG},
		{"a time that cannot be",
		 BEGIN NODE "\"time_limit_us\":999999999999999999," NEEDED "}", 0},
		{"a leading 0", BEGIN NODE "\"uid\":01," NEEDED "}", -EBADMSG},
		{"below 0", BEGIN NODE "\"uid\":-1," NEEDED "}", -EBADMSG},
		{"a fraction", BEGIN NODE "\"uid\":1.5," NEEDED "}", -EBADMSG},
		{"a power", BEGIN NODE "\"uid\":1e3," NEEDED "}", -EBADMSG},
		{"a number for a text", BEGIN NODE "\"user\":1," NEEDED "}", -EBADMSG},
		{"a text for a number", BEGIN NODE "\"uid\":\"1\"," NEEDED "}", -EBADMSG},
		{"no such word", BEGIN NODE "\"input_source\":\"opt\"," NEEDED "}", -EBADMSG},
		{"an empty word", BEGIN NODE "\"input_source\":\"\"," NEEDED "}", -EBADMSG},
		{"an escape", BEGIN NODE "\"user\":\"a\\\"b\"," NEEDED "}", 0},
		{"a code point", BEGIN NODE "\"user\":\"\\u00e9\"," NEEDED "}", 0},
		{"UTF-8", BEGIN NODE "\"user\":\"\xc3\xa9\"," NEEDED "}", 0},
		{"no UTF-8", BEGIN NODE "\"user\":\"\xc3\"," NEEDED "}", -EBADMSG},
		{"a delete", BEGIN NODE "\"user\":\"a\x7f\"," NEEDED "}", 0},
		{"a tabulator", BEGIN NODE "\"user\":\"a\tb\"," NEEDED "}", -EBADMSG},
		{"a longer text than there is room",
		 BEGIN NODE
		 "\"user\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "\"," NEEDED "}",
		 0},
		{"no kind", "{\"v\":1," NODE NEEDED "}", -EBADMSG},
		{"no version", "{\"kind\":\"end\"," NODE NEEDED "}", -EBADMSG},
		{"version 0", "{\"v\":0,\"kind\":\"end\"," NODE NEEDED "}", -EBADMSG},
		{"a newer version", "{\"v\":2,\"kind\":\"end\"," NODE NEEDED "}", -EPROTO},
		{"nothing", "{}", -EBADMSG},
		{"a comma more", BEGIN NODE NEEDED ",}", -EBADMSG},
		{"something behind it", BEGIN NODE NEEDED "}x", -EBADMSG},
		{"another one behind it", BEGIN NODE NEEDED "}{}", -EBADMSG},
		{"no end", BEGIN NODE NEEDED, -EBADMSG},
		{"no node", BEGIN "\"job_id\":1,\"step_id\":0," NEEDED "}", -EBADMSG},
		{"no job", BEGIN "\"node\":\"n1\",\"step_id\":0," NEEDED "}", -EBADMSG},
	};
	static char bytes[65536];
	struct jo_record record;
	size_t len;
	int differing = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int line_len = snprintf(bytes, sizeof(bytes), "%s\n", rows[i].line);

		is_int(record_line_parse(bytes, (size_t)line_len, &record, NULL), rows[i].rc, "%s",
		       rows[i].name);
		ok(library_agrees(bytes, (size_t)line_len), "%s: as the library has it",
		   rows[i].name);
	}

	/* Whatever a byte is taken for. */
	len = read_file("good-end", bytes, sizeof(bytes));
	for (size_t i = 1; i + 1 < len; i++) {
		static const char others[] = "\"\\,:{}0x \n\t\x7f\xc3-";
		char kept = bytes[i];

		for (size_t k = 0; k + 1 < sizeof(others); k++) {
			bytes[i] = others[k];
			differing += !library_agrees(bytes, len);
		}
		bytes[i] = kept;
	}
	is_int(differing, 0, "no byte that is another makes a difference");
}

/* The profile is the user's: what is none costs no record, and its samples are those that it has.
 */
static void check_profiles(void)
{
	static const struct {
		const char *members, *missing, *profile;
		int64_t samples;
	} rows[] = {
		{"\"profile\":\"a;b 3\\nc 4\\n\",\"profile_samples\":7", "", "a;b 3\nc 4\n", 7},
		{"\"profile\":\"a;b 3\\nc 4\\n\",\"profile_samples\":70", "", "a;b 3\nc 4\n", 7},
		{"\"profile\":\"a;b 3\\nc\\u001b[m 4\"", "", "a;b 3\nc?[m 4", 7},
		{"\"profile\":\"a;b 3\\nc\\n\",\"profile_samples\":7,\"profile_missing\":\"no "
		 "Python\"",
		 "not readable: line 2 of the profile, \"c\": expected frames, a blank and a count",
		 "", JO_MISSING},
		{"\"profile_samples\":7,\"profile_missing\":\"no Python\"", "no Python", "",
		 JO_MISSING},
	};
	char line[600];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jo_record record;
		struct jo_err err;
		int len = snprintf(line, sizeof(line),
				   "{\"v\":1,\"kind\":\"end\",\"node\":\"n1\",\"job_id\":1,"
				   "\"step_id\":0,\"start_unix_us\":1,\"wall_us\":1,%s}\n",
				   rows[i].members);

		is_int(record_line_parse(line, (size_t)len, &record, &err), 0, "a record with %s",
		       rows[i].members);
		is_str(record.profile, rows[i].profile, "its profile");
		is_str(record.profile_missing, rows[i].missing, "why there is none");
		is_int(record.profile_samples, rows[i].samples, "its samples");
	}
}

/* A step that is killed while it writes may leave any beginning of the line. */
static void every_cut(void)
{
	static char bytes[65536];
	size_t len = read_file("good-end", bytes, sizeof(bytes));
	struct jo_record record;
	struct jo_err err;
	int refused = 0;

	for (size_t i = 0; i < len; i++)
		refused += record_line_parse(bytes, i, &record, &err) == -EBADMSG;
	is_int(refused, (int)len, "no beginning of a line is a record");
}

int main(void)
{
	every_file();
	every_field();
	two_ways();
	each_byte();
	check_profiles();
	every_cut();
	return tap_done();
}

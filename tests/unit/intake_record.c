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
	check_profiles();
	every_cut();
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tap.h"
#include "util/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/jo-csv-XXXXXX";

static void write_file(const char *text, size_t len)
{
	FILE *fp = fopen(path, "w");

	if (fp == NULL || fwrite(text, 1, len, fp) != len || fclose(fp) != 0)
		abort();
}

static void test_refusals(void)
{
	static const struct {
		const char *text, *expected;
		int code;
	} rows[] = {
		{"", "expected a header line", -EBADMSG},
		{"\n\n", "expected a header line", -EBADMSG},
		{"a,b,a\n", "two columns are named 'a'", -EBADMSG},
		{"a,\"b\n", "row 1", -EPROTO},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct csv_reader *reader = NULL;
		struct jo_err err = {0};

		write_file(rows[i].text, strlen(rows[i].text));
		is_int(csv_reader_open(path, 0, &reader, &err), rows[i].code,
		       "header %zu is refused", i);
		ok(strstr(err.text, rows[i].expected) != NULL, "and the reason is: %s", err.text);
		ok(reader == NULL, "and there is no reader");
	}
}

static void test_rows(void)
{
	static const char text[] =
		"\xef\xbb\xbfjob,\"say \"\"so\"\"\",c\r\n1,\"x,\ny\",\r\n\n2,b\n3,b,c,d\n4,,z";
	struct csv_reader *reader = NULL;
	int64_t done_bytes, total_bytes;
	const char *const *fields = NULL;
	struct jo_err err = {0};

	write_file("a,,\n", 4);
	is_int(csv_reader_open(path, 0, &reader, &err), 0, "columns need no names");
	is_int(csv_reader_column_count(reader), 3, "and are three all the same");
	is_str(csv_reader_column(reader, 2), "", "of which the last has none");
	csv_reader_close(reader);
	write_file(text, sizeof(text) - 1);
	is_int(csv_reader_open(path, 0, &reader, &err), 0, "a file with a byte order mark opens");
	is_int(csv_reader_column_count(reader), 3, "it has three columns");
	is_str(csv_reader_column(reader, 0), "job", "the mark is not part of the first name");
	is_str(csv_reader_column(reader, 1), "say \"so\"", "a quoted name is unquoted");
	is_int(csv_reader_next(reader, &fields, &err), 1, "the first row is read");
	is_str(fields[1], "x,\ny", "a quoted field may hold commas and line ends");
	is_str(fields[2], "", "an empty field is empty");
	is_int(csv_reader_next(reader, &fields, &err), -EBADMSG, "a short row is refused");
	ok(strstr(err.text, "row 2 has 2 fields, the header has 3") != NULL, "with: %s", err.text);
	is_int(csv_reader_next(reader, &fields, &err), -EBADMSG, "so is a long one");
	is_int(csv_reader_next(reader, &fields, &err), 1, "and reading goes on behind them");
	is_str(fields[2], "z", "to a last line without its end");
	is_int(csv_reader_row(reader), 4, "which is row 4, empty lines not counted");
	is_int(csv_reader_next(reader, &fields, &err), 0, "then it ends");
	is_int(csv_reader_next(reader, &fields, &err), 0, "and stays ended");
	csv_reader_place(reader, &done_bytes, &total_bytes);
	is_int(done_bytes, sizeof(text) - 1, "all bytes were read");
	is_int(total_bytes, done_bytes, "of as many");
	csv_reader_close(reader);
}

static void test_broken(void)
{
	struct csv_reader *reader = NULL;
	const char *const *fields = NULL;
	struct jo_err err = {0};
	size_t len = 3 << 20;
	char *text = malloc(len);

	if (text == NULL)
		abort();
	write_file("a\n1\n\"2\"x\n3\n", 11);
	is_int(csv_reader_open(path, 0, &reader, &err), 0, "a file with a stray quote opens");
	is_int(csv_reader_next(reader, &fields, &err), 1, "the row before the quote is read");
	is_int(csv_reader_next(reader, &fields, &err), -EPROTO, "the quote ends it");
	is_int(csv_reader_next(reader, &fields, &err), -EPROTO, "for good");
	csv_reader_close(reader);

	memset(text, 'x', len);
	memcpy(text, "a\n", 2);
	memcpy(text + len - 3, "\n4\n", 3);
	write_file(text, len);
	is_int(csv_reader_open(path, 0, &reader, &err), 0, "a file with a line without end opens");
	is_int(csv_reader_next(reader, &fields, &err), -EBADMSG, "the line is refused");
	is_int(csv_reader_next(reader, &fields, &err), 1, "the next one is read");
	is_str(fields[0], "4", "with what is in it");
	csv_reader_close(reader);

	for (size_t i = 0; i < len; i += 1000)
		text[i] = '\n';
	memcpy(text, "a\n\"", 3);
	write_file(text, len);
	is_int(csv_reader_open(path, 0, &reader, &err), 0, "a file with an open quote opens");
	is_int(csv_reader_next(reader, &fields, &err), -EPROTO, "and is not read to its end");
	ok(strstr(err.text, "1 MiB") != NULL, "with: %s", err.text);
	csv_reader_close(reader);

	write_file("a,b\n1\0002,3\n4,5\n", 14);
	is_int(csv_reader_open(path, 0, &reader, &err), 0, "a file with a NUL byte opens");
	is_int(csv_reader_next(reader, &fields, &err), -EBADMSG, "its row is refused");
	ok(strstr(err.text, "line 2 has a NUL byte") != NULL, "with: %s", err.text);
	is_int(csv_reader_next(reader, &fields, &err), 1, "the next one is read");
	is_str(fields[0], "4", "with what is in it");
	is_int(csv_reader_row(reader), 2, "as row 2");
	csv_reader_close(reader);

	write_file("a,b\n\"1\n\0002\",3\n4,5\n", 18);
	is_int(csv_reader_open(path, 0, &reader, &err), 0,
	       "a file with a NUL byte in quotes opens");
	is_int(csv_reader_next(reader, &fields, &err), -EPROTO, "where its row ends nobody knows");
	is_int(csv_reader_next(reader, &fields, &err), -EPROTO, "nor does anything else");
	csv_reader_close(reader);
	free(text);
}

static void test_delimiters(void)
{
	static const struct {
		const char *text;
		char asked, found;
		const char *second; /* name of the second column, or NULL */
	} rows[] = {
		{"a\n1\n", 0, ',', NULL},          {"a,b;c\n1,2\n", 0, ',', "b;c"},
		{"a;b;c,d\n1;2;3\n", 0, ';', "b"}, {"\n \t\na\tb\n1\t2\n", 0, '\t', "b"},
		{"a|b\n1|2\n", 0, '|', "b"},       {"\"a;b;c\",d\n1,2\n", 0, ',', "d"},
		{"a;b;c,d\n1,2\n", ',', ',', "d"}, {"a\t b \tc\n1\t\t3\n", 0, '\t', "b"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct csv_reader *reader = NULL;
		const char *const *fields;

		write_file(rows[i].text, strlen(rows[i].text));
		is_int(csv_reader_open(path, rows[i].asked, &reader, NULL), 0, "header %zu opens",
		       i);
		is_int(csv_reader_delimiter(reader), rows[i].found, "its fields are separated");
		if (rows[i].second != NULL)
			is_str(csv_reader_column(reader, 1), rows[i].second, "into columns");
		is_int(csv_reader_next(reader, &fields, NULL), 1, "and so are those of the rows");
		csv_reader_close(reader);
	}
}

/* A spreadsheet runs what begins with = + - or @, so it is written as text, and read back as it
 * was. */
static void test_formulas(void)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{"plain", "plain\n"},
		{"=1+1", "'=1+1\n"},
		{"+1", "'+1\n"},
		{"-x", "'-x\n"},
		{"@SUM(A1)", "'@SUM(A1)\n"},
		{"=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"\n"},
		{"'=1", "''=1\n"},
		{"'tis", "'tis\n"},
		{"'", "'\n"},
		{"a=b", "a=b\n"},
		{"a;b", "\"a;b\"\n"},
		{"a|b", "\"a|b\"\n"},
		{"a\tb", "\"a\tb\"\n"},
	};
	const char *const *fields = NULL;
	struct csv_reader *reader = NULL;
	char written[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		FILE *fp = fopen(path, "w+");

		if (fp == NULL)
			abort();
		(void)fprintf(fp, "name\n");
		csv_write_field(fp, rows[i].text);
		(void)fprintf(fp, "\n");
		(void)fseek(fp, 5, SEEK_SET);
		(void)!fgets(written, sizeof(written), fp);
		(void)fclose(fp);
		is_str(written, rows[i].written, "%s is written as text", rows[i].text);
		is_int(csv_reader_open(path, 0, &reader, NULL), 0, "opens");
		is_int(csv_reader_next(reader, &fields, NULL), 1, "is read");
		is_str(fields[0], rows[i].text, "%s comes back", rows[i].text);
		csv_reader_close(reader);
	}
}

static void test_many_rows(void)
{
	struct csv_reader *reader = NULL;
	const char *const *fields = NULL;
	int64_t sum = 0, count = 0;
	FILE *fp = fopen(path, "w");

	if (fp == NULL)
		abort();
	fprintf(fp, "number,name\n");
	for (int i = 0; i < 20000; i++)
		fprintf(fp, "%d,\"name, of %d\"\n", i, i);
	fclose(fp);
	is_int(csv_reader_open(path, 0, &reader, NULL), 0, "20000 rows open");
	while (csv_reader_next(reader, &fields, NULL) == 1) {
		sum += atoi(fields[0]);
		count++;
	}
	is_int(count, 20000, "all are read, over the edges of chunks");
	is_int(sum, 199990000, "with their values");
	csv_reader_close(reader);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		abort();
	close(fd);
	is_int(csv_reader_open("/nonexistent/file", 0, &(struct csv_reader *){NULL}, NULL), -ENOENT,
	       "a missing file is refused");
	test_refusals();
	test_rows();
	test_broken();
	test_delimiters();
	test_formulas();
	test_many_rows();
	unlink(path);
	return tap_done();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tap.h"
#include "util/text_input.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static char path[] = "/tmp/jo-text-XXXXXX";

static void write_file(const char *text, size_t len)
{
	FILE *fp = fopen(path, "w");

	if (fp == NULL || fwrite(text, 1, len, fp) != len || fclose(fp) != 0)
		abort();
}

static void write_gzip(const char *text, size_t len)
{
	gzFile gz = gzopen(path, "w");

	if (gz == NULL || gzwrite(gz, text, (unsigned int)len) != (int)len || gzclose(gz) != Z_OK)
		abort();
}

static struct text_input *opened(void)
{
	struct text_input *input = NULL;

	if (text_input_open(path, &input, NULL) < 0)
		abort();
	return input;
}

#define BYTES(text) (text), sizeof(text) - 1

/* What the file's lines are, each in brackets; '!' is a line that is refused, and 'E' an error. */
static void lines_are(const char *expected, const char *what)
{
	struct text_input *input = opened();
	char found[1000] = "", *line = NULL;
	size_t len;
	int rc;

	while ((rc = text_input_line(input, &line, &len, NULL)) > 0 || rc == -EBADMSG) {
		size_t at = strlen(found);

		if (rc > 0)
			snprintf(found + at, sizeof(found) - at, "[%s]", line);
		else
			snprintf(found + at, sizeof(found) - at, "!");
		if (rc > 0 && strlen(line) != len)
			ok(0, "%s: the length is the line's", what);
	}
	if (rc < 0)
		(void)strncat(found, "E", sizeof(found) - strlen(found) - 1);
	is_str(found, expected, "%s", what);
	text_input_close(input);
}

static void test_forms(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *expected, *what;
	} rows[] = {
		{BYTES(""), "", "an empty file has no lines"},
		{BYTES("\n"), "[]", "an empty line is one"},
		{BYTES("a\nb"), "[a][b]", "a last line needs no end"},
		{BYTES("a\r\nb\r\n"), "[a][b]", "lines of another system"},
		{BYTES("a\rb\n"), "[a\rb]", "a CR within a line stays"},
		{BYTES("\xef\xbb\xbf"
		       "a\n"),
		 "[a]", "a mark of UTF-8 is taken off"},
		{BYTES("\xef\xbb\xbf"), "", "and may be all there is"},
		{BYTES("\xff\xfe"
		       "a\0\xe9\0\r\0\n\0b\0"),
		 "[a\xc3\xa9][b]", "UTF-16, little end first"},
		{BYTES("\xfe\xff\0a\x20\xac\0\n"), "[a\xe2\x82\xac]", "UTF-16, big end first"},
		{BYTES("\xff\xfe"
		       "\x3d\xd8\x00\xde\n\0"),
		 "[\xf0\x9f\x98\x80]", "UTF-16 of two units"},
		{BYTES("\xff\xfe"
		       "\x00\xd8"
		       "a\0\n\0"),
		 "[\xef\xbf\xbd"
		 "a]",
		 "half of one"},
		{BYTES("\xff\xfe"
		       "a\0\n\0b"),
		 "[a]", "half a unit at the end"},
		{BYTES("a\0b\nc\n"), "![c]", "a NUL byte is refused, what follows is not"},
		{BYTES("\x1f"), "[\x1f]", "the first byte of gzip alone is text"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_file(rows[i].bytes, rows[i].len);
		lines_are(rows[i].expected, rows[i].what);
		if (rows[i].len == 0)
			continue;
		write_gzip(rows[i].bytes, rows[i].len);
		lines_are(rows[i].expected, "and the same from gzip");
	}
}

static void test_damage(void)
{
	char packed[200];
	size_t len;
	FILE *fp;

	write_gzip(BYTES("one\ntwo\nthree\n"));
	fp = fopen(path, "r");
	len = fp != NULL ? fread(packed, 1, sizeof(packed), fp) : 0;
	if (fp == NULL || fclose(fp) != 0 || len < 20)
		abort();
	write_file(packed, len - 6);
	lines_are("[one][two][three]E", "gzip that is cut short is an error");
	packed[len - 6] ^= 1;
	write_file(packed, len);
	lines_are("E", "so is damaged gzip");
}

static void test_long(void)
{
	size_t len = TEXT_INPUT_LINE_MAX;
	char *text = malloc(4 * len), *line = NULL;
	struct jo_err err = {0};
	struct text_input *input;
	size_t line_len = 0;

	if (text == NULL)
		abort();
	memset(text, 'x', 4 * len);
	text[len] = '\n';
	text[3 * len] = '\n';
	text[3 * len + 1] = 'y';
	text[3 * len + 2] = '\n';
	write_file(text, 4 * len);
	input = opened();
	is_int(text_input_line_number(input), 0, "no line was read");
	is_int(text_input_line(input, &line, &line_len, &err), 1, "the longest line is read");
	is_int(line_len, len, "whole");
	is_int(text_input_line(input, &line, &line_len, &err), -EBADMSG, "a longer one is refused");
	ok(strstr(err.text, "line 2 is longer than 1048576 bytes") != NULL, "with: %s", err.text);
	is_int(text_input_line(input, &line, &line_len, &err), 1, "then it goes on");
	is_str(line, "y", "behind it");
	is_int(text_input_line_number(input), 3, "with its number");
	is_int(text_input_line(input, &line, &line_len, &err), 1, "and ends with");
	is_int(line_len, len - 3, "one without an end");
	is_int(text_input_line(input, &line, &line_len, &err), 0, "then there is no more");
	is_int(text_input_line(input, &line, &line_len, &err), 0, "and no more");
	text_input_close(input);

	write_file(text + len + 1, 2 * len - 1);
	lines_are("!", "a line that is too long may be all there is");
	free(text);
}

/* Over the edges of chunks, from a file, packed, and from a pipe byte by byte. */
static void test_many(void)
{
	int64_t sum = 0, count = 0, done, total;
	struct text_input *input;
	char *line = NULL;
	size_t len;
	FILE *fp = fopen(path, "w");

	if (fp == NULL)
		abort();
	for (int i = 0; i < 50000; i++)
		fprintf(fp, "%d\n", i);
	fclose(fp);
	input = opened();
	text_input_place(input, &done, &total);
	is_int(done, 0, "nothing was read yet");
	while (text_input_line(input, &line, &len, NULL) == 1) {
		sum += atoi(line);
		count++;
	}
	is_int(count, 50000, "all lines are read");
	is_int(sum, 1249975000, "with what is in them");
	text_input_place(input, &done, &total);
	is_int(total, 288890, "the file has a size");
	is_int(done, total, "all of it was read");
	text_input_close(input);
}

static void test_pipe(void)
{
	static const char bytes[] = "\xff\xfe"
				    "a\0b\0\n\0";
	struct text_input *input = NULL;
	int64_t done = -1, total = -1;
	char *line = NULL;
	size_t len;
	int fds[2];

	if (pipe(fds) < 0 || write(fds[1], bytes, 1) != 1)
		abort();
	is_int(text_input_attach(fds[0], "a pipe", &input, NULL), 0, "a descriptor is read");
	is_str(text_input_name(input), "a pipe", "under its name");
	if (write(fds[1], bytes + 1, sizeof(bytes) - 2) != sizeof(bytes) - 2 || close(fds[1]) != 0)
		abort();
	is_int(text_input_line(input, &line, &len, NULL), 1, "it has a line");
	is_str(line, "ab", "as if from a file");
	text_input_place(input, &done, &total);
	is_int(done + total, 0, "but no size");
	text_input_close(input);
}

int main(void)
{
	struct text_input *none = NULL;
	struct jo_err err = {0};
	char *line;
	size_t len;
	int fd = mkstemp(path);

	if (fd < 0)
		abort();
	close(fd);
	is_int(text_input_open("/nonexistent/file", &none, &err), -ENOENT, "no such file");
	ok(none == NULL, "is none");
	is_int(text_input_open("/", &none, &err), 0, "a folder can be opened");
	is_int(text_input_line(none, &line, &len, &err), -EISDIR, "but not read");
	ok(strncmp(err.text, "read /:", 7) == 0, "with: %s", err.text);
	text_input_close(none);
	text_input_close(NULL);
	test_forms();
	test_damage();
	test_long();
	test_many();
	test_pipe();
	unlink(path);
	return tap_done();
}

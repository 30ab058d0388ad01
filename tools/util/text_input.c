/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three stages, each a buffer: what zlib hands out (it passes on what is not
 * packed), the same as UTF-8, and the lines found in that.  Text that is UTF-8
 * already goes straight into the last one.
 */
#include "util/text_input.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "util/alloc.h"

#define CHUNK_BYTES 65536 /* asked of zlib at a time */
#define UTF8_GROWTH 2     /* a unit of UTF-16, two bytes, is at most three of UTF-8 */
#define NO_CONVERTER ((iconv_t)(intptr_t)-1)

struct text_input {
	char *name;
	int fd; /* zlib's own number for it, for its size */
	gzFile gz;
	iconv_t converter; /* NO_CONVERTER: it is UTF-8 */
	bool is_begun;     /* its first bytes were looked at */
	bool is_ended;     /* the file has no more */
	bool is_skipping;  /* the rest of a line that is too long */

	char raw[CHUNK_BYTES]; /* what is to be converted */
	size_t raw_len;

	size_t line_max;
	char *text; /* bytes from at to len are still to be handed out, from searched on not seen */
	size_t at, searched, len, size;
	int64_t line_number;
	int64_t offset; /* of at, in all of the text */
	bool is_whole;  /* the line that was read last had an end */
};

static const struct {
	const char *mark;
	size_t len;
	const char *encoding; /* NULL: UTF-8, nothing to convert */
} marks[] = {
	{"\xef\xbb\xbf", 3, NULL},
	{"\xff\xfe", 2, "UTF-16LE"},
	{"\xfe\xff", 2, "UTF-16BE"},
};

/* ---- bytes ---- */

/* Read up to size bytes; returns how many, 0 at the end. */
static int read_bytes(struct text_input *input, char *bytes, size_t size, struct jo_err *err)
{
	int len, status;
	const char *text;

	errno = 0;
	len = gzread(input->gz, bytes, (unsigned int)size);
	if (len > 0)
		return len;
	text = gzerror(input->gz, &status);
	if (status == Z_OK || status == Z_STREAM_END)
		return 0;
	if (status == Z_ERRNO)
		return jo_err_sys(err, errno != 0 ? -errno : -EIO, "read %s", input->name);
	if (status == Z_BUF_ERROR)
		return jo_err_set(err, -EPROTO, "%s: the gzip file is cut short", input->name);
	return jo_err_set(err, -EPROTO, "%s: damaged gzip file: %s", input->name, text);
}

/* Make room for so many more bytes of text, and a NUL. */
static void reserve(struct text_input *input, size_t more)
{
	if (input->at > 0) {
		memmove(input->text, input->text + input->at, input->len - input->at);
		input->len -= input->at;
		input->searched -= input->at;
		input->at = 0;
	}
	if (input->size - input->len <= more) {
		input->size = input->len + more + 1 + input->size / 2;
		input->text = xreallocarray(input->text, input->size, 1);
	}
}

static void add(struct text_input *input, const char *bytes, size_t len)
{
	memcpy(input->text + input->len, bytes, len);
	input->len += len;
}

/* ---- characters ---- */

/* Convert what raw has; what is left in it are the first bytes of a character. */
static void convert(struct text_input *input)
{
	static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
	char *in = input->raw;
	size_t in_len = input->raw_len;

	reserve(input, UTF8_GROWTH * CHUNK_BYTES);
	while (in_len > 0) {
		char *out = input->text + input->len;
		size_t out_len = input->size - input->len - 1;
		size_t rc = iconv(input->converter, &in, &in_len, &out, &out_len);

		input->len = (size_t)(out - input->text);
		if (rc != (size_t)-1 || errno == EINVAL)
			break;
		if (errno == EILSEQ && in_len >= 2 && out_len >= sizeof(replacement)) {
			add(input, replacement, sizeof(replacement) - 1);
			in += 2;
			in_len -= 2;
		} else {
			reserve(input, UTF8_GROWTH * CHUNK_BYTES);
		}
	}
	memmove(input->raw, in, in_len);
	input->raw_len = in_len;
}

/* Read the first bytes, which may say in what the text is written. */
static int begin(struct text_input *input, struct jo_err *err)
{
	int len = 0, rc;
	size_t skip = 0;

	input->is_begun = true;
	/* A pipe may hand out a byte at a time. */
	while (len < 3 && (rc = read_bytes(input, input->raw + len,
					   sizeof(input->raw) - (size_t)len, err)) != 0) {
		if (rc < 0)
			return rc;
		len += rc;
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]) && skip == 0; i++) {
		if ((size_t)len < marks[i].len ||
		    memcmp(input->raw, marks[i].mark, marks[i].len) != 0)
			continue;
		skip = marks[i].len;
		if (marks[i].encoding == NULL)
			continue;
		input->converter = iconv_open("UTF-8", marks[i].encoding);
		if (input->converter == NO_CONVERTER)
			return jo_err_sys(err, -errno, "%s: convert from %s", input->name,
					  marks[i].encoding);
	}
	input->raw_len = (size_t)len - skip;
	memmove(input->raw, input->raw + skip, input->raw_len);
	if (input->converter != NO_CONVERTER) {
		convert(input);
	} else {
		reserve(input, CHUNK_BYTES);
		add(input, input->raw, input->raw_len);
	}
	return 0;
}

/* Have more text, or is_ended. */
static int fill(struct text_input *input, struct jo_err *err)
{
	int len;

	if (!input->is_begun)
		return begin(input, err);
	if (input->converter == NO_CONVERTER) {
		reserve(input, CHUNK_BYTES);
		len = read_bytes(input, input->text + input->len, CHUNK_BYTES, err);
		input->len += len > 0 ? (size_t)len : 0;
	} else {
		len = read_bytes(input, input->raw + input->raw_len,
				 sizeof(input->raw) - input->raw_len, err);
		input->raw_len += len > 0 ? (size_t)len : 0;
		convert(input);
	}
	if (len == 0)
		input->is_ended = true;
	return len < 0 ? len : 0;
}

/* ---- lines ---- */

/* The end of the line at hand, NULL when more of the file must be read to know. */
static char *find_end(struct text_input *input)
{
	char *end = NULL;

	if (input->searched < input->len)
		end = memchr(input->text + input->searched, '\n', input->len - input->searched);
	input->searched = end != NULL ? (size_t)(end - input->text) : input->len;
	return end;
}

/* Drop what there is of a line that has become too long; its start is remembered as one. */
static void skip_long(struct text_input *input)
{
	if (input->len - input->at <= input->line_max + 1)
		return;
	input->is_skipping = true;
	input->offset += (int64_t)(input->len - input->at);
	input->at = input->searched = input->len = 0;
}

static int check_line(struct text_input *input, const char *line, size_t len, struct jo_err *err)
{
	if (input->is_skipping || len > input->line_max)
		return jo_err_set(err, -EBADMSG,
				  "%s: line %lld is longer than %zu bytes: is it text?", input->name,
				  (long long)input->line_number, input->line_max);
	if (memchr(line, '\0', len) != NULL)
		return jo_err_set(err, -EBADMSG, "%s: line %lld has a NUL byte in it: is it text?",
				  input->name, (long long)input->line_number);
	return 1;
}

void text_input_allow(struct text_input *input, size_t line_max)
{
	input->line_max = line_max;
}

int text_input_line(struct text_input *input, char **ret_line, size_t *ret_len, struct jo_err *err)
{
	char *line, *end;
	size_t len;
	int rc;

	while ((end = find_end(input)) == NULL && !input->is_ended) {
		skip_long(input);
		rc = fill(input, err);
		if (rc < 0)
			return rc;
	}
	if (end == NULL && input->at == input->len && !input->is_skipping)
		return 0;
	input->line_number++;
	line = input->text + input->at;
	len = input->searched - input->at;
	line[len] = '\0';
	input->is_whole = end != NULL;
	if (end != NULL)
		input->searched++;
	input->offset += (int64_t)(input->searched - input->at);
	input->at = input->searched;
	if (len > 0 && line[len - 1] == '\r')
		line[--len] = '\0';
	rc = check_line(input, line, len, err);
	input->is_skipping = false;
	if (rc < 0)
		return rc;
	*ret_line = line;
	*ret_len = len;
	return 1;
}

int64_t text_input_line_number(const struct text_input *input)
{
	return input->line_number;
}

int64_t text_input_offset(const struct text_input *input)
{
	return input->offset;
}

bool text_input_line_is_whole(const struct text_input *input)
{
	return input->is_whole;
}

const char *text_input_name(const struct text_input *input)
{
	return input->name;
}

/* ---- the file ---- */

void text_input_place(const struct text_input *input, int64_t *ret_done_bytes,
		      int64_t *ret_total_bytes)
{
	struct stat st;
	bool has_size = fstat(input->fd, &st) == 0 && S_ISREG(st.st_mode);
	int64_t done = has_size ? (int64_t)gzoffset(input->gz) : 0;

	*ret_done_bytes = done > 0 ? done : 0;
	*ret_total_bytes = has_size ? (int64_t)st.st_size : 0;
}

int text_input_attach(int fd, const char *name, struct text_input **ret_input, struct jo_err *err)
{
	gzFile gz = gzdopen(fd, "r");
	struct text_input *input;

	if (gz == NULL) {
		(void)close(fd);
		return jo_err_sys(err, -ENOMEM, "read %s", name);
	}
	(void)gzbuffer(gz, CHUNK_BYTES);
	input = xcalloc(1, sizeof(*input));
	input->name = xstrdup(name);
	input->fd = fd;
	input->gz = gz;
	input->converter = NO_CONVERTER;
	input->line_max = TEXT_INPUT_LINE_MAX;
	*ret_input = input;
	return 0;
}

int text_input_open(const char *path, struct text_input **ret_input, struct jo_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s", is_stdin ? "standard input" : path);
	return text_input_attach(fd, is_stdin ? "standard input" : path, ret_input, err);
}

void text_input_close(struct text_input *input)
{
	if (input == NULL)
		return;
	(void)gzclose(input->gz);
	if (input->converter != NO_CONVERTER)
		(void)iconv_close(input->converter);
	free(input->text);
	free(input->name);
	free(input);
}

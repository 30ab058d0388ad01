/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a text file, in whatever form it comes: gzip is unpacked, UTF-16
 * with a byte order mark becomes UTF-8, a mark of UTF-8 is taken off, and a line
 * ends in LF or CR LF.  What is in the lines is for others.
 */
#ifndef UTIL_TEXT_INPUT_H
#define UTIL_TEXT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

/* A line is at most this long: a longer one is no text but something else, or without an end. */
#define TEXT_INPUT_LINE_MAX (1 << 20)

struct text_input;

/*
 * Open the file; "-" is standard input.  Returns 0; or a negative errno, and
 * then *ret_input is untouched.
 */
int text_input_open(const char *path, struct text_input **ret_input, struct jo_err *err);

/*
 * Read from this descriptor, which is the input's from here on, also when this
 * fails; name is what messages call it.  As text_input_open().
 */
int text_input_attach(int fd, const char *name, struct text_input **ret_input, struct jo_err *err);

/* Let lines of this input be as long as that, before the first is read. */
void text_input_allow(struct text_input *input, size_t line_max);

/*
 * Read the next line: 1, with the line without its end, and its length.  It ends in
 * NUL, has no other, may be changed, and is good until the next call.  Bytes that
 * are no UTF-8 are left as they are; what is no UTF-16 is U+FFFD.
 *
 * Returns 0 at the end; -EBADMSG for a line that is longer than it may be or
 * has a NUL byte in it (the next call goes on behind it); or another negative errno
 * when the file cannot be read further, as a gzip file that is cut short.  *err names
 * the input, and the line by its number.
 */
int text_input_line(struct text_input *input, char **ret_line, size_t *ret_len, struct jo_err *err);

/* The number of the line that was read or refused last, from 1; 0 before the first. */
int64_t text_input_line_number(const struct text_input *input);

/* Where the line that comes next begins: how many bytes of text lie before it, as unpacked. */
int64_t text_input_offset(const struct text_input *input);

/* Whether the line that was read last had an end: the last one of a file that is being written
 * may have none yet. */
bool text_input_line_is_whole(const struct text_input *input);

/* What messages call it; good as long as the input. */
const char *text_input_name(const struct text_input *input);

/* How many bytes of the file, as it is stored, were read, of how many; both 0 when it has no size,
 * as a pipe. */
void text_input_place(const struct text_input *input, int64_t *ret_done_bytes,
		      int64_t *ret_total_bytes);

/* Close the file and free the input; NULL is fine. */
void text_input_close(struct text_input *input);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways in whose rows are lines of text files: which line is where, whose it is
 * when it does not say, and which job it is when Slurm gave it no number.  What a
 * line means is for its format.  Private to intake/.
 */
#ifndef INTAKE_LINE_ROWS_H
#define INTAKE_LINE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "intake/source.h"
#include "util/strbuf.h"
#include "util/text_input.h"

/* The file that is read, and how far. */
struct line_place {
	const char *name;        /* as messages call it */
	char *path;              /* absolute, without links; "" for standard input */
	int64_t owner_uid;       /* the file's; JO_MISSING for standard input, as the next */
	int64_t changed_unix_us; /* when it was written last */
	int64_t line_number;     /* of the line at hand, from 1 */
	int64_t line_offset;     /* of its first byte in the text, as unpacked */
	uint64_t first_hash;     /* of the file's first line, which stays when it grows */
	int64_t made_job_id;     /* of the line, by its folder, first_hash, line_offset and text */
};

/* What lines mean.  context is its reader's. */
struct line_format {
	/*
	 * A file begins with this line, which may be changed.  Returns 1 for a header,
	 * 0 for a row that is to be read, or -EBADMSG when the file is none of this
	 * format: *err says, without its name, what it lacks.  NULL: all lines are rows.
	 */
	int (*begin)(void *context, const struct line_place *place, char *line, struct jo_err *err);
	/*
	 * Read a line, which may be changed, into the record, in which everything is
	 * missing.  Returns 0; 1 for a line that is nothing for us; -EINVAL with what is
	 * wrong with it; or -ENODATA when that is wrong with the whole file.  A record
	 * without a job gets place->made_job_id.
	 */
	int (*read)(void *context, const struct line_place *place, char *line,
		    struct jo_record *record, enum step_state *ret_state, struct jo_err *err);
	/* Whose files these are: of another's it is said what they seem to be. */
	const struct source *source;
	bool is_of_owner; /* the jobs of a file are its owner's, unless they say whose */
};

/* The number of a job that has none: of those of this source the one that is called so. */
int64_t line_job_make(const char *source_word, const char *identity);

/* One file. */
struct line_rows {
	const struct line_format *format;
	void *context;
	const struct source_request *request; /* for source_guess() and source_check_start() */
	struct text_input *input;
	struct line_place place;
	char *line; /* the one at hand, the input's; NULL: the file has ended */
	bool is_header;
	bool wants_whole;   /* a line without its end is still being written */
	int64_t read_bytes; /* of the text, in lines that were handed out */
	uint64_t last_hash; /* of the last of them */
	struct strbuf identity;
};

/*
 * Begin to read a file; "-" is standard input.  Returns 0, also for one without a
 * line; a negative errno of open or read; or -EBADMSG for a file that is none of
 * the format.  On failure there is nothing to close.
 */
int line_rows_open(struct line_rows *rows, const struct line_format *format, void *context,
		   const struct source_request *request, const char *path, struct jo_err *err);

/*
 * As line_rows_open(), of a file that is open, with what fstat(2) said of it; the
 * descriptor is the rows' from here on, also on failure.  Others are writing it: a
 * last line without its end is not there yet.
 */
int line_rows_attach(struct line_rows *rows, const struct line_format *format, void *context,
		     const struct source_request *request, int fd, const struct stat *st,
		     const char *path, struct jo_err *err);

/*
 * Pass by what was read before: the lines in so many bytes of the text, of which
 * the last has this hash.  Returns 1; 0 when that is not in the file, of which
 * something was read then; or a negative errno.
 */
int line_rows_skip(struct line_rows *rows, int64_t bytes, uint64_t last_hash, struct jo_err *err);

/* Fill the block: 1, 0 at the file's end, or a negative errno after which it cannot be read. */
int line_rows_next(struct line_rows *rows, struct source_block *block, struct jo_err *err);

/* End with the file; all zero is fine. */
void line_rows_close(struct line_rows *rows);

/* ---- several files ---- */

struct line_files {
	const struct line_format *format;
	void *context;
	const struct source_request *request;
	const char *const *paths; /* the caller's */
	size_t count, at;
	struct line_rows rows; /* of paths[at] */
};

/* To read these files one after the other; the first is opened, so that a wrong name is told. */
int line_files_open(struct line_files *files, const struct line_format *format, void *context,
		    const struct source_request *request, const char *const *paths, size_t count,
		    struct jo_err *err);

/* As struct source has it. */
int line_files_next(struct line_files *files, struct source_block *block, struct jo_err *err);

/* End with them; all zero is fine. */
void line_files_close(struct line_files *files);

#endif

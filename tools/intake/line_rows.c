/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop over lines that formats have in common. */
#include "intake/line_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake/field.h"
#include "joboutliers/hash.h"
#include "joboutliers/units.h"
#include "util/alloc.h"

/* Between the parts of an identity: no text of a line has it by accident. */
#define IDENTITY_SEPARATOR '\x1f'

/* ---- the file ---- */

/* st: NULL for what has no file. */
static void find_place(struct line_place *place, const char *path, const struct stat *st)
{
	*place = (struct line_place){.owner_uid = JO_MISSING, .changed_unix_us = JO_MISSING};
	place->path = st != NULL ? realpath(path, NULL) : NULL;
	if (place->path == NULL)
		place->path = xstrdup("");
	if (st == NULL || !S_ISREG(st->st_mode))
		return;
	place->owner_uid = (int64_t)st->st_uid;
	place->changed_unix_us =
		(int64_t)st->st_mtim.tv_sec * JO_US_PER_S + st->st_mtim.tv_nsec / 1000;
}

/* Have the next line: 1, 0 at the end, -EBADMSG for one that is none. */
static int advance(struct line_rows *rows, struct jo_err *err)
{
	size_t len;
	int rc;

	rows->place.line_offset = text_input_offset(rows->input);
	rows->line = NULL;
	rc = text_input_line(rows->input, &rows->line, &len, err);
	rows->place.line_number = text_input_line_number(rows->input);
	if (rc > 0 && rows->wants_whole && !text_input_line_is_whole(rows->input)) {
		rows->line = NULL;
		return 0;
	}
	return rc;
}

static int begin(struct line_rows *rows, struct jo_err *err)
{
	char guess[SOURCE_GUESS_SIZE], *line;
	int rc = advance(rows, err);

	if (rc <= 0)
		return rc;
	rows->place.first_hash = jo_hash_text64(rows->line);
	if (rows->format->begin == NULL)
		return 0;
	line = xstrdup(rows->line);
	rc = rows->format->begin(rows->context, &rows->place, rows->line, err);
	rows->is_header = rc > 0;
	if (rc < 0 && source_guess(rows->request, rows->format->source, line, guess))
		rc = jo_err_set(err, -EBADMSG, "it looks like %s", guess);
	free(line);
	return rc < 0 ? jo_err_prefix(err, "%s", rows->place.name) : 0;
}

/* The input is open; on failure all is closed. */
static int start(struct line_rows *rows, const char *path, const struct stat *st,
		 struct jo_err *err)
{
	int rc;

	find_place(&rows->place, path, st);
	rows->place.name = text_input_name(rows->input);
	strbuf_init(&rows->identity);
	rc = begin(rows, err);
	if (rc < 0)
		line_rows_close(rows);
	return rc;
}

int line_rows_open(struct line_rows *rows, const struct line_format *format, void *context,
		   const struct source_request *request, const char *path, struct jo_err *err)
{
	struct stat st;
	int rc, fd;

	*rows = (struct line_rows){.format = format, .context = context, .request = request};
	if (strcmp(path, "-") == 0) {
		rc = text_input_open(path, &rows->input, err);
		return rc < 0 ? rc : start(rows, path, NULL, err);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s", path);
	if (fstat(fd, &st) < 0) {
		rc = jo_err_sys(err, -errno, "open %s", path);
		(void)close(fd);
		return rc;
	}
	rc = text_input_attach(fd, path, &rows->input, err);
	return rc < 0 ? rc : start(rows, path, &st, err);
}

int line_rows_attach(struct line_rows *rows, const struct line_format *format, void *context,
		     const struct source_request *request, int fd, const struct stat *st,
		     const char *path, struct jo_err *err)
{
	int rc;

	*rows = (struct line_rows){
		.format = format, .context = context, .request = request, .wants_whole = true};
	rc = text_input_attach(fd, path, &rows->input, err);
	return rc < 0 ? rc : start(rows, path, st, err);
}

void line_rows_close(struct line_rows *rows)
{
	if (rows->input == NULL)
		return;
	text_input_close(rows->input);
	free(rows->place.path);
	strbuf_release(&rows->identity);
	*rows = (struct line_rows){0};
}

/* ---- lines ---- */

int64_t line_job_make(const char *source_word, const char *identity)
{
	struct strbuf text;
	uint64_t hash;

	strbuf_init(&text);
	strbuf_addf(&text, "%s%c%s", source_word, IDENTITY_SEPARATOR, identity);
	hash = jo_hash_text64(text.text);
	strbuf_release(&text);
	return STEP_JOB_MADE_FIRST + (int64_t)(hash % (uint64_t)STEP_JOB_MADE_FIRST);
}

/* Which job a line is, where only the line itself tells.  A file that is rotated or packed stays
 * in its folder, and keeps its first line and where each line is in its text. */
static void identify_line(struct line_rows *rows)
{
	struct line_place *place = &rows->place;
	const char *name = strrchr(place->path, '/');
	struct strbuf *identity = &rows->identity;

	strbuf_reset(identity);
	if (name != NULL)
		strbuf_add(identity, place->path, (size_t)(name - place->path));
	strbuf_addf(identity, "%c%" PRIx64 "%c%" PRId64 "%c%s", IDENTITY_SEPARATOR,
		    place->first_hash, IDENTITY_SEPARATOR, place->line_offset, IDENTITY_SEPARATOR,
		    rows->line);
	place->made_job_id = line_job_make("line", identity->text);
}

/* What every record is to have. */
static int complete(const struct line_rows *rows, struct jo_record *record, struct jo_err *err)
{
	if (record->start_unix_us == JO_MISSING || record->start_unix_us < 0)
		return jo_err_set(err, -EINVAL, "when the job began is not known, or before 1970");
	if (source_check_start(rows->request, record, err) < 0)
		return -EINVAL;
	if (record->job_id == JO_MISSING)
		record->job_id = rows->place.made_job_id;
	if (record->step_id == JO_MISSING && field_step("batch", record, err) < 0)
		return -EINVAL;
	if (rows->format->is_of_owner && record->user[0] == '\0' && record->uid == JO_MISSING)
		record->uid = rows->place.owner_uid;
	return 0;
}

static int take_line(struct line_rows *rows, struct source_block *block, struct jo_err *err)
{
	struct jo_record *record = source_block_record(block);
	enum step_state state = STEP_STATE_COMPLETED;
	struct jo_err why;
	int rc;

	jo_record_init(record, JO_RECORD_END);
	identify_line(rows);
	rc = rows->format->read(rows->context, &rows->place, rows->line, record, &state, &why);
	if (rc == 0)
		rc = complete(rows, record, &why);
	if (rc == 0) {
		source_block_put(block, state);
	} else if (rc > 0) {
		block->skipped_count++;
	} else if (rc == -ENODATA) {
		if (err != NULL)
			*err = why;
		return jo_err_prefix(err, "%s", rows->place.name);
	} else {
		(void)jo_err_prefix(&why, "%s:%" PRId64, rows->place.name, rows->place.line_number);
		source_block_refuse(block, NULL, why.text);
	}
	return 0;
}

/* Go on to the next line; one that is no text is refused. */
static int go_on(struct line_rows *rows, struct source_block *block, struct jo_err *err)
{
	struct jo_err why;
	int rc;

	rows->read_bytes = text_input_offset(rows->input);
	while ((rc = advance(rows, &why)) == -EBADMSG) {
		rows->read_bytes = text_input_offset(rows->input);
		if (block != NULL)
			source_block_refuse(block, NULL, why.text);
	}
	if (rc < 0 && err != NULL)
		*err = why;
	return rc < 0 ? rc : 0;
}

int line_rows_skip(struct line_rows *rows, int64_t bytes, uint64_t last_hash, struct jo_err *err)
{
	uint64_t hash = 0;
	int rc = 0;

	while (rc == 0 && rows->line != NULL && rows->place.line_offset < bytes) {
		hash = jo_hash_text64(rows->line);
		rows->is_header = false;
		rc = go_on(rows, NULL, err);
	}
	if (rc < 0)
		return rc;
	rows->last_hash = hash;
	return rows->read_bytes == bytes && hash == last_hash;
}

int line_rows_next(struct line_rows *rows, struct source_block *block, struct jo_err *err)
{
	int rc = 0;

	while (rc == 0 && rows->line != NULL && !source_block_is_full(block)) {
		rows->last_hash = jo_hash_text64(rows->line);
		if (rows->is_header)
			block->skipped_count++;
		else
			rc = take_line(rows, block, err);
		rows->is_header = false;
		if (rc == 0)
			rc = go_on(rows, block, err);
	}
	text_input_place(rows->input, &block->done, &block->total);
	return rc < 0 ? rc : rows->line != NULL;
}

/* ---- several files ---- */

int line_files_open(struct line_files *files, const struct line_format *format, void *context,
		    const struct source_request *request, const char *const *paths, size_t count,
		    struct jo_err *err)
{
	*files = (struct line_files){.format = format,
				     .context = context,
				     .request = request,
				     .paths = paths,
				     .count = count};
	return count == 0 ? 0
			  : line_rows_open(&files->rows, format, context, request, paths[0], err);
}

int line_files_next(struct line_files *files, struct source_block *block, struct jo_err *err)
{
	int rc = 1;

	while (files->at < files->count && !source_block_is_full(block) && rc > 0) {
		if (files->rows.input == NULL)
			rc = line_rows_open(&files->rows, files->format, files->context,
					    files->request, files->paths[files->at], err);
		if (rc >= 0)
			rc = line_rows_next(&files->rows, block, err);
		if (rc == 0) {
			line_rows_close(&files->rows);
			files->at++;
			rc = 1;
		}
	}
	return rc < 0 ? rc : files->at < files->count;
}

void line_files_close(struct line_files *files)
{
	line_rows_close(&files->rows);
}

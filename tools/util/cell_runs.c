/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells as bytes: a run is read where it was written, so that no form but the machine's is needed.
 */
#include "util/cell_runs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/strbuf.h"

#define READ_SIZE 16384 /* bytes of a run read at once: of 1,000 runs 16 MB */

struct run {
	off_t at, end; /* in the file, of what was not read yet */
	char *bytes;
	size_t used, count;
};

struct cell_runs {
	size_t width;
	FILE *file; /* NULL: none yet */
	bool is_read;
	off_t written;
	struct run *list;
	size_t count, capacity;
};

struct cell_runs *cell_runs_new(size_t width)
{
	struct cell_runs *runs = xcalloc(1, sizeof(*runs));

	runs->width = width;
	return runs;
}

void cell_runs_free(struct cell_runs *runs)
{
	if (runs == NULL)
		return;
	for (size_t i = 0; i < runs->count; i++)
		free(runs->list[i].bytes);
	free(runs->list);
	if (runs->file != NULL)
		(void)fclose(runs->file);
	free(runs);
}

static const char *folder(void)
{
	const char *tmp = getenv("TMPDIR");

	/* Not /tmp, which may be memory itself. */
	return tmp != NULL && tmp[0] == '/' ? tmp : "/var/tmp";
}

static int open_file(struct cell_runs *runs, struct jo_err *err)
{
	char *path = xasprintf("%s/sjoboutliers.XXXXXX", folder());
	int fd = mkostemp(path, O_CLOEXEC), rc = 0;

	if (fd >= 0) {
		(void)unlink(path);
		runs->file = fdopen(fd, "w+");
	}
	if (runs->file == NULL) {
		rc = jo_err_set(err, -errno,
				"%s: no temporary file can be made there: %s; set TMPDIR", folder(),
				strerror(errno));
		if (fd >= 0)
			(void)close(fd);
	}
	free(path);
	return rc;
}

static int failed(struct jo_err *err)
{
	return jo_err_set(err, -errno, "%s: a temporary file: %s; set TMPDIR", folder(),
			  strerror(errno));
}

int cell_runs_begin(struct cell_runs *runs, struct jo_err *err)
{
	if (runs->file == NULL) {
		int rc = open_file(runs, err);

		if (rc < 0)
			return rc;
	}
	runs->list = xgrow(runs->list, runs->count, &runs->capacity, sizeof(*runs->list));
	runs->list[runs->count++] = (struct run){.at = runs->written, .end = runs->written};
	return 0;
}

/* What is kept of a cell beside its texts. */
struct head {
	int64_t integer;
	double real;
	size_t people_size, text_size;
	int type;
};

static int put(struct cell_runs *runs, const void *bytes, size_t size, struct jo_err *err)
{
	if (size > 0 && fwrite(bytes, size, 1, runs->file) != 1)
		return failed(err);
	runs->written += (off_t)size;
	return 0;
}

int cell_runs_put(struct cell_runs *runs, const struct out_cell *cells, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < runs->width && rc == 0; i++) {
		struct head head;

		memset(&head, 0, sizeof(head));
		head.type = cells[i].type;
		head.integer = head.type == CELL_INT ? cells[i].integer : 0;
		head.real = head.type == CELL_REAL ? cells[i].real : 0;
		head.people_size = strlen(cells[i].people);
		head.text_size = cells[i].text.len;
		rc = put(runs, &head, sizeof(head), err);
		if (rc == 0)
			rc = put(runs, cells[i].people, head.people_size, err);
		if (rc == 0)
			rc = put(runs, cells[i].text.text, head.text_size, err);
	}
	runs->list[runs->count - 1].end = runs->written;
	return rc;
}

size_t cell_runs_count(const struct cell_runs *runs)
{
	return runs->count;
}

static int fill(struct cell_runs *runs, struct run *run, struct jo_err *err)
{
	off_t left = run->end - run->at;
	ssize_t count;

	if (run->bytes == NULL)
		run->bytes = xmalloc(READ_SIZE);
	count = pread(fileno(runs->file), run->bytes, left < READ_SIZE ? (size_t)left : READ_SIZE,
		      run->at);
	if (count == 0)
		errno = EIO; /* the file is shorter than it was */
	if (count <= 0)
		return failed(err);
	run->at += count;
	run->used = 0;
	run->count = (size_t)count;
	return 0;
}

static int get(struct cell_runs *runs, struct run *run, void *ret_bytes, size_t size,
	       struct jo_err *err)
{
	char *to = ret_bytes;

	while (size > 0) {
		size_t part = run->count - run->used;

		if (part == 0) {
			int rc = fill(runs, run, err);

			if (rc < 0)
				return rc;
			continue;
		}
		part = part < size ? part : size;
		memcpy(to, run->bytes + run->used, part);
		run->used += part;
		to += part;
		size -= part;
	}
	return 0;
}

static int get_text(struct cell_runs *runs, struct run *run, size_t size, struct strbuf *text,
		    struct jo_err *err)
{
	char part[256];
	int rc = 0;

	while (size > 0 && rc == 0) {
		size_t now = size < sizeof(part) ? size : sizeof(part);

		rc = get(runs, run, part, now, err);
		if (rc == 0)
			strbuf_add(text, part, now);
		size -= now;
	}
	return rc;
}

static int get_cell(struct cell_runs *runs, struct run *run, struct out_cell *cell,
		    struct jo_err *err)
{
	struct head head;
	int rc = get(runs, run, &head, sizeof(head), err);

	if (rc < 0)
		return rc;
	cell_reset(cell);
	rc = get(runs, run, cell->people, head.people_size, err);
	cell->people[rc < 0 ? 0 : head.people_size] = '\0';
	cell->type = head.type;
	cell->integer = head.integer;
	cell->real = head.real;
	return rc < 0 ? rc : get_text(runs, run, head.text_size, &cell->text, err);
}

int cell_runs_next(struct cell_runs *runs, size_t number, struct out_cell *cells,
		   struct jo_err *err)
{
	struct run *run = &runs->list[number];
	int rc = 0;

	if (!runs->is_read && fflush(runs->file) != 0)
		return failed(err);
	runs->is_read = true;
	if (run->used == run->count && run->at == run->end)
		return 0;
	for (size_t i = 0; i < runs->width && rc == 0; i++)
		rc = get_cell(runs, run, &cells[i], err);
	return rc < 0 ? rc : 1;
}

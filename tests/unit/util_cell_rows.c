/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows that do not fit into memory come in the order of those that do. */
#include "util/cell_rows.h"
#include "util/out.h"
#include "tap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define WIDTH 3
#define ROWS 5000

static const struct cell_key keys[] = {{0, false}, {1, true}};

static uint64_t random_bits(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return *state >> 33;
}

/* Few different keys, some missing, and texts longer than what is read at once. */
static void add_rows(struct cell_rows *rows)
{
	struct out_cell cells[WIDTH];
	uint64_t state = 1;
	char *text = malloc(40000);

	for (size_t c = 0; c < WIDTH; c++)
		cell_init(&cells[c]);
	for (int i = 0; i < ROWS; i++) {
		size_t len = i % 1000 == 7 ? 39999 : random_bits(&state) % 40;

		for (size_t c = 0; c < WIDTH; c++)
			cell_reset(&cells[c]);
		memset(text, (int)('a' + random_bits(&state) % 3), len);
		text[len] = '\0';
		out_text(&cells[0], text);
		if (random_bits(&state) % 4 > 0)
			out_real(&cells[1], (double)(random_bits(&state) % 9) / 4);
		out_bytes(&cells[2], i);
		cell_rows_add(rows, cells);
	}
	for (size_t c = 0; c < WIDTH; c++)
		cell_release(&cells[c]);
	free(text);
}

static struct cell_rows *filled(size_t memory_bytes)
{
	struct cell_rows *rows = cell_rows_new(WIDTH, keys, 2, memory_bytes);

	add_rows(rows);
	return rows;
}

static int is_same(const struct out_cell *a, const struct out_cell *b)
{
	return a->type == b->type && strcmp(a->people, b->people) == 0 &&
	       strcmp(a->text.text, b->text.text) == 0 &&
	       (a->type != CELL_INT || a->integer == b->integer) &&
	       (a->type != CELL_REAL || a->real == b->real);
}

static void compare(size_t memory_bytes)
{
	struct cell_rows *all = filled(SIZE_MAX), *some = filled(memory_bytes);
	struct out_cell *a, *b, before = {0};
	int wrong = 0, disorder = 0, count = 0;
	struct jo_err err = {0};

	cell_init(&before);
	is_int(cell_rows_sort(all, &err), 0, "all in memory are sorted");
	is_int(cell_rows_sort(some, &err), 0, "and with %zu bytes of it", memory_bytes);
	while (cell_rows_next(all, &a, &err) == 1) {
		if (cell_rows_next(some, &b, &err) != 1)
			break;
		for (size_t c = 0; c < WIDTH; c++)
			wrong += !is_same(&a[c], &b[c]);
		disorder += count > 0 && cell_compare(&before, &b[0], false) > 0;
		cell_reset(&before);
		before.type = b[0].type;
		strbuf_adds(&before.text, b[0].text.text);
		count++;
	}
	is_int(count, ROWS, "each row comes");
	is_int(wrong, 0, "as it was, and where it was");
	is_int(disorder, 0, "which is in order");
	is_int(cell_rows_next(some, &b, &err), 0, "and there is no more");
	cell_release(&before);
	cell_rows_free(all);
	cell_rows_free(some);
}

static void refuse(const char *folder, size_t file_max, int want, const char *what)
{
	struct rlimit limit = {file_max, RLIM_INFINITY}, old;
	struct jo_err err = {0};
	struct cell_rows *rows;

	(void)setenv("TMPDIR", folder, 1);
	(void)getrlimit(RLIMIT_FSIZE, &old);
	limit.rlim_max = old.rlim_max;
	if (file_max > 0)
		(void)setrlimit(RLIMIT_FSIZE, &limit);
	rows = filled(100000);
	is_int(cell_rows_sort(rows, &err), want, "%s", what);
	(void)setrlimit(RLIMIT_FSIZE, &old);
	ok(strstr(err.text, folder) != NULL, "and it is said where: %s", err.text);
	cell_rows_free(rows);
	(void)unsetenv("TMPDIR");
}

int main(void)
{
	struct cell_rows *none = cell_rows_new(WIDTH, keys, 2, 0);
	struct out_cell *cells;

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)unsetenv("TMPDIR");
	refuse("/nowhere", 0, -ENOENT, "without a place for a file there is no order");
	refuse("/var/tmp", 65536, -EFBIG, "nor without room in it");
	is_int(cell_rows_sort(none, NULL), 0, "no rows are in order");
	is_int(cell_rows_next(none, &cells, NULL), 0, "and none comes");
	cell_rows_free(none);
	compare(0); /* each row is a run */
	compare(100000);
	compare(10000000);
	return tap_done();
}

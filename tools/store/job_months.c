/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kept for blocks of job numbers, of which a month has few: the index of jobs is
 * asked for the first number of each, so what this costs does not grow with steps.
 * It is asked again where somebody else has added steps, which the database's last
 * number tells.  Steps that go are not noted: a month too many costs a look.
 */
#include "job_months.h"

#include <stdlib.h>
#include <string.h>

#include "open_store.h"
#include "statements.h"
#include "step/month.h"
#include "step_id.h"
#include "util/alloc.h"

/* As STMT_JOB_BLOCKS has it. A site of a million jobs a month has 16 blocks in one. */
#define BLOCK_BITS 16

/* Numbers that do not count up, as an import may have them, are not asked for one by one: from so
 * many blocks on a month is one that may have any job. */
#define BLOCKS_MAX 256
#define BLOCK_ANY (-1)

struct job_month {
	int64_t block;
	size_t part; /* its index */
};

struct job_months {
	struct id_range *parts; /* that are there, in order */
	size_t part_count;
	struct job_month *list; /* by block and part */
	size_t count, capacity;
	bool is_known;  /* to be what the database has, or more */
	bool is_asked;  /* in this transaction, in which others add nothing */
	int64_t number; /* of the database's last step when this was all there was */
};

struct job_months *job_months_new(void)
{
	return xcalloc(1, sizeof(struct job_months));
}

void job_months_free(struct job_months *months)
{
	if (months == NULL)
		return;
	free(months->parts);
	free(months->list);
	free(months);
}

void id_range_bind(struct db_stmt *stmt, struct id_range range)
{
	db_bind_int(stmt, range.first);
	db_bind_int(stmt, range.last);
}

static int64_t block_of(int64_t job_id)
{
	return job_id >> BLOCK_BITS;
}

/* Where the pair stands, or is to stand. */
static size_t place_of(const struct job_months *months, int64_t block, size_t part)
{
	size_t begin = 0, end = months->count;

	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;
		const struct job_month *one = &months->list[middle];

		if (one->block < block || (one->block == block && one->part < part))
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

static void add(struct job_months *months, int64_t block, size_t part)
{
	size_t place = place_of(months, block, part);

	if (place < months->count && months->list[place].block == block &&
	    months->list[place].part == part)
		return;
	months->list = xgrow(months->list, months->count, &months->capacity, sizeof(*months->list));
	memmove(months->list + place + 1, months->list + place,
		(months->count - place) * sizeof(*months->list));
	months->list[place] = (struct job_month){block, part};
	months->count++;
}

/* The part that has the id; of a month that is new, a new one. */
static size_t part_of(struct job_months *months, int64_t id)
{
	size_t place = months->part_count; /* most come with the last months */

	while (place > 0 && months->parts[place - 1].first > id)
		place--;
	if (place > 0 && months->parts[place - 1].last >= id)
		return place - 1;
	months->parts =
		xreallocarray(months->parts, months->part_count + 1, sizeof(*months->parts));
	memmove(months->parts + place + 1, months->parts + place,
		(months->part_count - place) * sizeof(*months->parts));
	months->parts[place] = id_range_of_month((int32_t)month_of_id(id));
	months->part_count++;
	for (size_t i = 0; i < months->count; i++)
		if (months->list[i].part >= place)
			months->list[i].part++;
	return place;
}

/* ---- what the database has ---- */

static int read_part(struct store *store, size_t part, struct jo_err *err)
{
	struct id_range ids = store->job_months->parts[part];
	struct db_stmt *stmt;
	int count = 0, rc = store_use(store, STMT_JOB_BLOCKS, &stmt, err);

	if (rc < 0)
		return rc;
	id_range_bind(stmt, ids);
	id_range_bind(stmt, ids);
	db_bind_int(stmt, BLOCKS_MAX);
	while ((rc = db_step(stmt, err)) > 0) {
		int64_t job_id = db_column_int(stmt);

		add(store->job_months, ++count < BLOCKS_MAX ? block_of(job_id) : BLOCK_ANY, part);
		rc = db_row_check(stmt, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	return rc;
}

static int read_all(struct store *store, struct jo_err *err)
{
	struct job_months *months = store->job_months;
	struct id_range *parts;
	int count = db_parts_list(store->db, &parts, err);
	int rc = count < 0 ? count : 0;

	if (rc < 0)
		return rc;
	free(months->parts);
	months->parts = parts;
	months->part_count = (size_t)count;
	months->count = 0;
	for (size_t i = 0; rc == 0 && i < months->part_count; i++)
		rc = read_part(store, i, err);
	return rc;
}

/* See to it that what is known holds in this transaction. */
static int ask(struct store *store, struct jo_err *err)
{
	struct job_months *months = store->job_months;
	int64_t number;
	int rc;

	if (months->is_asked)
		return 0;
	rc = step_id_last(store, &number, err);
	if (rc == 0 && (!months->is_known || months->number != number))
		rc = read_all(store, err);
	months->is_known = months->is_asked = rc == 0;
	if (rc == 0)
		months->number = number;
	return rc;
}

/* ---- and what is looked for in it ---- */

/* Of one part. */
struct choice {
	bool is_there, is_wanted;
};

static void want(const struct job_months *months, int64_t block, struct choice *choices)
{
	for (size_t i = place_of(months, block, 0);
	     i < months->count && months->list[i].block == block; i++)
		choices[months->list[i].part].is_wanted = true;
}

static void choose(const struct job_months *months, const struct row *rows, size_t count,
		   struct choice *choices)
{
	int64_t last_block = BLOCK_ANY;

	for (size_t i = 0; i < months->count; i++)
		choices[months->list[i].part].is_there = true;
	want(months, BLOCK_ANY, choices);
	for (size_t i = 0; i < count; i++) {
		int64_t block = block_of(rows[i].cells[COL_job_id].number);

		if (block != last_block)
			want(months, block, choices);
		last_block = block;
	}
}

/* Parts with none in between that has steps are one range. */
static size_t list_ranges(const struct job_months *months, const struct choice *choices,
			  struct id_range *list)
{
	bool is_open = false;
	size_t count = 0;

	for (size_t i = 0; i < months->part_count; i++) {
		if (choices[i].is_wanted) {
			if (!is_open)
				list[count++] = id_range_none;
			id_range_add(&list[count - 1], months->parts[i]);
		}
		if (choices[i].is_there)
			is_open = choices[i].is_wanted;
	}
	return count;
}

/* Where the database keeps steps by months. */
static int find(struct store *store, const struct row *rows, size_t count,
		struct id_range **ret_list, size_t *ret_count, struct jo_err *err)
{
	const struct job_months *months = store->job_months;
	struct choice *choices;
	int rc = ask(store, err);

	if (rc < 0)
		return rc;
	choices = xcalloc(months->part_count + 1, sizeof(*choices));
	choose(months, rows, count, choices);
	*ret_list = xreallocarray(NULL, months->part_count + 1, sizeof(**ret_list));
	*ret_count = list_ranges(months, choices, *ret_list);
	free(choices);
	return 0;
}

int job_months_find(struct store *store, const struct row *rows, size_t count,
		    struct id_range **ret_list, size_t *ret_count, struct jo_err *err)
{
	if (db_has_months(store->db))
		return find(store, rows, count, ret_list, ret_count, err);
	*ret_list = xreallocarray(NULL, 1, sizeof(**ret_list));
	**ret_list = (struct id_range){0, INT64_MAX};
	*ret_count = 1;
	return 0;
}

void job_months_add(struct store *store, const struct row *step)
{
	struct job_months *months = store->job_months;

	if (months->is_known)
		add(months, block_of(step->cells[COL_job_id].number), part_of(months, step->id));
}

void job_months_committed(struct store *store)
{
	if (store->job_months->is_asked)
		store->job_months->number = store->step_number;
}

void job_months_forget(struct store *store)
{
	store->job_months->is_asked = false;
}

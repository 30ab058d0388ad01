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
	int32_t month;
};

struct job_months {
	struct job_month *list; /* by block and month */
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
	free(months->list);
	free(months);
}

void id_range_add(struct id_range *range, struct id_range other)
{
	if (other.first < range->first)
		range->first = other.first;
	if (other.last > range->last)
		range->last = other.last;
}

bool id_range_meets(struct id_range a, struct id_range b)
{
	return a.first <= b.last && b.first <= a.last;
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
static size_t place_of(const struct job_months *months, int64_t block, int32_t month)
{
	size_t begin = 0, end = months->count;

	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;
		const struct job_month *one = &months->list[middle];

		if (one->block < block || (one->block == block && one->month < month))
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

static void add(struct job_months *months, int64_t block, int32_t month)
{
	size_t place = place_of(months, block, month);

	if (place < months->count && months->list[place].block == block &&
	    months->list[place].month == month)
		return;
	months->list = xgrow(months->list, months->count, &months->capacity, sizeof(*months->list));
	memmove(months->list + place + 1, months->list + place,
		(months->count - place) * sizeof(*months->list));
	months->list[place] = (struct job_month){block, month};
	months->count++;
}

/* ---- what the database has ---- */

static struct id_range ids_of(int32_t month)
{
	return (struct id_range){month_first_id(month), month_first_id(month + 1) - 1};
}

static int read_month(struct store *store, int32_t month, struct jo_err *err)
{
	struct db_stmt *stmt;
	int count = 0, rc = store_use(store, STMT_JOB_BLOCKS, &stmt, err);

	if (rc < 0)
		return rc;
	id_range_bind(stmt, ids_of(month));
	id_range_bind(stmt, ids_of(month));
	db_bind_int(stmt, BLOCKS_MAX);
	while ((rc = db_step(stmt, err)) > 0) {
		int64_t job_id = db_column_int(stmt);

		add(store->job_months, ++count < BLOCKS_MAX ? block_of(job_id) : BLOCK_ANY, month);
		rc = db_row_check(stmt, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	return rc;
}

static int read_all(struct store *store, struct jo_err *err)
{
	int32_t months[MONTH_MAX];
	int count = db_months_list(store->db, months, err);
	int rc = count < 0 ? count : 0;

	store->job_months->count = 0;
	if (rc == 0)
		rc = read_month(store, MONTH_NONE, err);
	for (int i = 0; rc == 0 && i < count; i++)
		rc = read_month(store, months[i], err);
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

struct choice {
	bool is_there[MONTH_MAX + 1], is_wanted[MONTH_MAX + 1];
};

static void want(const struct job_months *months, int64_t block, struct choice *choice)
{
	for (size_t i = place_of(months, block, MONTH_NONE);
	     i < months->count && months->list[i].block == block; i++)
		choice->is_wanted[months->list[i].month] = true;
}

static void choose(const struct job_months *months, const struct row *rows, size_t count,
		   struct choice *ret_choice)
{
	int64_t last_block = BLOCK_ANY;

	memset(ret_choice, 0, sizeof(*ret_choice));
	for (size_t i = 0; i < months->count; i++)
		ret_choice->is_there[months->list[i].month] = true;
	want(months, BLOCK_ANY, ret_choice);
	for (size_t i = 0; i < count; i++) {
		int64_t block = block_of(rows[i].cells[COL_job_id].number);

		if (block != last_block)
			want(months, block, ret_choice);
		last_block = block;
	}
}

/* Months with none in between that has steps are one range. */
static size_t list_ranges(const struct choice *choice, struct id_range *list)
{
	bool is_open = false;
	size_t count = 0;

	for (int32_t month = MONTH_NONE; month <= MONTH_MAX; month++) {
		if (choice->is_wanted[month]) {
			if (!is_open)
				list[count++] = id_range_none;
			id_range_add(&list[count - 1], ids_of(month));
		}
		if (choice->is_there[month])
			is_open = choice->is_wanted[month];
	}
	return count;
}

int job_months_find(struct store *store, const struct row *rows, size_t count,
		    struct id_range **ret_list, size_t *ret_count, struct jo_err *err)
{
	struct id_range *list = xreallocarray(NULL, MONTH_MAX + 1, sizeof(*list));
	struct choice choice;
	int rc = 0;

	if (db_has_months(store->db)) {
		rc = ask(store, err);
		if (rc == 0) {
			choose(store->job_months, rows, count, &choice);
			*ret_count = list_ranges(&choice, list);
		}
	} else {
		list[0] = (struct id_range){0, INT64_MAX};
		*ret_count = 1;
	}
	if (rc == 0)
		*ret_list = list;
	else
		free(list);
	return rc;
}

void job_months_add(struct store *store, const struct row *step)
{
	if (store->job_months->is_known)
		add(store->job_months, block_of(step->cells[COL_job_id].number),
		    (int32_t)month_of_id(step->id));
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

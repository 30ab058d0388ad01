/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps are found again wherever they are, by whoever looks, whoever has added them since: on an
 * engine that keeps months, in another one than those that were looked into before. */
#include "store_fixture.h"

#define DAY (24 * HOUR)
#define MONTH (30 * DAY)
#define BLOCK 65536 /* jobs that are looked for as one */
#define BLOCKS_MAX 256

static struct store *ours, *theirs;

static struct jo_record record_at(enum jo_record_kind kind, int64_t job, int64_t start_unix_us)
{
	struct jo_record record = record_of(kind, job, 0, "n1");

	record.start_unix_us = start_unix_us;
	return record;
}

static void start(struct store *store, int64_t job, int64_t start_unix_us)
{
	struct jo_record record = record_at(JO_RECORD_START, job, start_unix_us);
	struct store_added added;

	add(store, &record, &added);
}

static void ends(struct store *store, int64_t job, int64_t start_unix_us, const char *what)
{
	struct jo_record record = record_at(JO_RECORD_END, job, start_unix_us);
	struct store_added added;

	add(store, &record, &added);
	is_int(added.changed_count, 1, "%s", what);
}

static void of_others(void)
{
	start(ours, 5, T0);
	ends(theirs, 5, T0, "a step that another has added is found");
	start(ours, 2 * BLOCK, T0 - 9 * MONTH);
	ends(theirs, 2 * BLOCK, T0 - 9 * MONTH, "as is one that he adds later, elsewhere");
	start(theirs, 3 * BLOCK, T0 - 3 * MONTH);
	ends(ours, 3 * BLOCK, T0 - 3 * MONTH, "and one by him");
}

/* As many are added by somebody else as were taken back. */
static void taken_back(void)
{
	struct jo_record record = record_at(JO_RECORD_START, 4 * BLOCK, T0 - 5 * MONTH);
	const struct store_input input = {&record, NULL, STEP_SOURCE_PLUGIN, STEP_STATE_NONE};
	struct store_added added = {0};

	must(store_begin(ours, &err) == 0 && store_add(ours, &input, 1, T0, &added, &err) == 0,
	     "add");
	store_rollback(ours);
	start(theirs, 5 * BLOCK, T0 - 7 * MONTH);
	ends(ours, 5 * BLOCK, T0 - 7 * MONTH, "what comes after a rollback is found");
	start(ours, 4 * BLOCK, T0 - 5 * MONTH);
	ends(ours, 4 * BLOCK, T0 - 5 * MONTH, "and what was taken back, when it comes again");
}

static void numbers_that_do_not_count_up(void)
{
	for (int64_t i = 0; i < BLOCKS_MAX + 10; i++)
		start(ours, (10 + i) * BLOCK, T0 - 12 * MONTH);
	start(theirs, 7, T0); /* so that ours is to look again */
	ends(ours, 10 * BLOCK, T0 - 12 * MONTH, "the first of many numbers that do not count up");
	ends(ours, (10 + BLOCKS_MAX + 9) * BLOCK, T0 - 12 * MONTH, "and the last");
}

/* A number that comes again, in a month that is not beside the first's. */
static void number_again(void)
{
	struct jo_record record = record_at(JO_RECORD_END, 8, T0 - 8 * MONTH);
	struct store_added added;
	int64_t count = count_steps(ours);

	add(ours, &record, &added);
	record.start_unix_us = T0 - 2 * MONTH;
	add(ours, &record, &added);
	is_int(added.new_count, 1, "a number that comes again is of another job");
	record.start_unix_us = T0 - 8 * MONTH;
	add(theirs, &record, &added);
	is_int(added.duplicate_count, 1, "the first of which is known");
	(void)strcpy(record.cluster, "c2");
	add(theirs, &record, &added);
	is_int(added.new_count, 1, "another cluster's is its own");
	record.start_unix_us = JO_MISSING;
	add(ours, &record, &added);
	is_int(added.duplicate_count, 1, "and found by a record that does not know its start");
	is_int(count_steps(ours), count + 3, "each is there once");
}

int main(void)
{
	begin_tests();
	ours = open_new("db");
	theirs = open_new("db");
	of_others();
	taken_back();
	numbers_that_do_not_count_up();
	number_again();
	store_close(theirs);
	store_close(ours);
	return end_tests();
}

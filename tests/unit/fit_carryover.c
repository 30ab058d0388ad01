/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many nights judged in one run, which remembers each group's past, against the
 * same nights judged by a run each, which cannot.
 */
#include "judge_fixture.h"
#include "fit/carryover.h"
#include "fit/groups.h"
#include "step/night.h"

#define NIGHTS 12
#define DAY (24 * HOUR)

/* What makes a group's rows differ: sizes or none, attributes, limits, failures, a moved level. */
enum kind { PLAIN, UNSIZED, MIXED, WITH_ATTRIBUTES, CUT_SHORT, FAILING, MOVED, YOUNG, IDLE, KINDS };

static enum step_state fill(struct jo_record *record, enum kind kind, int night, int i)
{
	int64_t number = night * 40 + i;

	record->mem_peak_bytes = (int64_t)((double)record->input_bytes * noise(number + 7));
	if (kind == UNSIZED || (kind == MIXED && i % 3 == 0))
		record->input_bytes = JO_MISSING;
	if (kind == WITH_ATTRIBUTES) {
		must(jo_attrs_set(&record->attrs, "words", i % 2 == 0 ? "10" : "30", &err));
		must(jo_attrs_set(&record->attrs, "db", number % 5 == 0 ? "nr" : "nt", &err));
		record->wall_us *= i % 2 == 0 ? 1 : 2;
	}
	if (kind == CUT_SHORT && i % 7 == 0)
		return STEP_STATE_TIMEOUT;
	if (kind == FAILING && i % 5 == 0)
		return STEP_STATE_NODE_FAIL;
	return STEP_STATE_COMPLETED;
}

static void add_night(struct store *store, int night)
{
	for (int kind = 0; kind < KINDS; kind++) {
		int count = kind == YOUNG ? 1 : kind == IDLE && night % 3 != 0 ? 0 : 25;

		for (int i = 0; i < count; i++) {
			int number = night * 40 + i;
			double slow = (number % 97 == 0 ? 4 : 1) *
				      (kind == MOVED && night >= NIGHTS / 2 ? 2 : 1);
			int64_t end_unix_us = T0 + night * DAY + i * 60 * S;
			/* The first at midnight, as its night begins. */
			struct jo_record record =
				step_of(kind * 10000 + number,
					i == 0 ? night_of(end_unix_us).from_unix_us : end_unix_us,
					100 * (1 + number % 8) * noise(number) * slow,
					(1 + number % 8) * GIB);
			enum step_state state = fill(&record, (enum kind)kind, night, i);

			(void)snprintf(record.class_name, sizeof(record.class_name), "class%d",
				       kind == YOUNG ? PLAIN : kind);
			(void)strcpy(record.partition, kind == YOUNG ? "fat" : "main");
			add(store, &record, state);
		}
	}
}

static void judge_all(struct store *store, const struct judge_options *options, struct strbuf *text,
		      int nights)
{
	struct judge_summary summary;

	must(judge_pending(store, options, T0, write_down, text, &summary, &err));
	is_int(summary.night_count, nights, "%d nights are judged", nights);
}

/* The models of histories alone, by which few verdicts go, are the same as well. */
static void compare_models(struct store *one, struct store *other)
{
	int compared = 0, differ = 0;

	for (int64_t group = 1; group <= KINDS; group++) {
		for (int m = 0; m < METRIC_COUNT; m++) {
			struct store_model of_one, of_other;
			bool is_there =
				store_model_get(one, group, (enum metric)m, &of_one, &err) == 1;

			differ += is_there != (store_model_get(other, group, (enum metric)m,
							       &of_other, &err) == 1);
			if (!is_there)
				continue;
			compared++;
			differ += of_one.size != of_other.size ||
				  memcmp(of_one.data, of_other.data, of_one.size) != 0;
		}
	}
	ok(compared >= 2 * KINDS - 2, "%d models were kept", compared);
	is_int(differ, 0, "and are the same in both");
}

static void test_run(uint32_t history_max, const char *first, const char *second)
{
	struct store *at_once = open_store(first, STORE_CREATE);
	struct store *by_night = open_store(second, STORE_CREATE);
	struct judge_options options;
	struct strbuf one, other;

	judge_options_init(&options);
	options.params.history_max = history_max;
	strbuf_init(&one);
	strbuf_init(&other);
	for (int night = 0; night < NIGHTS; night++)
		add_night(at_once, night);
	judge_all(at_once, &options, &one, NIGHTS);
	for (int night = 0; night < NIGHTS; night++) {
		add_night(by_night, night);
		judge_all(by_night, &options, &other, 1);
	}
	ok(strlen(one.text) > 100000, "much is said");
	ok(strcmp(one.text, other.text) == 0,
	   "of histories of up to %d all at once what a run each night says, to the last bit",
	   (int)history_max);
	compare_models(at_once, by_night);
	strbuf_release(&one);
	strbuf_release(&other);
	store_close(at_once);
	store_close(by_night);
}

/* What is remembered of a later time answers for an earlier one, and the other way round. */
static void test_earlier(size_t limit, const char *path)
{
	static const int nights[] = {9, 11, 3, 7, 7, 1, 12, 2, 0, 10, 5, 4};
	struct store *store = open_store(path, STORE_CREATE);
	struct store_group_selection selection;
	struct store_group *groups = NULL;
	struct store_history alone = {0}, carried;
	struct carryover *carryover = carryover_new();
	size_t group_n = 0, differing_n = 0, row_n = 0;

	for (int night = 0; night < NIGHTS; night++)
		add_night(store, night);
	store_group_selection_init(&selection);
	must(group_list(store, &selection, &groups, &group_n, &err));
	for (size_t i = 0; i < group_n * sizeof(nights) / sizeof(nights[0]); i++) {
		const struct store_group *group = &groups[i % group_n];
		/* Within a night, and at the end of a step. */
		int64_t before_unix_us = T0 + nights[i / group_n] * DAY + 7 * 60 * S;
		struct carryover_group *of = carryover_group_of(carryover, group->id);

		must(store_history_read(store, group->id, before_unix_us, limit, &alone, &err));
		must(carryover_read(carryover, of, store, group, before_unix_us, limit, &carried,
				    &err));
		row_n += alone.count;
		differing_n += carried.count != alone.count;
		for (size_t j = 0; j < alone.count && j < carried.count; j++)
			differing_n += carried.list[j].end_unix_us != alone.list[j].end_unix_us ||
				       carried.list[j].wall_us != alone.list[j].wall_us ||
				       strcmp(carried.list[j].attrs, alone.list[j].attrs) != 0;
	}
	ok(row_n > 100 * group_n || limit < 10, "many rows of up to %zu are read", limit);
	is_int(differing_n, 0, "whatever was asked for before, they are the same");
	store_history_release(&alone);
	carryover_free(carryover);
	group_list_free(groups, group_n);
	store_close(store);
}

int main(void)
{
	begin_tests();
	test_run(500, "1.db", "2.db");
	/* Less than three nights. */
	test_run(60, "3.db", "4.db");
	test_earlier(500, "5.db");
	test_earlier(60, "6.db");
	test_earlier(7, "7.db");
	return end_tests();
}

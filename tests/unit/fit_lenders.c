/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A young group is judged with steps of groups like it: which ones, and how it is told. */
#include "judge_fixture.h"

static void test_young_groups_borrow(void)
{
	struct store *store = open_store("young.db", STORE_CREATE);
	struct judge_options options;
	struct judge_summary summary;
	struct step_verdict verdict;
	char *sentence, *borrowed;

	add_history(store, "main", 1, 40);
	for (int i = 0; i < 5; i++) {
		struct jo_record record =
			step_of(100 + i, T0 + (35 + i) * HOUR, 230 * noise(i), 2 * GIB);

		(void)strcpy(record.partition, "fat");
		add(store, &record, STEP_STATE_COMPLETED);
	}
	for (int i = 0; i < 1; i++) {
		struct jo_record record = step_of(200 + i, T0 + 72 * HOUR, 2000, 4 * GIB);

		(void)strcpy(record.partition, "fat");
		add(store, &record, STEP_STATE_COMPLETED);
	}
	judge_options_init(&options);
	must(judge_pending(store, &options, T0, NULL, NULL, &summary, &err));
	read_verdict(store, 200, METRIC_WALL, &sentence, &borrowed, &verdict);
	is_int(verdict.verdict, VERDICT_HIGH, "a young group's step is judged with borrowed ones");
	is_str(borrowed, "class align, partition main, cluster c1", "and the lender is named");
	is_int(verdict.history_count, 5, "beside its own five steps");
	ok(verdict.borrowed_count > 0, "as is how many it lent: %d", (int)verdict.borrowed_count);
	ok(strstr(sentence, "steps borrowed from class align, partition main") != NULL,
	   "the sentence says so: %s", sentence);
	free(sentence);
	free(borrowed);
	store_close(store);
}

static void test_later_steps_of_lenders(void)
{
	static const struct {
		const char *partition;
		int64_t end_unix_us;
	} lenders[] = {{"main", TONIGHT - 20 * HOUR}, {"old", TONIGHT - 30 * HOUR}};
	struct store *store = open_store("later.db", STORE_CREATE);
	struct judge_options options;
	struct judge_summary summary;
	struct step_verdict verdict;
	struct jo_record record;
	char *sentence, *borrowed;

	for (int i = 0; i < 50; i++) {
		record =
			step_of(1 + i, lenders[i % 2].end_unix_us - i * S, 400 * noise(i), 4 * GIB);
		(void)strcpy(record.partition, lenders[i % 2].partition);
		add(store, &record, STEP_STATE_COMPLETED);
	}
	for (int i = 0; i < 6; i++) {
		record = step_of(100 + i, TONIGHT - (5 - i) * 16 * HOUR, 400 * noise(i), 4 * GIB);
		(void)strcpy(record.partition, "fat");
		add(store, &record, STEP_STATE_COMPLETED);
	}
	record = step_of(200, TONIGHT + HOUR, 400, 4 * GIB);
	(void)strcpy(record.partition, "old");
	add(store, &record, STEP_STATE_COMPLETED);
	judge_options_init(&options);
	must(judge_pending(store, &options, T0, NULL, NULL, &summary, &err));
	read_verdict(store, 105, METRIC_WALL, &sentence, &borrowed, &verdict);
	is_str(borrowed,
	       "class align, partition main, cluster c1; class align, partition old, cluster c1",
	       "the lender with the newest steps at the time is first, whatever came later");
	free(sentence);
	free(borrowed);
	store_close(store);
}

static void test_spans_lend_nothing_to_jobs(void)
{
	struct store *store = open_store("spans.db", STORE_CREATE);
	struct judge_options options;
	struct judge_summary summary;
	struct step_verdict verdict;
	struct jo_record record;
	char *sentence, *borrowed;

	for (int i = 0; i < 40; i++) {
		record = step_of(1 + i, T0 + i * HOUR, 400 * noise(i), 4 * GIB);
		(void)strcpy(record.cluster, "otlp");
		add(store, &record, STEP_STATE_COMPLETED);
	}
	for (int i = 0; i < 5; i++) {
		record = step_of(100 + i, T0 + (35 + i) * HOUR, 230 * noise(i), 2 * GIB);
		add(store, &record, STEP_STATE_COMPLETED);
	}
	record = step_of(200, T0 + 72 * HOUR, 2000, 4 * GIB);
	add(store, &record, STEP_STATE_COMPLETED);
	judge_options_init(&options);
	must(judge_pending(store, &options, T0, NULL, NULL, &summary, &err));
	read_verdict(store, 200, METRIC_WALL, &sentence, &borrowed, &verdict);
	is_str(borrowed, "", "what spans say of a user's runs is lent to no job of that user");
	free(sentence);
	free(borrowed);
	store_close(store);
}

int main(void)
{
	begin_tests();
	test_young_groups_borrow();
	test_later_steps_of_lenders();
	test_spans_lend_nothing_to_jobs();
	return end_tests();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of one night, judged by their history and by each other. */
#include "judge_fixture.h"

/* A night of steps of 4 GiB; those in the first slow_n take longer by the factor. */
static void add_night(struct store *store, int count, int slow_n, double factor)
{
	for (int i = 0; i < count; i++) {
		struct jo_record record =
			step_of(1000 + i, TONIGHT + i * S,
				400 * noise(i + 5) * (i < slow_n ? factor : 1), 4 * GIB);

		add(store, &record, STEP_STATE_COMPLETED);
	}
}

static int count_high(const struct kept *kept)
{
	int high_n = 0;

	for (size_t i = 0; i < kept->count; i++)
		high_n += kept->list[i].verdicts[METRIC_WALL].verdict == VERDICT_HIGH;
	return high_n;
}

static void test_night_together(void)
{
	struct store *store = open_store("together.db", STORE_CREATE);
	static struct kept all, one;
	const struct store_job wanted = {1000, JO_MISSING, JO_MISSING, JO_MISSING};
	struct store_selection selection;
	struct judge_options options;

	add_history(store, "main", 1, 8);
	add_night(store, 30, 1, 1.8);
	judge(store, TONIGHT, 1, &all);
	is_int(all.list[0].verdicts[METRIC_WALL].verdict, VERDICT_HIGH,
	       "after eight steps one 1.8 times too long is found beside the rest of its night");
	is_int(count_high(&all), 1, "and nothing else is");
	ok(all.list[0].verdicts[METRIC_WALL].ratio > 1.6, "by its ratio of %.2f",
	   all.list[0].verdicts[METRIC_WALL].ratio);

	store_selection_init(&selection);
	selection.jobs = &wanted;
	selection.job_count = 1;
	judge_options_init(&options);
	one.count = 0;
	must(judge_range(store, &options, &selection, TONIGHT, JO_MISSING, keep, &one, &err));
	is_int(one.count, 1, "chosen alone it is the only one to be judged");
	is_near(one.list[0].verdicts[METRIC_WALL].score, all.list[0].verdicts[METRIC_WALL].score, 0,
		"with the same score");
	store_close(store);
}

static void test_odd_night(void)
{
	struct store *store = open_store("odd.db", STORE_CREATE);
	static struct kept kept;

	add_history(store, "main", 1, 40);
	add_night(store, 20, 20, 3);
	judge(store, TONIGHT, 1, &kept);
	is_int(count_high(&kept), 20, "a night that is slow as a whole does not speak for itself");
	store_close(store);
}

/* Steps that are slow alike hide neither each other nor the night's others. */
static void test_slow_together(void)
{
	static const struct {
		int history_n, night_n, slow_n;
		double factor;
	} rows[] = {
		{40, 30, 2, 2},  {40, 30, 5, 2}, {40, 30, 5, 3}, {40, 30, 8, 3}, {40, 30, 15, 3},
		{40, 30, 30, 3}, {40, 30, 8, 2}, {8, 30, 5, 5},  {40, 5, 2, 3},  {40, 5, 3, 3},
		{40, 5, 5, 3},   {40, 3, 3, 3},  {40, 30, 0, 1},
	};
	static struct kept kept;
	char name[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct store *store;

		(void)snprintf(name, sizeof(name), "slow%zu.db", i);
		store = open_store(name, STORE_CREATE);
		add_history(store, "main", 1, rows[i].history_n);
		add_night(store, rows[i].night_n, rows[i].slow_n, rows[i].factor);
		judge(store, TONIGHT, 1, &kept);
		is_int(count_high(&kept), rows[i].slow_n,
		       "after %d steps, of a night of %d, %d that take %g times as long are found",
		       rows[i].history_n, rows[i].night_n, rows[i].slow_n, rows[i].factor);
		store_close(store);
	}
}

/* What a range of nights shows to go on is no outlier of them. */
static void test_new_way(void)
{
	struct store *store = open_store("way.db", STORE_CREATE);
	static struct kept kept;

	add_history(store, "main", 1, 40);
	for (int i = 0; i < 30; i++) {
		struct jo_record record = step_of(1000 + i, TONIGHT + i / 10 * 24 * HOUR + i * S,
						  1200 * noise(i + 5), 4 * GIB);

		add(store, &record, STEP_STATE_COMPLETED);
	}
	judge(store, TONIGHT, 1, &kept);
	is_int(kept.count, 30, "three nights are judged at once");
	is_int(count_high(&kept), 0, "and a level that has moved for all three is theirs");
	store_close(store);
}

static void test_told(void)
{
	struct store *store = open_store("told.db", STORE_CREATE);
	struct judge_summary summary;
	struct judge_options options;
	static const struct {
		int64_t job_id;
		const char *what, *words;
	} rows[] = {
		/* The last 15 steps of the history are of the same night. */
		{1001, "one that is slow",
		 "Judged against 25 earlier steps of class align, partition main, cluster c1 "
		 "and 27 others of its night, leaving out 7 that stand out, at an input"},
		{1010, "and another",
		 "Judged against 25 earlier steps of class align, partition main, cluster c1 "
		 "and 26 others of its night, leaving out 8 that stand out, at an input"},
	};
	struct step_verdict verdict;
	char *sentence, *borrowed;

	add_history(store, "main", 1, 40);
	add_night(store, 20, 8, 3);
	judge_options_init(&options);
	must(judge_pending(store, &options, TONIGHT + HOUR, NULL, NULL, &summary, &err));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		read_verdict(store, rows[i].job_id, METRIC_WALL, &sentence, &borrowed, &verdict);
		ok(strstr(sentence, rows[i].words) != NULL,
		   "%s is told what it was judged against: %s", rows[i].what, sentence);
		free(sentence);
		free(borrowed);
	}
	store_close(store);
}

static void test_large_night(void)
{
	struct store *store = open_store("large.db", STORE_CREATE);
	static struct kept kept;

	add_history(store, "main", 1, 40);
	for (int i = 0; i < 700; i++) {
		struct jo_record record = step_of(1000 + i, TONIGHT + i * S,
						  i == 600 ? 1500 : 400 * noise(i), 4 * GIB);

		add(store, &record, STEP_STATE_COMPLETED);
	}
	judge(store, TONIGHT, 2, &kept);
	is_int(kept.count, 700, "a night too large to be judged at once is judged");
	is_int(count_high(&kept), 1, "and its one slow step is found");
	store_close(store);
}

/* The verdicts of one job's step, in words, from the store. */
int main(void)
{
	begin_tests();
	test_night_together();
	test_odd_night();
	test_slow_together();
	test_new_way();
	test_told();
	test_large_night();
	return end_tests();
}

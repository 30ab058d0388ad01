/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps in a database become verdicts: against what ended before, the same each time, and stored.
 */
#include "judge/audit.h"
#include "judge_fixture.h"
#include "step/night.h"
#include "util/alloc.h"

#include <errno.h>
#include <string.h>

static void test_high_low_and_normal(void)
{
	struct store *store = open_store("high.db", STORE_CREATE);
	static const struct {
		double wall_s;
		enum verdict expected;
	} rows[] = {{400, VERDICT_NORMAL},
		    {1300, VERDICT_HIGH},
		    {130, VERDICT_LOW},
		    {410, VERDICT_NORMAL}};
	static struct kept kept;

	add_history(store, "main", 1, 40);
	for (int i = 0; i < 4; i++) {
		struct jo_record record =
			step_of(100 + i, TONIGHT + i * S, rows[i].wall_s, 4 * GIB);

		add(store, &record, STEP_STATE_COMPLETED);
	}
	judge(store, TONIGHT, 1, &kept);
	is_int(kept.count, 4, "the four steps of tonight are judged, the first at the very second");
	for (int i = 0; i < 4; i++) {
		const struct judge_verdict *wall = &kept.list[i].verdicts[METRIC_WALL];

		is_str(verdict_words[wall->verdict], verdict_words[rows[i].expected],
		       "%.0f s is %s", rows[i].wall_s, verdict_words[rows[i].expected]);
		is_near(wall->expected, 400e6, 0.05, "where 400 s are expected");
		ok(wall->low < wall->expected && wall->expected < wall->high, "within the band");
		is_str(kept.list[i].verdicts[METRIC_MEMORY].reason, "no-value",
		       "memory that was not measured is not judged");
	}
	ok(kept.list[1].verdicts[METRIC_WALL].score > kept.list[3].verdicts[METRIC_WALL].score,
	   "the outlier has the higher score");
	store_close(store);
}

/* Its owner says that the job was normal. */
static void expect(struct store *store, int64_t job)
{
	const struct store_job wanted = {job, JO_MISSING, JO_MISSING, JO_MISSING};
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;

	store_selection_init(&selection);
	selection.jobs = &wanted;
	selection.job_count = 1;
	must(store_steps_open(store, &selection, &cursor, &err));
	must(store_steps_next(cursor, &step, &err));
	store_cursor_close(cursor);
	must(store_expected_add(store, step.id, "ann", T0, &err));
}

static void test_expected(void)
{
	struct store *store = open_store("expected.db", STORE_CREATE);
	static const struct {
		const char *what;
		double wall_s;
		int64_t input_bytes;
		const char *before, *after, *reason;
	} rows[] = {
		{"as far out as the expected one", 1200, 4 * GIB, "high", "normal", "expected"},
		{"as far out at another size", 2400, 8 * GIB, "high", "normal", "expected"},
		{"further out", 1600, 4 * GIB, "high", "high", ""},
		{"as always", 400, 4 * GIB, "normal", "normal", ""},
		{"far too fast", 130, 4 * GIB, "low", "low", ""},
	};
	struct jo_record odd = step_of(90, T0 + 39 * HOUR + S, 1200, 4 * GIB);
	static struct kept before, after;

	add_history(store, "main", 1, 40);
	add(store, &odd, STEP_STATE_COMPLETED);
	for (int i = 0; i < 5; i++) {
		struct jo_record record =
			step_of(100 + i, TONIGHT + i * S, rows[i].wall_s, rows[i].input_bytes);

		add(store, &record, STEP_STATE_COMPLETED);
	}
	judge(store, TONIGHT, 1, &before);
	expect(store, 90);
	judge(store, TONIGHT, 1, &after);
	for (int i = 0; i < 5; i++) {
		const struct judge_verdict *wall = &after.list[i].verdicts[METRIC_WALL];

		is_str(verdict_words[before.list[i].verdicts[METRIC_WALL].verdict], rows[i].before,
		       "%s is %s", rows[i].what, rows[i].before);
		is_str(verdict_words[wall->verdict], rows[i].after,
		       "and %s when its owner called the like of it normal", rows[i].after);
		is_str(wall->reason, rows[i].reason, "for the reason '%s'", rows[i].reason);
	}
	store_close(store);
}

static void test_same_each_time(void)
{
	struct store *store = open_store("same.db", STORE_CREATE);
	static struct kept one, other;

	for (int class = 0; class < 30; class ++) {
		for (int i = 0; i < 20; i++) {
			struct jo_record record =
				step_of(class * 100 + i, T0 + i * HOUR,
					50 * (1 + class) * noise(i * class), (1 + i % 5) * GIB);

			(void)snprintf(record.class_name, sizeof(record.class_name), "class%d",
				       class);
			add(store, &record, STEP_STATE_COMPLETED);
		}
	}
	judge(store, T0 + 15 * HOUR, 1, &one);
	judge(store, T0 + 15 * HOUR, 4, &other);
	is_int(one.count, 150, "5 steps of each of 30 groups are judged");
	is_int(other.count, one.count, "by four threads as well");
	for (size_t i = 0; i < one.count; i++)
		for (size_t m = 0; m < METRIC_COUNT; m++)
			one.list[i].verdicts[m].provenance = other.list[i].verdicts[m].provenance =
				NULL;
	ok(memcmp(one.list, other.list, one.count * sizeof(one.list[0])) == 0,
	   "with the same verdicts to the last bit");
	store_close(store);

	store = open_store("same.db", STORE_READ);
	judge(store, T0 + 15 * HOUR, 2, &other);
	is_int(other.count, 150, "a database that is only read will do");
	judge(store, T0 + 1000 * HOUR, 2, &other);
	is_int(other.count, 0, "nothing ended in the future");
	store_close(store);
}

static void test_states(void)
{
	struct store *store = open_store("states.db", STORE_CREATE);
	static const struct {
		enum step_state state;
		double wall_s;
		const char *verdict, *reason;
	} rows[] = {
		{STEP_STATE_TIMEOUT, 300, "unjudged", "cut-short"},
		{STEP_STATE_TIMEOUT, 2000, "high", ""},
		{STEP_STATE_CANCELLED, 2000, "high", ""},
		{STEP_STATE_FAILED, 3, "unjudged", "cut-short"},
		{STEP_STATE_OUT_OF_MEMORY, 100, "unjudged", "cut-short"},
		{STEP_STATE_NODE_FAIL, 2000, "unjudged", "not-finished"},
		{STEP_STATE_PREEMPTED, 20, "unjudged", "not-finished"},
		{STEP_STATE_UNKNOWN, 400, "unjudged", "not-finished"},
	};
	static struct kept kept;

	add_history(store, "main", 1, 40);
	for (int i = 0; i < 8; i++) {
		struct jo_record record =
			step_of(100 + i, TONIGHT + i * S, rows[i].wall_s, 4 * GIB);

		add(store, &record, rows[i].state);
	}
	judge(store, TONIGHT, 1, &kept);
	for (int i = 0; i < 8; i++) {
		const struct judge_verdict *wall = &kept.list[i].verdicts[METRIC_WALL];

		is_str(verdict_words[wall->verdict], rows[i].verdict, "%s after %.0f s is %s",
		       step_state_words[rows[i].state], rows[i].wall_s, rows[i].verdict);
		is_str(wall->reason, rows[i].reason, "for the reason '%s'", rows[i].reason);
	}
	store_close(store);
}

static void test_page_cache(void)
{
	struct store *store = open_store("cache.db", STORE_CREATE);
	static const struct {
		const char *what;
		int64_t peak_bytes, rss_bytes, read_bytes, limit_bytes;
		const char *verdict, *reason;
	} rows[] = {
		{"a large peak of processes", 12 * GIB, 11 * GIB, 50 * GIB, 64 * GIB, "high", ""},
		{"one of files", 12 * GIB, 2 * GIB, 50 * GIB, 64 * GIB, "unjudged", "page-cache"},
		{"one that nobody read files for", 12 * GIB, 2 * GIB, GIB, 64 * GIB, "high", ""},
		{"one that may be files", 12 * GIB, 2 * GIB, JO_MISSING, 64 * GIB, "unjudged",
		 "page-cache"},
		{"one without RSS", 12 * GIB, JO_MISSING, 50 * GIB, 64 * GIB, "high", ""},
		{"a limit filled by files", 4 * GIB, GIB, 50 * GIB, 4 * GIB, "unjudged",
		 "page-cache"},
		{"a limit filled by processes", 4 * GIB, 4 * GIB, GIB, 4 * GIB, "unjudged",
		 "cut-short"},
	};
	static struct kept kept;

	for (int i = 0; i < 40; i++) {
		struct jo_record record = step_of(1 + i, T0 + i * HOUR, 400, 4 * GIB);

		record.mem_peak_bytes = (int64_t)(4 * (double)GIB * noise(i));
		record.max_rss_bytes = 2 * GIB;
		record.read_bytes = record.write_bytes = 2 * GIB;
		add(store, &record, STEP_STATE_COMPLETED);
	}
	for (int i = 0; i < 7; i++) {
		struct jo_record record = step_of(100 + i, TONIGHT + i * S, 400, 4 * GIB);

		record.mem_peak_bytes = rows[i].peak_bytes;
		record.max_rss_bytes = rows[i].rss_bytes;
		record.read_bytes = rows[i].read_bytes;
		record.write_bytes = 0;
		record.mem_limit_bytes = rows[i].limit_bytes;
		add(store, &record, STEP_STATE_COMPLETED);
	}
	for (int i = 0; i < 40; i++) { /* the rest of the night is as always */
		struct jo_record record = step_of(200 + i, TONIGHT + HOUR + i * S, 400, 4 * GIB);

		record.mem_peak_bytes = (int64_t)(4 * (double)GIB * noise(i));
		record.max_rss_bytes = 2 * GIB;
		add(store, &record, STEP_STATE_COMPLETED);
	}
	judge(store, TONIGHT, 1, &kept);
	for (int i = 0; i < 7; i++) {
		const struct judge_verdict *memory = &kept.list[i].verdicts[METRIC_MEMORY];

		is_str(verdict_words[memory->verdict], rows[i].verdict, "%s is %s", rows[i].what,
		       rows[i].verdict);
		is_str(memory->reason, rows[i].reason, "for the reason '%s'", rows[i].reason);
	}
	store_close(store);
}

static void test_pending(void)
{
	struct store *store = open_store("pending.db", STORE_CREATE);
	struct judge_options options;
	struct judge_summary summary, again;
	struct step_verdict verdict;
	struct jo_record record;
	static struct kept kept;
	struct night night = night_of(T0 + 80 * HOUR);
	char *sentence, *borrowed;

	add_history(store, "main", 1, 40);
	record = step_of(100, night.from_unix_us, 1500, 4 * GIB);
	add(store, &record, STEP_STATE_COMPLETED);
	record = step_of(101, night.from_unix_us + HOUR, 1500, 4 * GIB);
	add(store, &record, STEP_STATE_COMPLETED);
	judge(store, night.from_unix_us, 1, &kept);
	is_int(kept.count, 2, "what a night would say is asked first");

	judge_options_init(&options);
	must(judge_pending(store, &options, T0, NULL, NULL, &summary, &err));
	is_int(summary.step_count, 42, "then every step is judged");
	is_int(summary.night_count, 4, "night by night");
	is_int(summary.verdict_count[METRIC_WALL][VERDICT_HIGH], 2, "and two are high");
	for (int i = 0; i < 2; i++) {
		read_verdict(store, 100 + i, METRIC_WALL, &sentence, &borrowed, &verdict);
		is_near(verdict.score, kept.list[i].verdicts[METRIC_WALL].score, 0,
			"job %d has the score that was foretold, unmoved by its neighbour",
			100 + i);
		is_near(verdict.value, 1500e6, 0, "wall time is kept in micro-seconds");
		is_int(verdict.night, night.number, "under its night");
		is_int(verdict.history_count, 40, "with the number of steps before it");
		ok(strstr(sentence,
			  "Judged against 40 earlier steps of class align, partition main") ==
			   sentence,
		   "and can say why: %s", sentence);
		free(sentence);
		free(borrowed);
	}
	must(judge_pending(store, &options, T0, NULL, NULL, &again, &err));
	is_int(again.step_count, 0, "another run has nothing to do");
	record = step_of(102, T0 + 2 * HOUR, 1500, 4 * GIB);
	add(store, &record, STEP_STATE_COMPLETED);
	must(judge_pending(store, &options, T0, NULL, NULL, &again, &err));
	is_int(again.step_count, 1, "but a late record is judged alone");
	store_close(store);
}

static void test_empty(void)
{
	struct store *store = open_store("empty.db", STORE_CREATE);
	struct judge_options options;
	struct judge_summary summary;
	static struct kept kept;

	judge(store, 0, 0, &kept);
	is_int(kept.count, 0, "an empty database has nothing to judge");
	judge_options_init(&options);
	must(judge_pending(store, &options, T0, NULL, NULL, &summary, &err));
	is_int(summary.night_count, 0, "and no nights");
	for (int i = 0; i < 30; i++) {
		struct jo_record record = step_of(1 + i, T0, 100, GIB);

		add(store, &record, STEP_STATE_COMPLETED);
	}
	judge(store, T0, 0, &kept);
	is_int(kept.count, 30, "thirty steps that ended in the same second are judged");
	is_int(kept.list[29].verdicts[METRIC_WALL].verdict, VERDICT_NORMAL, "each by the others");
	judge(store, T0 + 1, 0, &kept);
	is_int(kept.count, 0, "and a micro-second later they are the past");
	store_close(store);
}

static int stop(void *context, const struct judge_result *result, struct jo_err *sink_err)
{
	(void)context, (void)result;
	return jo_err_set(sink_err, -EIO, "the disk is full");
}

static void test_sink_refuses(void)
{
	struct store *store = open_store("refuse.db", STORE_CREATE);
	struct judge_options options;
	struct jo_err got = {0};

	add_history(store, "main", 1, 20);
	judge_options_init(&options);
	is_int(judge_range(store, &options, NULL, T0, JO_MISSING, stop, NULL, &got), -EIO,
	       "a sink that fails ends the judging");
	is_str(got.text, "the disk is full", "with its own reason");
	store_close(store);
}

/* More than are judged at a time. */
#define CLASSES 150
#define FIRST_JOB 1000

/* Who groups the steps anew once the first of the night were stored. */
struct other_rule {
	struct store *store;
	bool is_done;
	int after_count; /* steps that came afterwards */
};

static int change_rule(void *context, const struct judge_result *result, struct jo_err *sink_err)
{
	struct other_rule *other = context;

	other->after_count += other->is_done;
	if (other->is_done || result->job_id != FIRST_JOB + 127)
		return 0;
	other->is_done = true;
	return store_group_by(other->store, STORE_GROUP_PARTITION, sink_err);
}

static void add_classes(struct store *store)
{
	must(store_begin(store, &err));
	for (int i = 0; i < CLASSES; i++) {
		struct jo_record record = step_of(FIRST_JOB + i, TONIGHT + 24 * HOUR, 400, 4 * GIB);
		const struct store_input input = {&record, NULL, STEP_SOURCE_CSV,
						  STEP_STATE_COMPLETED};
		struct store_added added = {0};

		(void)snprintf(record.class_name, sizeof(record.class_name), "class%d", i);
		must(store_add(store, &input, 1, T0, &added, &err));
	}
	must(store_commit(store, &err));
}

static void test_grouped_anew(void)
{
	struct store *store = open_store("anew.db", STORE_CREATE);
	struct other_rule other = {open_store("anew.db", STORE_WRITE), false, 0};
	struct judge_options options;
	struct judge_summary summary;
	struct step_verdict verdict;
	char *sentence, *borrowed;

	judge_options_init(&options);
	add_history(store, "main", 1, 40);
	add_classes(store);
	must(judge_pending(store, &options, TONIGHT, change_rule, &other, &summary, &err));
	is_int(other.after_count, CLASSES - 128, "what was left is judged");
	is_int(summary.anew_count, 1, "anew, as the groups are others");
	is_int(summary.step_count, 40 + CLASSES, "each step once");
	is_int(summary.night_count, 4, "and each night is counted once");
	read_verdict(store, FIRST_JOB + 1, METRIC_WALL, &sentence, &borrowed, &verdict);
	is_str(verdict.reason, reason_word(REASON_TOO_FEW), "what was stored before stays");
	free(sentence);
	free(borrowed);
	read_verdict(store, FIRST_JOB + CLASSES - 1, METRIC_WALL, &sentence, &borrowed, &verdict);
	is_str(verdict_words[verdict.verdict], "normal",
	       "the others are judged by the group that they are in");
	is_int(verdict.history_count, 40, "with its history");
	free(sentence);
	free(borrowed);
	store_close(other.store);
	store_close(store);
}

/* What stores nothing says so. */
static void test_grouped_anew_in_a_show(void)
{
	struct store *store = open_store("anew_show.db", STORE_CREATE);
	struct other_rule other = {open_store("anew_show.db", STORE_WRITE), false, 0};
	struct judge_options options;

	judge_options_init(&options);
	add_history(store, "main", 1, 40);
	add_classes(store);
	is_int(judge_range(store, &options, NULL, TONIGHT, JO_MISSING, change_rule, &other, &err),
	       -ESTALE, "groups that became others meanwhile are no answer");
	ok(strstr(err.text, "another GroupBy or ClassNames; run it again") != NULL, "%s", err.text);
	store_close(other.store);
	store_close(store);
}

int main(void)
{
	begin_tests();
	test_high_low_and_normal();
	test_expected();
	test_same_each_time();
	test_states();
	test_page_cache();
	test_pending();
	test_empty();
	test_sink_refuses();
	test_grouped_anew();
	test_grouped_anew_in_a_show();
	return end_tests();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict is one of its step and metric, and holds until the step is another. */
#include "store_fixture.h"

static bool is_judged(struct store *store, int64_t job)
{
	return change_of(store, id_of(store, job)) == JO_MISSING;
}

static void import(struct store *store, int64_t job, int64_t wall_us)
{
	struct jo_record record = record_of(JO_RECORD_END, job, 0, "n1");
	const struct store_input input = {&record, NULL, STEP_SOURCE_SACCT, STEP_STATE_COMPLETED};
	struct store_added added = {0};

	record.wall_us = wall_us;
	must(store_begin(store, &err) == 0 && store_add(store, &input, 1, T0, &added, &err) == 0 &&
		     store_commit(store, &err) == 0,
	     "import");
}

static void verdicts(void)
{
	struct store *store = open_new("verdicts");
	struct jo_record record = record_of(JO_RECORD_END, 1, 0, "n1");
	struct step_verdict verdict = {
		.metric = METRIC_WALL,
		.measure = MEASURE_CLOCK,
		.verdict = VERDICT_UNJUDGED,
		.reason = "too few",
		.value = 100e6,
		.expected = NAN,
		.low = NAN,
		.high = NAN,
		.ratio = NAN,
		.score = NAN,
		.p_value = NAN,
		.alpha = NAN,
		.near_count = JO_MISSING,
		.like_count = JO_MISSING,
		.history_count = 0,
		.censored_count = JO_MISSING,
		.regime_start_unix_us = JO_MISSING,
		.borrowed_count = JO_MISSING,
		.borrowed_from = "",
		.attrs_used = "",
		.group = "",
		.regime_ratio = NAN,
		.model_version = 1,
		.judged_unix_us = T0 + HOUR,
		.night = NIGHT,
	};
	struct step_verdict found, both[2];
	struct store_added added;
	int64_t id, change_unix_us;

	record.node_count = 2;
	add(store, &record, &added);
	(void)strcpy(record.node, "n2");
	record.wall_us = 50 * S;
	add(store, &record, &added);
	id = verdict.step_id = id_of(store, 1);
	ok(!is_judged(store, 1), "a new step is not judged");
	is_int(put_verdict(store, &verdict), 0, "a verdict is put");
	ok(is_judged(store, 1), "then it is");
	is_int(count_verdicts(store, id, &found), 1, "one verdict");
	is_int(found.verdict, VERDICT_UNJUDGED, "as it was");
	ok(isnan(found.expected) && isnan(found.score), "what is not known is not zero");
	is_int(found.history_count, 0, "and zero is not unknown");
	is_int(found.regime_start_unix_us, JO_MISSING, "nor is a time");
	is_int(found.level, VERDICT_LEVEL_NONE, "no level");
	is_int(found.near_count, JO_MISSING, "and nobody counted likes");

	verdict.verdict = VERDICT_HIGH;
	verdict.expected = 10e6;
	verdict.alpha = 0.005;
	verdict.level = VERDICT_LEVEL_CERTAIN;
	verdict.near_count = 3;
	verdict.like_count = 0;
	verdict.judged_unix_us = T0 + 2 * HOUR;
	verdict.night = NIGHT + 1;
	is_int(put_verdict(store, &verdict), 0, "another of the same step and metric");
	is_int(count_verdicts(store, id, &found), 1, "replaces it");
	is_int(found.verdict, VERDICT_HIGH, "in its verdict");
	is_near(found.expected, 10e6, 0, "its numbers");
	is_near(found.alpha, 0.005, 0, "what was asked for");
	is_int(found.level, VERDICT_LEVEL_CERTAIN, "its level");
	is_int(found.near_count, 3, "how many were of its size");
	is_int(found.like_count, 0, "of which none was like it");
	is_int(found.night, NIGHT + 1, "and its night");
	is_int(found.judged_unix_us, T0 + 2 * HOUR, "and when it was judged");
	both[0] = both[1] = verdict;
	both[1].metric = METRIC_MEMORY;
	both[1].measure = MEASURE_RSS;
	is_int(store_verdicts_put(store, both, 2, JO_MISSING, &err), 0, "of two metrics");
	is_int(count_verdicts(store, id, &found), 2, "there are two");

	record = record_of(JO_RECORD_END, 2, 0, "n1");
	record.node_count = 2;
	add(store, &record, &added);
	verdict.step_id = id_of(store, 2);
	must(put_verdict(store, &verdict) == 0, "put a verdict");
	(void)strcpy(record.node, "n2");
	add(store, &record, &added);
	ok(!is_judged(store, 2), "a step that a node is added to is judged anew");
	ok(is_judged(store, 1), "and no other");

	/* A verdict on what a step was, when the import of what it is came meanwhile. */
	import(store, 3, 60 * S);
	verdict.step_id = id_of(store, 3);
	change_unix_us = change_of(store, verdict.step_id);
	import(store, 3, 70 * S);
	ok(change_of(store, verdict.step_id) != change_unix_us,
	   "two changes of one microsecond are two");
	is_int(store_verdicts_put(store, &verdict, 1, change_unix_us, &err), 0,
	       "a verdict on what the step was before");
	is_int(count_verdicts(store, verdict.step_id, &found), 1, "is kept");
	ok(!is_judged(store, 3), "but the step is judged anew");
	is_int(put_verdict(store, &verdict), 0, "one on what it is");
	ok(is_judged(store, 3), "is the last");
	store_close(store);
}

int main(void)
{
	begin_tests();
	verdicts();
	return end_tests();
}

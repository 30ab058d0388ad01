/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of judge/ share: a folder with databases, steps to put in, and what is said of
 * them. */
#ifndef JUDGE_FIXTURE_H
#define JUDGE_FIXTURE_H

#include "engine_path.h"
#include "judge/audit.h"
#include "judge/judge.h"
#include "tap.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#include <stdlib.h>
#include <unistd.h>

#define S INT64_C(1000000)
#define HOUR (3600 * S)
#define GIB (INT64_C(1) << 30)
#define T0 (INT64_C(1700000000) * S)
#define TONIGHT (T0 + 40 * HOUR) /* the hour after add_history */
#define MAYBE_UNUSED __attribute__((unused))

/* In memory: a test waits for no disk. */
static char folder[] = "/dev/shm/judge_test.XXXXXX";
static struct jo_err err;

static void must(int rc)
{
	if (rc >= 0)
		return;
	printf("Bail out! %s\n", err.text);
	exit(1);
}

MAYBE_UNUSED static struct store *open_store(const char *name, enum store_mode mode)
{
	const struct store_options options = {mode, 0};
	struct store *store = NULL;
	char path[ENGINE_PATH_SIZE];

	must(store_open(engine_path(folder, name, path), &options, &store, &err));
	return store;
}

MAYBE_UNUSED static struct jo_record step_of(int64_t job, int64_t end_unix_us, double wall_s,
					     int64_t input_bytes)
{
	struct jo_record record;

	jo_record_init(&record, JO_RECORD_END);
	record.job_id = job;
	record.step_id = 0;
	record.step_kind = JO_STEP_SRUN;
	record.restart_count = 0;
	(void)strcpy(record.cluster, "c1");
	(void)strcpy(record.node, "n1");
	(void)strcpy(record.user, "ann");
	(void)strcpy(record.partition, "main");
	(void)strcpy(record.class_name, "align");
	record.class_is_declared = 1;
	record.node_count = 1;
	record.wall_us = (int64_t)(wall_s * 1e6);
	record.start_unix_us = end_unix_us - record.wall_us;
	record.exit_status = 0;
	record.term_signal = 0;
	record.input_bytes = input_bytes;
	record.input_source = JO_INPUT_OPTION;
	return record;
}

MAYBE_UNUSED static void add(struct store *store, const struct jo_record *record,
			     enum step_state state)
{
	const struct store_input input = {record, NULL, STEP_SOURCE_CSV, state};
	struct store_added added = {0};

	must(store_begin(store, &err));
	must(store_add(store, &input, 1, T0, &added, &err));
	must(store_commit(store, &err));
}

/* A repeatable 5 % of noise, as real steps have. */
MAYBE_UNUSED static double noise(int64_t job)
{
	return 1 + 0.05 * (double)((job * 7919) % 21 - 10) / 10;
}

/* 40 steps of 1 to 8 GiB, an hour apart, 100 s a GiB and 1 GiB of memory a GiB; the next hour is
 * the 41st. */
MAYBE_UNUSED static void add_history(struct store *store, const char *partition, int64_t first_job,
				     int count)
{
	for (int i = 0; i < count; i++) {
		int64_t gib = 1 + i % 8;
		struct jo_record record = step_of(first_job + i, T0 + i * HOUR,
						  100 * (double)gib * noise(i), gib * GIB);

		(void)strcpy(record.partition, partition);
		record.mem_peak_bytes = (int64_t)((double)(gib * GIB) * noise(i + 3));
		add(store, &record, STEP_STATE_COMPLETED);
	}
}

struct kept {
	struct judge_result list[1000];
	size_t count;
};

MAYBE_UNUSED static int keep(void *context, const struct judge_result *result,
			     struct jo_err *sink_err)
{
	struct kept *kept = context;

	(void)sink_err;
	if (kept->count < 1000)
		kept->list[kept->count++] = *result;
	return 0;
}

MAYBE_UNUSED static const struct judge_result *judge(struct store *store, int64_t from,
						     unsigned threads, struct kept *kept)
{
	struct judge_options options;

	judge_options_init(&options);
	options.thread_count = threads;
	kept->count = 0;
	must(judge_range(store, &options, NULL, from, JO_MISSING, keep, kept, &err));
	return kept->list;
}

/* A verdict from the store, and what is said of it; both texts are the caller's to free. */
MAYBE_UNUSED static void read_verdict(struct store *store, int64_t job, enum metric metric,
				      char **ret_sentence, char **ret_borrowed,
				      struct step_verdict *ret_verdict)
{
	const struct store_job wanted = {job, JO_MISSING, JO_MISSING, JO_MISSING};
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step step;

	store_verdict_selection_init(&selection);
	selection.steps.jobs = &wanted;
	selection.steps.job_count = 1;
	selection.metric_mask = 1U << metric;
	must(store_verdicts_open(store, &selection, &cursor, &err));
	must(store_verdicts_next(cursor, &step, ret_verdict, &err));
	*ret_sentence = audit_sentence(&step, ret_verdict);
	*ret_borrowed = xstrdup(ret_verdict->borrowed_from);
	store_cursor_close(cursor);
}

MAYBE_UNUSED static void begin_tests(void)
{
	(void)setenv("TZ", "Europe/Berlin", 1);
	if (mkdtemp(folder) == NULL)
		exit(1);
}

MAYBE_UNUSED static int end_tests(void)
{
	char command[100];

	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	if (system(command) != 0)
		return 1;
	return tap_done();
}

/* Everything that is said of a step, to the last bit: a line a metric, into a strbuf. */
MAYBE_UNUSED static int write_down(void *context, const struct judge_result *result,
				   struct jo_err *sink_err)
{
	struct strbuf *text = context;

	(void)sink_err;
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		const struct judge_verdict *v = &result->verdicts[m];

		strbuf_addf(text, "%d/%zu %d %d %s %a %a %a %a %a %a %a", (int)result->job_id, m,
			    v->verdict, v->watch, v->reason, v->value, v->expected, v->low, v->high,
			    v->ratio, v->score, v->p_value);
		if (v->provenance != NULL)
			strbuf_addf(text, " %zu %zu %zu %zu %d %a %d %s %s %s",
				    v->provenance->history_n, v->provenance->censored_n,
				    v->provenance->night_n, v->provenance->apart_n,
				    (int)(v->provenance->regime_start_unix_us / S),
				    v->provenance->regime_ratio, v->provenance->is_sized,
				    v->provenance->group, v->provenance->borrowed_from,
				    v->provenance->attrs_used);
		strbuf_addc(text, '\n');
	}
	return 0;
}

#endif

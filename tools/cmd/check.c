/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: judge steps, and store what was found or show what would be. */
#include "cmd/cmd.h"
#include "cmd/judging.h"
#include "cmd/select.h"
#include "judge/judge.h"
#include "util/alloc.h"
#include "util/when.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_COLUMNS "job,step,metric,verdict,reason,value,expected,low,high,ratio,score"

struct check_args {
	struct cmd_select select;
	struct cmd_output output;
	bool has_since;
	int64_t since_unix_us;
	unsigned verdict_mask; /* bit 1 << enum model_verdict; 0: not given */
};

enum { OPTION_SINCE = 0x200 };

static const struct argp_option options[] = {
	{"since", OPTION_SINCE, "TIME", 0,
	 "judge the steps that ended at or after TIME against those that ended before it, and "
	 "store "
	 "nothing",
	 0},
	{"verdict", 'v', "VERDICT[,...]", 0,
	 "list only these verdicts: high, low, normal or unjudged", 0},
	{0},
};

static int add_verdicts(struct check_args *args, const char *text, struct jo_err *err)
{
	struct strlist words = {0};
	int rc = 0;

	strlist_split(&words, text);
	for (size_t i = 0; rc == 0 && i < words.count; i++) {
		unsigned bit = 0;

		for (int v = 0; v < MODEL_VERDICTS; v++)
			if (strcmp(words.list[i], model_verdict_word((enum model_verdict)v)) == 0)
				bit = 1U << v;
		if (bit == 0)
			rc = jo_err_set(err, -EINVAL,
					"'%.40s' is not a verdict: expected high, low, normal or "
					"unjudged",
					words.list[i]);
		args->verdict_mask |= bit;
	}
	strlist_release(&words);
	return rc;
}

static error_t check_option(int key, char *text, struct argp_state *state)
{
	struct check_args *args = state->input;
	struct jo_err err = {0};

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->select;
		state->child_inputs[1] = &args->output;
		return 0;
	case OPTION_SINCE:
		if (when_parse(text, args->select.now_unix_us, &args->since_unix_us, &err) < 0)
			argp_error(state, "%s", err.text);
		args->has_since = true;
		return 0;
	case 'v':
		if (add_verdicts(args, text, &err) < 0)
			argp_error(state, "%s", err.text);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One line of output: one metric of a step. */
struct row {
	const struct judge_result *result;
	enum model_metric metric;
};

static const struct judge_verdict *verdict_of(const void *row)
{
	const struct row *of = row;

	return &of->result->verdicts[of->metric];
}

/* The store's functions write job and step, and look at nothing else. */
static struct store_step step_of(const void *row)
{
	const struct judge_result *result = ((const struct row *)row)->result;

	return (struct store_step){
		.job_id = result->job_id,
		.array_job_id = result->array_job_id,
		.array_task_id = result->array_task_id,
		.het_job_id = result->het_job_id,
		.het_job_offset = result->het_job_offset,
		.step_id = result->step_id,
		.step_kind = result->step_kind,
		.restart_count = result->restart_count,
	};
}

static void get_job(const void *row, const struct out_column *column, struct out_cell *cell)
{
	struct store_step step = step_of(row);
	char text[STORE_JOB_TEXT_SIZE];

	(void)column;
	out_text(cell, store_job_format(&step, text, sizeof(text)));
}

static void get_step(const void *row, const struct out_column *column, struct out_cell *cell)
{
	struct store_step step = step_of(row);
	char text[STORE_JOB_TEXT_SIZE];

	(void)column;
	out_text(cell, store_step_format(&step, text, sizeof(text)));
}

static void get_metric(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, model_metric_word(((const struct row *)row)->metric));
}

static void get_end(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_time(cell, ((const struct row *)row)->result->end_unix_us);
}

static void get_verdict(const void *row, const struct out_column *column, struct out_cell *cell)
{
	enum model_verdict verdict;

	memcpy(&verdict, (const char *)verdict_of(row) + column->offset, sizeof(verdict));
	out_text(cell, model_verdict_word(verdict));
}

static void get_reason(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, verdict_of(row)->reason);
}

static double real_of(const void *row, const struct out_column *column)
{
	double value;

	memcpy(&value, (const char *)verdict_of(row) + column->offset, sizeof(value));
	return value;
}

static void get_value(const void *row, const struct out_column *column, struct out_cell *cell)
{
	cmd_out_metric(cell, ((const struct row *)row)->metric, real_of(row, column));
}

static void get_ratio(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_ratio(cell, real_of(row, column));
}

static void get_real(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_real(cell, real_of(row, column));
}

#define AT(member) offsetof(struct judge_verdict, member), 0

/* clang-format off */
static const struct out_column columns[] = {
	{"job", "JOB", false, "the job, as Slurm writes it", get_job, 0, 0},
	{"step", "STEP", false, "the step: a number, batch or interactive", get_step, 0, 0},
	{"end", "END", false, "when it ended", get_end, 0, 0},
	{"metric", "METRIC", false, "what was judged: wall or memory", get_metric, 0, 0},
	{"verdict", "VERDICT", false, "normal, high, low or unjudged", get_verdict, AT(verdict)},
	{"reason", "REASON", false, "why it is unjudged", get_reason, 0, 0},
	{"value", "VALUE", true, "what it took, in seconds or bytes", get_value, AT(value)},
	{"expected", "EXPECTED", true, "what was expected", get_value, AT(expected)},
	{"low", "LOW", true, "least that is normal", get_value, AT(low)},
	{"high", "HIGH", true, "most that is normal", get_value, AT(high)},
	{"ratio", "RATIO", true, "value by expectation", get_ratio, AT(ratio)},
	{"score", "SCORE", true, "how surprising it is; compares between groups", get_real, AT(score)},
	{"p_value", "P", true, "share of normal steps that are as far out", get_real, AT(p_value)},
	{"watch", "WATCH", false, "the verdict at the softer level", get_verdict, AT(watch)},
	{NULL, NULL, false, NULL, NULL, 0, 0},
};
/* clang-format on */

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, columns, DEFAULT_COLUMNS);
}

/* What was judged, kept until all is known, as it is printed in another order. */
struct results {
	struct judge_result *list;
	size_t count, capacity;
};

static int keep_result(void *context, const struct judge_result *result, struct jo_err *err)
{
	struct results *results = context;

	(void)err;
	if (results->count == results->capacity) {
		results->capacity = results->capacity * 2 + 256;
		results->list =
			xreallocarray(results->list, results->capacity, sizeof(results->list[0]));
	}
	results->list[results->count++] = *result;
	return 0;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_results(const void *a, const void *b)
{
	const struct judge_result *x = a, *y = b;
	const int by[] = {
		compare_numbers(x->end_unix_us, y->end_unix_us),
		compare_numbers(x->job_id, y->job_id),
		compare_numbers(x->array_task_id, y->array_task_id),
		compare_numbers(x->step_id, y->step_id),
		compare_numbers(x->restart_count, y->restart_count),
		compare_numbers(x->id, y->id),
	};

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (by[i] != 0)
			return by[i];
	return 0;
}

/* People asked for outliers; programs get everything unless they say otherwise. */
static unsigned listed_verdicts(const struct check_args *args)
{
	if (args->verdict_mask != 0)
		return args->verdict_mask;
	if (args->output.format == OUT_TABLE)
		return 1U << MODEL_HIGH | 1U << MODEL_LOW;
	return ~0U;
}

static int print_results(const struct check_args *args, struct results *results, struct jo_err *err)
{
	unsigned mask = listed_verdicts(args);
	struct out *out;
	int rc = cmd_output_open(&args->output, "verdicts", columns, DEFAULT_COLUMNS, &out, err);

	if (rc != CMD_DONE)
		return rc;
	if (results->count > 0)
		qsort(results->list, results->count, sizeof(results->list[0]), compare_results);
	for (size_t i = 0; i < results->count; i++) {
		for (size_t m = 0; m < MODEL_METRICS; m++) {
			struct row row = {&results->list[i], (enum model_metric)m};

			if (mask & 1U << verdict_of(&row)->verdict)
				out_row(out, &row);
		}
	}
	return out_close(out, err);
}

static bool has_selection(const struct cmd_select *select)
{
	return select->has_since || select->has_until || select->users.count > 0 ||
	       select->partitions.count > 0 || select->clusters.count > 0 ||
	       select->accounts.count > 0 || select->classes.count > 0 || select->job_count > 0 ||
	       select->state_mask != 0;
}

static int check_since(struct cmd_env *env, struct check_args *args,
		       const struct judge_options *judge_options, struct jo_err *err)
{
	struct store_selection selection;
	struct results results = {0};
	struct store *store = NULL;
	int rc = cmd_store_open(env, STORE_READ, &store, err);

	if (rc < 0)
		return rc;
	cmd_select_apply(&args->select, &selection);
	rc = judge_range(store, judge_options, has_selection(&args->select) ? &selection : NULL,
			 args->since_unix_us, JO_MISSING, keep_result, &results, err);
	store_close(store);
	if (rc == 0)
		rc = print_results(args, &results, err);
	free(results.list);
	return rc;
}

static void summarise(struct cmd_env *env, const struct judge_summary *summary)
{
	const int64_t *wall = summary->verdict_count[MODEL_WALL];
	const int64_t *memory = summary->verdict_count[MODEL_MEMORY];

	cmd_summary(env,
		    "%" PRId64 " steps in %" PRId64 " nights; wall time: %" PRId64 " high, %" PRId64
		    " low, %" PRId64 " unjudged; memory: %" PRId64 " high, %" PRId64
		    " low, %" PRId64 " unjudged",
		    summary->step_count, summary->night_count, wall[MODEL_HIGH], wall[MODEL_LOW],
		    wall[MODEL_UNJUDGED], memory[MODEL_HIGH], memory[MODEL_LOW],
		    memory[MODEL_UNJUDGED]);
}

static int check_pending(struct cmd_env *env, struct check_args *args,
			 const struct judge_options *judge_options, struct jo_err *err)
{
	bool want_list = args->output.format != OUT_TABLE || args->verdict_mask != 0;
	struct judge_summary summary;
	struct results results = {0};
	struct store *store = NULL;
	int rc = cmd_store_open(env, STORE_WRITE, &store, err);

	if (rc < 0)
		return rc;
	rc = judge_pending(store, judge_options, env->now_unix_us, want_list ? keep_result : NULL,
			   &results, &summary, err);
	store_close(store);
	if (rc == 0 && want_list)
		rc = print_results(args, &results, err);
	else if (rc == 0)
		summarise(env, &summary);
	free(results.list);
	return rc;
}

int cmd_check(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {
		{&cmd_select_argp, 0, "Selection, with --since:", 2},
		{&cmd_output_argp, 0, "Output:", 3},
		{0}};
	static const struct argp argp = {
		options,
		check_option,
		NULL,
		"Judge the steps that were not judged yet, each night against what ended before "
		"it, "
		"and store the verdicts.  With --since, show what would be said instead.\v",
		children,
		help,
		NULL,
	};
	struct check_args args = {.select.now_unix_us = env->now_unix_us};
	struct judge_options judge_options;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		goto out;
	cmd_judge_options(env->conf, &judge_options);
	if (args.has_since)
		rc = check_since(env, &args, &judge_options, err);
	else if (has_selection(&args.select))
		rc = jo_err_set(err, CMD_USAGE, "a selection of steps needs --since TIME");
	else
		rc = check_pending(env, &args, &judge_options, err);
out:
	cmd_select_release(&args.select);
	return rc;
}

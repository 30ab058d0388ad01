/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: judge steps, and store what was found or show what would be. */
#include "cmd/check_rows.h"
#include "cmd/check_slurm.h"
#include "cmd/cmd.h"
#include "cmd/judge_options.h"
#include "cmd/selection.h"
#include "cmd/verdict_choice.h"
#include "judge/judge.h"
#include "util/progress.h"
#include "util/strbuf.h"
#include "util/when.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct check_args {
	struct cmd_selection select;
	struct out_options output;
	bool has_since, want_running, want_all;
	struct judge_part part;
	struct check_slurm slurm;
	int64_t since_unix_us;
	struct verdict_choice choice;
	struct progress progress;
};

enum { OPTION_SINCE = 0x200, OPTION_RUNNING, OPTION_ALL, OPTION_PART, OPTION_SLURM };

static const struct argp_option options[] = {
	{"since", OPTION_SINCE, "TIME", 0,
	 "judge the steps that ended at or after TIME against those that ended before it, and "
	 "store "
	 "nothing",
	 0},
	{"running", OPTION_RUNNING, NULL, 0,
	 "judge the steps that run, by how long they have run, and store nothing", 0},
	{"all", OPTION_ALL, NULL, 0,
	 "judge also what ended before the last JudgeDays, which is history else", 0},
	{"part", OPTION_PART, "K/N", 0,
	 "judge the groups of the Kth of N parts alone, beside who judges the others", 0},
	{"slurm", OPTION_SLURM, "N", 0,
	 "have N parts judged by an array of Slurm's jobs, and judge here what these leave; what "
	 "follows -- are options of sbatch",
	 0},
	{"verdict", 'v', "VERDICT[,...]", 0, "list only these verdicts: " VERDICT_CHOICE_WORDS, 0},
	{0},
};

/* Parts store in turn, each for a second or so, and there may be hundreds. */
#define PART_PATIENCE_MS (INT64_C(600) * 1000)

/* Numbers of a part, as "3/16". */
static void read_part(const char *text, struct judge_part *ret_part, struct argp_state *state)
{
	unsigned number, count;
	int end = 0;

	if (sscanf(text, "%4u/%4u%n", &number, &count, &end) != 2 || text[end] != '\0' ||
	    strspn(text, "0123456789/") != strlen(text) || number < 1 || number > count ||
	    count > JUDGE_PART_LANES)
		argp_error(state, "--part=%s: expected K/N with 1 <= K <= N <= %d, such as 3/16",
			   text, JUDGE_PART_LANES);
	*ret_part = judge_part_of(number, count);
}

static void read_count(const char *text, uint32_t *ret_count, struct argp_state *state)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);

	if (strspn(text, "0123456789") != strlen(text) || end == text || count < 1 ||
	    count > JUDGE_PART_LANES)
		argp_error(state, "--slurm=%s: expected a number of jobs from 1 to %d", text,
			   JUDGE_PART_LANES);
	*ret_count = (uint32_t)count;
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
		cmd_read_time(text, args->select.now_unix_us, &args->since_unix_us, state);
		args->has_since = true;
		return 0;
	case OPTION_RUNNING:
		args->want_running = true;
		return 0;
	case OPTION_ALL:
		args->want_all = true;
		return 0;
	case OPTION_PART:
		read_part(text, &args->part, state);
		return 0;
	case OPTION_SLURM:
		read_count(text, &args->slurm.part_count, state);
		return 0;
	case ARGP_KEY_ARG:
		if (text[0] != '-')
			return ARGP_ERR_UNKNOWN;
		strlist_add(&args->slurm.options, text);
		return 0;
	case 'v':
		if (verdict_choice_add(&args->choice, text, &err) < 0)
			argp_error(state, "%s", err.text);
		return 0;
	case ARGP_KEY_END:
		if (args->has_since && args->want_running)
			argp_error(state, "--running and --since exclude each other");
		if (args->want_all && (args->has_since || args->want_running))
			argp_error(state, "--all is about what is stored: neither --since nor "
					  "--running goes with it");
		if (!judge_part_is_whole(&args->part) && (args->has_since || args->want_running))
			argp_error(state, "--part is about what is stored: neither --since nor "
					  "--running goes with it");
		if (args->slurm.part_count > 0 &&
		    (args->has_since || args->want_running || !judge_part_is_whole(&args->part)))
			argp_error(state, "--slurm goes with neither --part, --since nor "
					  "--running");
		if (args->slurm.options.count > 0 && args->slurm.part_count == 0)
			argp_error(state, "options of sbatch need --slurm");
		if (args->want_running && args->select.state_mask != 0)
			argp_error(state, "--running is a state: --state does not go with it");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return check_rows_help(key, text);
}

/*
 * People asked for outliers; programs get everything unless they say otherwise,
 * but of what runs not what is as it should be.
 */
static struct verdict_choice listed_verdicts(const struct check_args *args)
{
	unsigned mask = ~0U;

	if (verdict_choice_is_set(&args->choice))
		return args->choice;
	if (args->want_running)
		mask = 1U << VERDICT_HIGH |
		       (args->output.format == OUT_TABLE ? 0 : 1U << VERDICT_UNJUDGED);
	else if (args->output.format == OUT_TABLE)
		mask = 1U << VERDICT_HIGH | 1U << VERDICT_LOW;
	return (struct verdict_choice){.verdict_mask = mask};
}

static bool has_selection(const struct cmd_selection *select)
{
	return select->has_since || select->has_until || select->users.count > 0 ||
	       select->partitions.count > 0 || select->clusters.count > 0 ||
	       select->accounts.count > 0 || select->classes.count > 0 || select->job_count > 0 ||
	       select->state_mask != 0;
}

static void show_progress(void *context, size_t done, size_t total)
{
	struct progress *progress = context;

	progress->total = (int64_t)total;
	progress_update(progress, (int64_t)done);
}

/* Judge without storing anything, and print: what ended since a time, or what runs. */
static int check_and_show(struct cmd_env *env, struct check_args *args,
			  const struct judge_options *judge_options, struct jo_err *err)
{
	unsigned metric_mask = args->want_running ? 1U << METRIC_WALL : ~0U;
	struct check_rows verdicts = {0};
	struct verdict_choice choice = listed_verdicts(args);
	struct store_selection all;
	const struct store_selection *selection = has_selection(&args->select) ? &all : NULL;
	struct store *store = NULL;
	int rc = cmd_store_read(env, args->output.format == OUT_TABLE, &store, err);

	if (rc < 0)
		return rc;
	cmd_selection_apply(&args->select, &all);
	if (args->want_running)
		rc = judge_running(store, judge_options, selection, env->now_unix_us,
				   check_rows_keep, &verdicts, err);
	else
		rc = judge_range(store, judge_options, selection, args->since_unix_us, JO_MISSING,
				 check_rows_keep, &verdicts, err);
	progress_stop(&args->progress);
	if (rc == 0)
		rc = check_rows_print(&verdicts, store, &args->output, &choice, metric_mask, err);
	store_close(store);
	check_rows_release(&verdicts);
	return rc;
}

static void summarise(struct cmd_env *env, const struct check_args *args,
		      const struct check_slurm_result *jobs, const struct judge_summary *summary)
{
	int64_t history_n = jobs->new_history_count + summary->new_history_count;
	struct strbuf counts;

	strbuf_init(&counts);
	for (int m = 0; m < METRIC_COUNT; m++) {
		const int64_t *count = summary->verdict_count[m];

		if (metric_infos[m].is_optional && count[VERDICT_HIGH] + count[VERDICT_LOW] +
								   count[VERDICT_NORMAL] +
								   count[VERDICT_UNJUDGED] ==
							   0)
			continue;
		strbuf_addf(&counts,
			    "; %s: %" PRId64 " high, %" PRId64 " low, %" PRId64 " unjudged",
			    metric_infos[m].title, count[VERDICT_HIGH], count[VERDICT_LOW],
			    count[VERDICT_UNJUDGED]);
	}
	if (summary->new_drift_count > 0)
		strbuf_addf(&counts, "; %" PRId64 " level%s moved", summary->new_drift_count,
			    words_plural(summary->new_drift_count));
	if (history_n > 0)
		strbuf_addf(&counts,
			    "; %" PRId64 " older step%s became history, not judged: 'check --all' "
			    "judges %s, too",
			    history_n, words_plural(history_n), history_n == 1 ? "it" : "them");
	if (summary->anew_count > 0)
		strbuf_adds(&counts, "; begun anew, as another command changed GroupBy or "
				     "ClassNames meanwhile");
	if (jobs->job_ids[0] != '\0')
		cmd_summary(env,
			    "%" PRId64 " step%s in %" PRIu32 " part%s by job %s of Slurm; here: "
			    "%" PRId64 " step%s in %" PRId64 " night%s%s",
			    jobs->step_count, words_plural(jobs->step_count),
			    args->slurm.part_count, words_plural(args->slurm.part_count),
			    jobs->job_ids, summary->step_count, words_plural(summary->step_count),
			    summary->night_count, words_plural(summary->night_count), counts.text);
	else
		cmd_summary(env, "%" PRId64 " step%s in %" PRId64 " night%s%s", summary->step_count,
			    words_plural(summary->step_count), summary->night_count,
			    words_plural(summary->night_count), counts.text);
	strbuf_release(&counts);
}

static int take_lock(struct store *store, const struct judge_part *part, struct store_lock **ret_lock,
		     struct jo_err *err)
{
	if (judge_part_is_whole(part))
		return store_lock_take(store, STORE_LOCK_CHECK, ret_lock, err);
	return store_lock_take_part(store, STORE_LOCK_CHECK, part->first, part->last, ret_lock, err);
}

/* A job that Slurm has ended lives on for KillWait, 30 s as a rule, and one whose node is lost
 * until the server misses it. */
#define LINGER_MAX_US (INT64_C(120) * 1000000)

static int take_lock_after_jobs(struct store *store, struct store_lock **ret_lock, struct jo_err *err)
{
	int64_t begin_us = when_monotonic_us();
	int rc;

	while ((rc = store_lock_take(store, STORE_LOCK_CHECK, ret_lock, err)) == -EBUSY &&
	       when_monotonic_us() - begin_us < LINGER_MAX_US)
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_sec = 1}, NULL);
	return rc;
}

/* A check that runs already is told of before anything is submitted. */
static int run_jobs(struct cmd_env *env, struct store *store, struct check_args *args,
		    const struct judge_options *judge_options, struct check_slurm_result *jobs,
		    struct jo_err *err)
{
	struct store_lock *lock;
	int rc;

	if (!store_is_shared(store_path(store)))
		return jo_err_set(err, CMD_USAGE,
				  "--slurm needs a database that the nodes reach, as on a "
				  "PostgreSQL server; of %s --part judges parts on this host",
				  store_path(store));
	rc = store_lock_take(store, STORE_LOCK_CHECK, &lock, err);
	if (rc < 0)
		return rc;
	store_lock_release(lock);
	args->slurm.want_all = args->want_all;
	return check_slurm_run(env, store, judge_options, &args->slurm, &args->progress, jobs, err);
}

static int check_pending(struct cmd_env *env, struct check_args *args,
			 const struct judge_options *judge_options, struct jo_err *err)
{
	bool want_list = args->output.format != OUT_TABLE || verdict_choice_is_set(&args->choice);
	struct verdict_choice choice = listed_verdicts(args);
	struct check_slurm_result jobs = {0};
	struct judge_summary summary;
	struct check_rows verdicts = {0};
	struct store_lock *lock = NULL;
	struct store *store = NULL;
	int rc = cmd_store_open(env, STORE_WRITE, &store, err);

	if (rc < 0)
		return rc;
	if (args->slurm.part_count > 0)
		rc = run_jobs(env, store, args, judge_options, &jobs, err);
	if (rc == 0)
		rc = jobs.job_ids[0] != '\0'
			     ? take_lock_after_jobs(store, &lock, err)
			     : take_lock(store, &args->part, &lock, err);
	if (rc == 0)
		rc = judge_pending(store, judge_options, env->now_unix_us,
				   want_list ? check_rows_keep : NULL, &verdicts, &summary, err);
	store_lock_release(lock);
	progress_stop(&args->progress);
	if (rc == 0 && want_list)
		rc = check_rows_print(&verdicts, store, &args->output, &choice, ~0U, err);
	else if (rc == 0)
		summarise(env, args, &jobs, &summary);
	store_close(store);
	check_rows_release(&verdicts);
	return rc == -EBUSY ? CMD_BUSY : rc;
}

int cmd_check(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {
		{&cmd_selection_argp, 0, "Selection, with --since or --running:", 2},
		{&cmd_output_argp, 0, "Output:", 3},
		{0}};
	static const struct argp argp = {
		options,
		check_option,
		NULL,
		"Judge the steps of the last JudgeDays that were not judged yet, each night "
		"against what ended before it, and store the verdicts.  With --since or --running, "
		"show what would be said "
		"instead.\v",
		children,
		help,
		NULL,
	};
	struct check_args args = {.select.now_unix_us = env->now_unix_us, .part = JUDGE_PART_WHOLE};
	struct judge_options judge_options;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		goto out;
	cmd_judge_options(env->conf, &judge_options);
	judge_options.part = args.part;
	if (!judge_part_is_whole(&args.part) || args.slurm.part_count > 0)
		env->patience_ms = PART_PATIENCE_MS;
	progress_start(&args.progress, "judging steps", 0);
	if (args.progress.is_watched) { /* how much there is takes a while to count */
		judge_options.progress = show_progress;
		judge_options.progress_context = &args.progress;
	}
	if (args.want_all)
		judge_options.judge_days = 0;
	if (args.has_since || args.want_running)
		rc = check_and_show(env, &args, &judge_options, err);
	else if (has_selection(&args.select))
		rc = jo_err_set(err, CMD_USAGE, "a selection of steps needs --since or --running");
	else
		rc = check_pending(env, &args, &judge_options, err);
out:
	cmd_selection_release(&args.select);
	strlist_release(&args.slurm.options);
	return rc;
}

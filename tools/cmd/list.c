/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list: recorded steps with their verdicts, chosen and printed as by sacct. */
#include "cmd/cmd.h"
#include "cmd/leave_request.h"
#include "cmd/list_columns.h"
#include "cmd/list_drifts.h"
#include "cmd/selection.h"
#include "cmd/verdict_choice.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/strbuf.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_COLUMNS                                                                            \
	"job,user,partition,class,state,exit,start,wall_s,input_bytes,memory_bytes,verdict"

struct list_args {
	struct cmd_selection select;
	struct out_options output;
	struct verdict_choice choice; /* not set: any, also none */
	bool want_all_users, want_drifts;
};

enum { OPTION_DRIFT = 0x200 };

static const struct argp_option options[] = {
	{"allusers", 'a', NULL, 0, "steps of all users", 0},
	{"verdict", 'v', "VERDICT[,...]", 0, "only steps with this verdict: " VERDICT_CHOICE_WORDS,
	 0},
	{"drift", OPTION_DRIFT, NULL, 0,
	 "list groups of jobs whose level moved, instead of steps: those of the last two weeks "
	 "that hold, or with times those that began within them",
	 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct list_args *args = state->input;
	struct jo_err err = {0};

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->select;
		state->child_inputs[1] = &args->output;
		return 0;
	case 'a':
		args->want_all_users = true;
		return 0;
	case 'v':
		if (verdict_choice_add(&args->choice, text, &err) < 0)
			argp_error(state, "%s", err.text);
		return 0;
	case OPTION_DRIFT:
		args->want_drifts = true;
		return 0;
	case ARGP_KEY_END:
		if (args->want_drifts &&
		    (verdict_choice_is_set(&args->choice) || args->select.job_count > 0 ||
		     args->select.state_mask != 0 || args->select.accounts.count > 0 ||
		     args->select.want_profiled))
			argp_error(state, "--drift is about groups of jobs: of the selection, it "
					  "takes times, users, partitions, clusters and classes");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *help(int key, const char *text, void *input)
{
	char *of_steps, *of_drifts, *both;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	of_steps = out_columns_help(list_columns(), DEFAULT_COLUMNS);
	of_drifts = out_columns_help(list_drift_columns, list_drift_default_columns);
	both = xasprintf("%s\nWith --drift:\n\n%s", of_steps, of_drifts);
	free(of_steps);
	free(of_drifts);
	return both;
}

/*
 * As sacct: without a time, what ran in the last day, unless jobs are named;
 * and without a user, one's own, unless one looks after the database.
 */
static int fill_in_defaults(struct list_args *args, const char *database, struct jo_err *err)
{
	struct cmd_selection *select = &args->select;
	char own[USER_NAME_SIZE];
	int rc;

	if (!select->has_since && !select->has_until && select->job_count == 0 &&
	    !args->want_drifts) {
		select->has_since = true;
		select->since_unix_us = select->now_unix_us - 24 * 3600 * INT64_C(1000000);
	}
	if (args->want_all_users || select->users.count > 0 || store_is_keeper(database))
		return 0;
	rc = cmd_own_name(own, err);
	if (rc == 0)
		strlist_add(&select->users, own);
	return rc;
}

static bool is_wanted(const struct list_args *args, const struct judged_step *row)
{
	if (!verdict_choice_is_set(&args->choice))
		return true;
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (row->has_verdict[metric] &&
		    verdict_choice_has(&args->choice, row->verdicts[metric].verdict,
				       row->verdicts[metric].level))
			return true;
	return false;
}

/* What was listed, for the line below it. */
struct sum {
	int64_t step_count, running_count, high_count;
	double core_hours; /* of those of which run time and CPUs are known */
};

static void sum_add(struct sum *sum, const struct judged_step *row)
{
	double core_hours = row->step.wall_us == JO_MISSING
				    ? NAN
				    : metric_core_hours(METRIC_WALL, (double)row->step.wall_us,
							row->step.cpu_count);
	bool is_high = false;

	for (int metric = 0; metric < METRIC_COUNT; metric++)
		is_high |=
			row->has_verdict[metric] && row->verdicts[metric].verdict == VERDICT_HIGH;
	sum->step_count++;
	sum->running_count += row->step.state == STEP_STATE_RUNNING;
	sum->high_count += is_high;
	if (!isnan(core_hours))
		sum->core_hours += core_hours;
}

/* "12 steps: 1 running, 2 high, 81.5 core-hours" */
static void sum_print(const struct sum *sum)
{
	struct strbuf parts;

	strbuf_init(&parts);
	if (sum->running_count > 0)
		strbuf_add_part(&parts, "%" PRId64 " running", sum->running_count);
	if (sum->high_count > 0)
		strbuf_add_part(&parts, "%" PRId64 " high", sum->high_count);
	if (sum->core_hours > 0)
		strbuf_add_part(&parts, "%.1f core-hours", sum->core_hours);
	(void)printf("%" PRId64 " step%s%s%s\n", sum->step_count, words_plural(sum->step_count),
		     parts.len > 0 ? ": " : "", parts.text);
	strbuf_release(&parts);
}

static int print_steps(const struct list_args *args, struct store *store, struct out *out,
		       struct sum *sum, struct jo_err *err)
{
	struct store_selection selection;
	struct store_judged_choice choice;
	struct store_judged *steps = NULL;
	struct judged_step row;
	int rc;

	cmd_selection_apply(&args->select, &selection);
	choice = (struct store_judged_choice){args->choice.verdict_mask, args->choice.least_level};
	rc = store_judged_open(store, &selection, &choice, &steps, err);
	if (rc < 0)
		return rc;
	while ((rc = store_judged_next(steps, &row, err)) > 0)
		if (is_wanted(args, &row)) {
			out_row(out, &row);
			sum_add(sum, &row);
		}
	store_judged_close(steps);
	return rc;
}

int cmd_list(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {
		{&cmd_selection_argp, 0, "Which steps:", 2},
		{&cmd_output_argp, 0, "Output:", 3},
		{0},
	};
	static const struct argp argp = {
		options,
		option,
		NULL,
		"List recorded job steps with their verdicts, those of the last day unless "
		"told otherwise.",
		children,
		help,
		NULL,
	};
	struct list_args args = {.select.now_unix_us = env->now_unix_us};
	struct store *store = NULL;
	struct out *out = NULL;
	struct sum sum = {0};
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		goto out;
	rc = fill_in_defaults(&args, env->conf->database, err);
	if (rc == 0 && args.want_drifts) {
		rc = list_drifts(env, &args.select, &args.output, err);
		goto out;
	}
	if (rc == 0)
		rc = cmd_store_read(env, args.output.format == OUT_TABLE, &store, err);
	if (rc < 0)
		goto out;
	if (args.want_all_users && args.output.format == OUT_TABLE && store_is_own_only(store))
		log_line("your own jobs alone: those of others are not for this role");
	rc = cmd_output_open(&args.output, "steps", list_columns(), DEFAULT_COLUMNS, &out, err);
	if (rc != CMD_DONE)
		goto out;
	rc = print_steps(&args, store, out, &sum, err);
	if (rc == 0)
		rc = out_close(out, err);
	else
		(void)out_close(out, NULL);
	if (rc == 0 && sum.step_count > 0 && args.output.format == OUT_TABLE &&
	    !args.output.no_header)
		sum_print(&sum);
	if (rc == 0 && sum.step_count == 0)
		rc = cmd_selection_tell_unknown(&args.select, store, err);
out:
	store_close(store);
	cmd_selection_release(&args.select);
	return rc;
}

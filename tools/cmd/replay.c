/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay: what past nights would have mailed to whom, as configured and with other keys. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/replay_rows.h"
#include "cmd/replay_side.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/progress.h"
#include "util/strbuf.h"
#include "util/when.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#define WEEKS_DEFAULT 4 /* a month of mails is what a site wants to see before its first */
#define WEEKS_MAX 520   /* ten years: a larger number is a slip */
#define WEEK_DAYS 7     /* days */

static const char *const by_words[] = {"night", "user", "total", NULL};

struct replay_args {
	struct out_options output;
	int64_t now_unix_us, since_unix_us, until_unix_us; /* since: JO_MISSING when not given */
	long weeks;                                        /* 0: not given */
	struct strlist sets;
	enum replay_by by;
	bool has_by;
};

enum { OPTION_WEEKS = 0x200, OPTION_SET, OPTION_BY };

static const struct argp_option options[] = {
	{"weeks", OPTION_WEEKS, "N", 0, "the nights of the last N weeks; 4 when not given", 0},
	{"starttime", 'S', "TIME", 0, "instead: the nights after TIME", 0},
	{"endtime", 'E', "TIME", 0,
	 "until TIME, now when not given; each night's mail goes at its time of day", 0},
	{"set", OPTION_SET, "KEY=VALUE", 0,
	 "with this value of a configuration key, beside what the configuration has; may be "
	 "repeated",
	 0},
	{"by", OPTION_BY, "WHAT", 0, "a line for each night, each user, or in total", 0},
	{0},
};

static void check(const struct replay_args *args, struct argp_state *state)
{
	if (args->weeks != 0 && args->since_unix_us != JO_MISSING)
		argp_error(state, "either --weeks or --starttime");
	if (args->until_unix_us > args->now_unix_us)
		argp_error(state, "the end lies in the future");
	if (args->since_unix_us != JO_MISSING && args->since_unix_us > args->now_unix_us)
		argp_error(state, "the start lies in the future");
	if (args->since_unix_us != JO_MISSING && args->since_unix_us >= args->until_unix_us)
		argp_error(state, "the start is not before the end");
}

static void read_weeks(struct replay_args *args, const char *text, struct argp_state *state)
{
	char *end;

	errno = 0;
	args->weeks = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || args->weeks < 1 || args->weeks > WEEKS_MAX)
		argp_error(state, "--weeks=%.40s: expected a whole number from 1 to %d", text,
			   WEEKS_MAX);
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct replay_args *args = state->input;
	int word;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->output;
		return 0;
	case OPTION_WEEKS:
		read_weeks(args, text, state);
		return 0;
	case 'S':
	case 'E':
		cmd_read_time(text, args->now_unix_us,
			      key == 'S' ? &args->since_unix_us : &args->until_unix_us, state);
		return 0;
	case OPTION_SET:
		strlist_add(&args->sets, text);
		return 0;
	case OPTION_BY:
		word = words_index(by_words, text);
		if (word < 0)
			argp_error(state, "--by=%.40s: expected night, user or total", text);
		args->by = (enum replay_by)word;
		args->has_by = true;
		return 0;
	case ARGP_KEY_END:
		check(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- the nights ---- */

struct replay_run {
	struct cmd_env *env;
	const struct replay_args *args;
	struct store *store;
	struct replay_side sides[REPLAY_SIDES];
	struct wishes wishes;
	bool has_wishes;
	int64_t *times;
	struct replay_outcome outcome;
	struct progress progress;
};

/* So many days before the time, at the same time of day. */
static int64_t days_before(int64_t unix_us, long days)
{
	time_t unix_s = (time_t)(unix_us / JO_US_PER_S);
	struct tm day;

	(void)localtime_r(&unix_s, &day);
	day.tm_mday -= (int)days;
	day.tm_isdst = -1;
	return (int64_t)mktime(&day) * JO_US_PER_S + unix_us % JO_US_PER_S;
}

/* How far back the mail of a time reaches: what ended before is in none of the later ones. */
static int64_t reach(const struct replay_run *run, int64_t time_unix_us)
{
	int64_t from_unix_us = time_unix_us;

	for (int i = 0; i < REPLAY_SIDES; i++) {
		struct mail_day day;

		finding_rules_look(&run->sides[i].settings.notify.rules, time_unix_us, &day);
		from_unix_us =
			MIN(from_unix_us, run->wishes.weekly.count > 0 ? day.weekly_from_unix_us
								       : day.from_unix_us);
	}
	return from_unix_us;
}

/*
 * The times of the mails.  Before those that are asked for come the ones that
 * would have told already what these could still tell.
 */
static void make_times(struct replay_run *run)
{
	const struct replay_args *args = run->args;
	int64_t since_unix_us = args->since_unix_us, first_unix_us, reach_unix_us;
	long count = 1, warm = 0;

	if (since_unix_us == JO_MISSING)
		since_unix_us =
			days_before(args->until_unix_us,
				    (args->weeks == 0 ? WEEKS_DEFAULT : args->weeks) * WEEK_DAYS);
	while (days_before(args->until_unix_us, count) > since_unix_us)
		count++;
	first_unix_us = days_before(args->until_unix_us, count - 1);
	reach_unix_us = reach(run, first_unix_us);
	while (days_before(first_unix_us, warm + 1) > reach_unix_us)
		warm++;
	run->outcome.first = (size_t)warm;
	run->outcome.count = (size_t)(warm + count);
	run->times = xcalloc(run->outcome.count, sizeof(*run->times));
	for (long i = 0; i < warm + count; i++)
		run->times[i] = days_before(args->until_unix_us, warm + count - 1 - i);
	run->outcome.times = run->times;
}

/* Whether there is anything to go by. */
static int check_steps(struct replay_run *run, struct jo_err *err)
{
	struct store_selection selection;
	char since[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];
	int64_t count, waiting_count, history_count, unjudged_count;
	const char *how;
	int rc;

	store_selection_init(&selection);
	selection.end_from_unix_us = days_before(run->times[run->outcome.first], 1);
	selection.end_to_unix_us = run->args->until_unix_us;
	rc = store_steps_count(run->store, &selection, &count, err);
	selection.want_unjudged = true;
	if (rc == 0)
		rc = store_steps_count(run->store, &selection, &waiting_count, err);
	selection.want_unjudged = false;
	selection.want_history = true;
	if (rc == 0)
		rc = store_steps_count(run->store, &selection, &history_count, err);
	if (rc < 0)
		return rc;
	unjudged_count = waiting_count + history_count;
	how = history_count > 0 ? "check --all" : "check";
	if (count == 0)
		return jo_err_set(err, -ENOENT,
				  "no step ended between %s and %s: there is nothing "
				  "to replay",
				  when_format(selection.end_from_unix_us, since),
				  when_format(selection.end_to_unix_us, until));
	if (unjudged_count == count)
		return jo_err_set(err, -ENOENT,
				  "the steps that ended between %s and %s were not "
				  "judged yet: run %s first",
				  when_format(selection.end_from_unix_us, since),
				  when_format(selection.end_to_unix_us, until), how);
	if (unjudged_count > 0)
		log_line("%" PRId64 " steps of these nights were not judged yet and are left out: "
			 "run %s first",
			 unjudged_count, how);
	return 0;
}

static void show_nights(void *context, size_t done)
{
	progress_update(context, (int64_t)done);
}

static int run_side(struct replay_run *run, enum replay_which which, struct jo_err *err)
{
	struct replay_side *side = &run->sides[which];
	const struct notify_replay_options replay_options = {
		.settings = &side->settings.notify,
		.wishes = &run->wishes,
		.times = run->times,
		.count = run->outcome.count,
		.first = run->outcome.first,
		.progress = show_nights,
		.progress_context = &run->progress,
	};
	int rc = replay_side_read(side, run->store, &run->wishes,
				  reach(run, run->times[run->outcome.first]),
				  run->args->until_unix_us, err);

	if (rc < 0)
		return rc;
	progress_start(&run->progress, "replaying nights", (int64_t)run->outcome.count);
	rc = notify_replay_run(run->store, &replay_options, &side->items,
			       &run->outcome.sides[which], err);
	progress_stop(&run->progress);
	return rc;
}

/* ---- what people read ---- */

static void tell_side(const struct replay_run *run, enum replay_which which, const char *label)
{
	const struct notify_replay *replay = &run->outcome.sides[which];
	struct replay_tally tally;

	replay_total(&run->outcome, which, &tally);
	(void)printf("%s: %" PRId64 " mail%s to %" PRId64 " user%s: %" PRId64
		     " finding%s in %" PRId64 " group%s\n",
		     label, tally.mail_count, words_plural(tally.mail_count), tally.user_count,
		     words_plural(tally.user_count), tally.finding_count,
		     words_plural(tally.finding_count), tally.group_count,
		     words_plural(tally.group_count));
	if (replay->held_count > 0)
		(void)printf("    high verdicts that a slow node explains, told to nobody: %zu\n",
			     replay->held_count);
	if (replay->unaddressed->len > 0)
		(void)printf("    users without an address, who would have had none: %u\n",
			     replay->unaddressed->len);
}

static int tell_people(const struct replay_run *run, struct jo_err *err)
{
	const struct replay_outcome *outcome = &run->outcome;
	const struct replay_args *args = run->args;
	char first[WHEN_TEXT_SIZE], last[WHEN_TEXT_SIZE];
	int rc;

	(void)printf("%zu nights, %.10s to %.10s\n", outcome->count - outcome->first,
		     when_format(outcome->times[outcome->first], first),
		     when_format(outcome->times[outcome->count - 1], last));
	tell_side(run, REPLAY_CONF, "as configured");
	if (outcome->has_set) {
		struct strbuf label;

		strbuf_init(&label);
		for (size_t i = 0; i < args->sets.count; i++)
			strbuf_addf(&label, "%s%s", i == 0 ? "with " : ", ", args->sets.list[i]);
		tell_side(run, REPLAY_SET, label.text);
		strbuf_release(&label);
	}
	(void)putchar('\n');
	rc = replay_print(outcome, &args->output, REPLAY_BY_NIGHT, err);
	(void)putchar('\n');
	return rc != CMD_DONE ? rc : replay_print(outcome, &args->output, REPLAY_BY_USER, err);
}

static int replay(struct replay_run *run, struct jo_err *err)
{
	bool is_for_people = run->args->output.format == OUT_TABLE && !run->args->has_by &&
			     run->args->output.columns == NULL;
	int rc;

	rc = cmd_store_open(run->env, STORE_READ, &run->store, err);
	if (rc == 0)
		rc = wishes_read(run->store, &run->wishes, err);
	if (rc < 0)
		return rc;
	run->has_wishes = true;
	make_times(run);
	rc = check_steps(run, err);
	if (rc == 0)
		rc = run_side(run, REPLAY_CONF, err);
	if (rc == 0 && run->outcome.has_set)
		rc = run_side(run, REPLAY_SET, err);
	if (rc < 0)
		return rc;
	return is_for_people ? tell_people(run, err)
			     : replay_print(&run->outcome, &run->args->output, run->args->by, err);
}

static void run_release(struct replay_run *run)
{
	for (int i = 0; i < REPLAY_SIDES; i++) {
		notify_replay_release(&run->outcome.sides[i]);
		replay_side_release(&run->sides[i]);
	}
	if (run->has_wishes)
		wishes_release(&run->wishes);
	free(run->times);
	store_close(run->store);
}

int cmd_replay(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {{&cmd_output_argp, 0, "Output:", 2}, {0}};
	static const struct argp argp = {
		options,
		option,
		NULL,
		"Tell how many mails the past nights would have sent to whom, about what, had "
		"users "
		"had mail; and how many with other values of configuration keys.  Nothing is sent "
		"or "
		"recorded.\v",
		children,
		replay_help,
		NULL,
	};
	struct replay_args args = {.now_unix_us = env->now_unix_us,
				   .since_unix_us = JO_MISSING,
				   .until_unix_us = env->now_unix_us};
	struct replay_run run = {.env = env, .args = &args};
	const struct strlist none = {0};
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		goto out;
	run.outcome.has_set = args.sets.count > 0;
	rc = replay_side_init(&run.sides[REPLAY_CONF], env->conf->path, &none, err);
	if (rc == 0)
		rc = replay_side_init(&run.sides[REPLAY_SET], env->conf->path, &args.sets, err);
	rc = rc < 0 ? CMD_USAGE : replay(&run, err);
out:
	run_release(&run);
	strlist_release(&args.sets);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What show tells of a step beside what was recorded: how it compares, and with whom. */
#include "cmd/show.h"
#include "step/measure.h"
#include "step/cause.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "joboutliers/units.h"
#include "explain/peers.h"
#include "explain/where.h"
#include "judge/audit.h"
#include "util/words.h"

/* What stands out first is told first: the clock, memory, then the rest. */
enum metric show_metric(const struct judged_step *row)
{
	int metric = 0;

	while (metric < METRIC_COUNT &&
	       !(row->has_verdict[metric] && row->verdicts[metric].verdict == VERDICT_HIGH))
		metric++;
	return metric < METRIC_COUNT ? (enum metric)metric : METRIC_WALL;
}

bool show_is_out_of_normal(const struct step_verdict *verdict)
{
	return verdict->verdict == VERDICT_HIGH || verdict->verdict == VERDICT_LOW;
}

/* What earlier runs did is not a matter of chance. */
static void add_chance(const struct step *step, const struct step_verdict *verdict,
		       struct strbuf *line)
{
	int64_t odds = verdict_odds(verdict->p_value);

	if (verdict->like_count != JO_MISSING && verdict->like_count > 0)
		strbuf_addf(line, "; %" PRId64 " of %" PRId64 " earlier run%s%s %s",
			    verdict->like_count, verdict->near_count,
			    words_plural(verdict->near_count),
			    step->input_bytes == JO_MISSING ? "" : " of about this size",
			    metric_infos[verdict->metric].kind == METRIC_OF_TIME ? "took as long"
										 : "used as much");
	if (verdict_has_likes(verdict->near_count, verdict->like_count) || odds == JO_MISSING)
		return;
	if (odds == VERDICT_ODDS_MAX)
		strbuf_adds(line, "; less than one in a million normal ones would be");
	else if (odds > 1)
		strbuf_addf(line, "; one in %" PRId64 " normal ones would be", odds);
}

/*
 * "high: 41 min is 2.4 times the 17 min expected (normal: 12 min to 25 min);
 * one in 8000 normal jobs would be", and against what it was judged
 */
static void print_verdict(const struct step *step, const struct step_verdict *verdict,
			  struct strbuf *line)
{
	enum metric metric = verdict->metric;
	const struct figure figure = {verdict->value, verdict->measure};
	char value[FIGURE_TEXT_SIZE], expected[32], low[32], high[32], line_label[32];
	const char *label = line_label;
	char *audit = audit_sentence(step, verdict);

	(void)snprintf(line_label, sizeof(line_label), "%s:", metric_infos[metric].label);
	if (isfinite(verdict->expected)) {
		strbuf_addf(line, "%s: %s", verdict_words[verdict->verdict],
			    figure_format(metric, &figure, value, sizeof(value)));
		if (show_is_out_of_normal(verdict))
			strbuf_addf(line, " is %.2g times the", verdict->ratio);
		else
			strbuf_adds(line, ";");
		strbuf_addf(line, " %s expected",
			    metric_format(metric, verdict->expected, expected, sizeof(expected)));
		if (isfinite(verdict->low) && isfinite(verdict->high))
			strbuf_addf(line, " (normal: %s to %s)",
				    metric_format(metric, verdict->low, low, sizeof(low)),
				    metric_format(metric, verdict->high, high, sizeof(high)));
		if (show_is_out_of_normal(verdict))
			add_chance(step, verdict, line);
		show_line(label, line);
		label = "";
	}
	strbuf_adds(line, audit);
	show_line(label, line);
	free(audit);
}

static void print_excess(const struct step *step, const struct step_verdict *verdict,
			 struct strbuf *line)
{
	double excess = verdict->value - verdict->expected;
	double core_hours = metric_core_hours(verdict->metric, excess, step->cpu_count);
	char text[32];

	if (verdict->verdict != VERDICT_HIGH || !(excess > 0))
		return;
	strbuf_add_part(line, "%s", metric_format(verdict->metric, excess, text, sizeof(text)));
	if (!isnan(core_hours))
		strbuf_add_part(line, "%.1f core-hours", core_hours);
	strbuf_adds(line, " more than expected");
	show_line("excess", line);
}

/* Of what is high, whether it was work or waiting. */
static void print_cause(const struct judged_step *row, struct strbuf *line)
{
	const struct step_verdict *wall = &row->verdicts[METRIC_WALL];
	const struct step_verdict *cpu = &row->verdicts[METRIC_CPU];
	enum cause cause = cause_of(row->has_verdict[METRIC_WALL] ? wall : NULL,
				    row->has_verdict[METRIC_CPU] ? cpu : NULL);

	if (cause == CAUSE_UNKNOWN)
		return;
	if (row->has_verdict[METRIC_WALL] && wall->verdict == VERDICT_HIGH)
		strbuf_addf(line, "%.2g times as long%s", wall->ratio,
			    cause == CAUSE_WORK ? ", and " : " with ");
	if (cause == CAUSE_WORK)
		strbuf_addf(line, "%.2g times the CPU time", cpu->ratio);
	else
		strbuf_adds(line, "the CPU time of a normal run");
	strbuf_addf(line, ": it %s", cause_clause(cause));
	show_line("cause", line);
}

/* ---- where the time went ---- */

/* Returns whether it had anything to say. */
static bool print_uses(const struct step *step, const struct explain_peers *peers,
		       struct strbuf *line)
{
	struct show_use uses[SHOW_USE_COUNT];
	bool is_known;

	show_uses(step, peers, uses);
	for (int i = 0; i < SHOW_USE_COUNT; i++) {
		if (isnan(uses[i].share))
			continue;
		strbuf_add_part(line, "%s %.0f %%", uses[i].label, 100 * uses[i].share);
		if (!isnan(uses[i].usual_share))
			strbuf_addf(line, " (its peers %.0f %%)", 100 * uses[i].usual_share);
	}
	is_known = line->len > 0;
	show_line("time went", line);
	return is_known;
}

/* Line by line of the program, where it was sampled. */
static int print_where(struct store *store, const struct step *step, const char *label,
		       struct strbuf *line, struct jo_err *err)
{
	struct explain_where where = {.names = NULL};
	int rc = explain_where_read(store, step, &where, err);

	if (rc == 0 && step->profile_missing[0] != '\0')
		strbuf_addf(line, "not sampled: %s", step->profile_missing);
	else if (rc > 0 && where.gain_count == 0)
		explain_heaviest_write(&where, line);
	for (size_t i = 0; i < where.gain_count; i++) {
		explain_gain_write(&where, &where.gains[i], line);
		show_line(i == 0 ? label : "", line);
	}
	show_line(label, line);
	explain_where_release(&where);
	return rc < 0 ? rc : 0;
}

static void print_differences(const struct explain_peers *peers, struct strbuf *line)
{
	struct explain_difference differences[SHOW_DIFFERENCES_MAX];
	size_t count = explain_peers_differ(peers, differences, SHOW_DIFFERENCES_MAX);

	for (size_t i = 0; i < count; i++) {
		strbuf_adds(line, differences[i].text);
		show_line(i == 0 ? "differs" : "", line);
	}
	if (count == 0)
		strbuf_addf(line, "in nothing that is recorded, from its %zu normal peer%s%s",
			    peers->peer_count, words_plural((int64_t)peers->peer_count),
			    peers->peer_count < 19 ? ": too few to tell chance from cause" : "");
	show_line("differs", line);
}

static int print_peers(struct store *store, const struct judged_step *row, struct strbuf *line,
		       struct jo_err *err)
{
	enum metric metric = show_metric(row);
	struct explain_peers peers;
	int rc = explain_peers_read(store, metric, &row->step.id, 1, &peers, err);

	if (rc < 0)
		return rc;
	rc = print_where(store, &row->step, print_uses(&row->step, &peers, line) ? "" : "time went",
			 line, err);
	if (rc == 0)
		rc = show_spans(store, &peers, line, err);
	if (rc == 0 && row->has_verdict[metric] && show_is_out_of_normal(&row->verdicts[metric]))
		print_differences(&peers, line);
	explain_peers_release(&peers);
	return rc;
}

int show_story(struct store *store, const struct judged_step *row, struct jo_err *err)
{
	struct strbuf line;
	bool is_judged = false, is_compared = false;
	int rc;

	strbuf_init(&line);
	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		if (!row->has_verdict[metric])
			continue;
		is_judged = true;
		is_compared = is_compared || row->verdicts[metric].verdict != VERDICT_UNJUDGED;
		print_verdict(&row->step, &row->verdicts[metric], &line);
		print_excess(&row->step, &row->verdicts[metric], &line);
	}
	print_cause(row, &line);
	if (is_compared && row->step.input_bytes == JO_MISSING)
		strbuf_adds(&line, STEP_UNSIZED_ADVICE);
	show_line("input", &line);
	if (row->step.is_expected)
		strbuf_adds(&line,
			    "its owner called this normal, so the like of it is from then on");
	show_line("expected", &line);
	if (!is_judged)
		strbuf_adds(&line,
			    row->step.is_script == 1
				    ? "not: it waits for the steps that it started, and they are"
			    : row->step.end_unix_us == JO_MISSING
				    ? "not before it has ended"
				    : "not yet: 'sjoboutliers check' has not looked at it");
	show_line("judged", &line);
	rc = show_drift(store, &row->step, err);
	if (rc == 0)
		rc = print_peers(store, row, &line, err);
	strbuf_release(&line);
	return rc;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many nodes, one step: how the values of a step come from those of its nodes.
 * Nothing is averaged.  Pure: rows in, a row out.
 */
#include "merge.h"

#include <assert.h>
#include <signal.h>
#include <string.h>

#include "open_store.h"
#include "row.h"

/* Slurm looks for jobs over their limit once in 30 s, and a step sees its start later than Slurm.
 */
#define KILL_SLACK_US INT64_C(60000000)

/* What the program itself said about its input is better than what was guessed before it ran. */
static const int input_rank[] = {
	[JO_INPUT_NONE] = 0,        [JO_INPUT_INVALID] = 1, [JO_INPUT_INHERITED] = 2,
	[JO_INPUT_ENVIRONMENT] = 3, [JO_INPUT_FILES] = 4,   [JO_INPUT_OPTION] = 4,
	[JO_INPUT_PROGRAM] = 5,     [JO_INPUT_READ] = 1,
};

static int64_t number(const struct row *row, int column)
{
	return row->cells[column].number;
}

static bool has_ended(const struct row *node)
{
	return number(node, COL_node_ended_count) == 1;
}

/* Values cover the nodes that ended; what was given is known from the start on. */
static bool is_counted(const struct row *node, int column)
{
	return !row_is_missing(node, column) &&
	       (has_ended(node) || step_columns[column].known != KNOWN_END);
}

/* Of a signal, any is worse than an exit status; of these the larger. */
static bool ended_worse(const struct row *a, const struct row *b)
{
	int64_t signal_a = number(a, COL_term_signal), signal_b = number(b, COL_term_signal);

	if (signal_a != signal_b)
		return signal_a > signal_b;
	return number(a, COL_exit_status) > number(b, COL_exit_status);
}

bool merge_input_is_better(int source, int than)
{
	return input_rank[source] > input_rank[than];
}

static bool declared_better(const struct row *a, const struct row *b)
{
	return merge_input_is_better((int)number(a, COL_input_source),
				     (int)number(b, COL_input_source));
}

static bool peaked_higher(const struct row *a, const struct row *b)
{
	return number(a, COL_mem_peak_bytes) > number(b, COL_mem_peak_bytes);
}

static bool comes_before(const struct row *a, const struct row *b)
{
	if (number(a, COL_node_index) != number(b, COL_node_index))
		return number(a, COL_node_index) < number(b, COL_node_index);
	return number(a, COL_node_id) < number(b, COL_node_id);
}

/* The node that beats all others; of equals the first in the list. */
static const struct row *best_node(const struct row *nodes, size_t count,
				   bool (*is_better)(const struct row *, const struct row *))
{
	const struct row *best = &nodes[0];

	for (size_t i = 1; i < count; i++)
		if (is_better(&nodes[i], best))
			best = &nodes[i];
	return best;
}

static int64_t sum_of(const struct row *nodes, size_t count, int column)
{
	int64_t sum = 0;
	bool is_known = false;

	for (size_t i = 0; i < count; i++) {
		if (is_counted(&nodes[i], column)) {
			is_known = true;
			if (__builtin_add_overflow(sum, number(&nodes[i], column), &sum))
				return JO_MISSING;
		} else if (has_ended(&nodes[i])) {
			return JO_MISSING;
		}
	}
	if (step_columns[column].kind == COLUMN_DURATION)
		sum = row_duration(sum);
	return is_known ? sum : JO_MISSING;
}

static int64_t total_of(const struct row *nodes, size_t count, int column)
{
	int64_t total = JO_MISSING;

	for (size_t i = 0; i < count; i++) {
		int64_t value = number(&nodes[i], column);

		if (!is_counted(&nodes[i], column))
			continue;
		if (total == JO_MISSING)
			total = value;
		else if (__builtin_add_overflow(total, value, &total))
			return JO_MISSING;
	}
	return total;
}

/* The first node that knows it, or else the first. */
static const struct row *first_known(const struct row *nodes, size_t count, int column)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (is_counted(&nodes[i], column) &&
		    (found == NULL || comes_before(&nodes[i], found)))
			found = &nodes[i];
	return found != NULL ? found : best_node(nodes, count, comes_before);
}

static int64_t extreme_of(const struct row *nodes, size_t count, int column, bool want_max)
{
	int64_t extreme = JO_MISSING;

	for (size_t i = 0; i < count; i++) {
		int64_t value = number(&nodes[i], column);

		if (!is_counted(&nodes[i], column))
			continue;
		if (extreme == JO_MISSING || (want_max ? value > extreme : value < extreme))
			extreme = value;
	}
	return extreme;
}

static size_t pair_length(const char *pair)
{
	return strcspn(pair, ",");
}

/* Compare the keys of two pairs "KEY=VALUE". */
static int compare_keys(const char *a, const char *b)
{
	size_t len_a = strcspn(a, "="), len_b = strcspn(b, "=");
	int order = memcmp(a, b, len_a < len_b ? len_a : len_b);

	return order != 0 ? order : (len_a > len_b) - (len_a < len_b);
}

/* Both sorted by key; of one key a's.  At most JO_ATTR_MAX pairs. */
static const char *join_attrs(struct store *store, const char *a, const char *b)
{
	char *joined, *end;
	size_t count = 0;

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	if (strcmp(a, b) == 0)
		return a;
	joined = end = arena_alloc(&store->texts, strlen(a) + strlen(b) + 2);
	while ((*a != '\0' || *b != '\0') && count < JO_ATTR_MAX) {
		int order = *a == '\0' ? 1 : *b == '\0' ? -1 : compare_keys(a, b);
		const char *pair = order <= 0 ? a : b;
		size_t length = pair_length(pair);

		if (count++ > 0)
			*end++ = ',';
		end = mempcpy(end, pair, length);
		if (order <= 0)
			a += pair_length(a) + (a[pair_length(a)] == ',');
		if (order >= 0)
			b += pair_length(b) + (b[pair_length(b)] == ',');
	}
	*end = '\0';
	return joined;
}

void merge_nodes(struct store *store, struct row *step, const struct row *nodes, size_t count)
{
	const struct row *first = best_node(nodes, count, comes_before);
	const struct row *worst = best_node(nodes, count, ended_worse);
	const struct row *peak = best_node(nodes, count, peaked_higher);
	const struct row *input = best_node(nodes, count, declared_better);
	int64_t end_unix_us = JO_MISSING;

	for (int i = 0; i < COL_COUNT; i++) {
		union cell *cell = &step->cells[i];

		switch (step_columns[i].rule) {
		case RULE_STEP:
		case RULE_MADE:
			break;
		case RULE_SUM:
			cell->number = sum_of(nodes, count, i);
			break;
		case RULE_MAX:
			cell->number = extreme_of(nodes, count, i, true);
			break;
		case RULE_MIN:
			cell->number = extreme_of(nodes, count, i, false);
			break;
		case RULE_FIRST:
			*cell = first->cells[i];
			break;
		case RULE_KNOWN:
			*cell = first_known(nodes, count, i)->cells[i];
			break;
		case RULE_TOTAL:
			cell->number = total_of(nodes, count, i);
			break;
		case RULE_PEAK:
			*cell = peak->cells[i];
			break;
		case RULE_WORST:
			*cell = worst->cells[i];
			break;
		case RULE_INPUT:
			*cell = input->cells[i];
			break;
		case RULE_UNION:
			*cell = first->cells[i];
			for (size_t j = 0; j < count; j++)
				cell->text = join_attrs(store, cell->text, nodes[j].cells[i].text);
			break;
		}
	}
	for (size_t i = 0; i < count; i++)
		if (row_end(&nodes[i]) > end_unix_us)
			end_unix_us = row_end(&nodes[i]);
	step->cells[COL_node_seen_count].number = (int64_t)count;
	/* Of one node it is that node's peak, which step_read knows. */
	step->cells[COL_mem_peak_sum_bytes].number =
		count > 1 ? sum_of(nodes, count, COL_mem_peak_bytes) : JO_MISSING;
	step->cells[COL_end_unix_us].number = end_unix_us;
}

enum step_state merge_state(const struct row *step, int64_t job_start_unix_us)
{
	int64_t ended = number(step, COL_node_ended_count);
	int64_t node_count = number(step, COL_node_count);
	int64_t limit_us = number(step, COL_time_limit_us);
	int64_t end_unix_us = number(step, COL_end_unix_us);
	int64_t term_signal = number(step, COL_term_signal);
	int64_t exit_status = number(step, COL_exit_status);
	bool was_killed = term_signal == SIGTERM || term_signal == SIGKILL;
	int64_t suspended_us = number(step, COL_suspended_us);
	int64_t deadline_us;

	/* Slurm moves the end of a job that it suspends. */
	if (limit_us != JO_MISSING && suspended_us != JO_MISSING)
		limit_us = row_duration(limit_us + suspended_us);
	if (ended < number(step, COL_node_seen_count) || ended < node_count)
		return STEP_STATE_RUNNING;
	if (number(step, COL_oom_kill_count) > 0)
		return STEP_STATE_OUT_OF_MEMORY;
	if (job_start_unix_us != JO_MISSING && limit_us != JO_MISSING &&
	    end_unix_us != JO_MISSING &&
	    !__builtin_add_overflow(job_start_unix_us, limit_us, &deadline_us) &&
	    end_unix_us >= deadline_us - (was_killed ? KILL_SLACK_US : 0))
		return STEP_STATE_TIMEOUT;
	if (was_killed)
		return STEP_STATE_CANCELLED;
	if (term_signal > 0 || exit_status > 0)
		return STEP_STATE_FAILED;
	return exit_status == 0 ? STEP_STATE_COMPLETED : STEP_STATE_UNKNOWN;
}

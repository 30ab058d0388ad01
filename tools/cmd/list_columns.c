/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be shown of a step: one row of the table is one column of list. */
#include "cmd/list_columns.h"
#include "step/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const input_source_words[] = {"",        "option",    "files",  "environment",
						 "program", "inherited", "invalid"};
static const char *const mem_source_words[] = {"", "cgroup-v1", "cgroup-v2"};
static const char *const source_words[] = {"sacct", "csv", "plugin"};

static const struct step *step_of(const void *row)
{
	return &((const struct judged_step *)row)->step;
}

static const struct step_verdict *verdict_of(const void *row, int metric)
{
	const struct judged_step *step_row = row;

	return step_row->has_verdict[metric] ? &step_row->verdicts[metric] : NULL;
}

static void get_job(const void *row, const struct out_column *column, struct out_cell *cell)
{
	char text[STEP_LABEL_SIZE];

	(void)column;
	out_text(cell, step_full_format(step_of(row), text, sizeof(text)));
}

static void get_exit(const void *row, const struct out_column *column, struct out_cell *cell)
{
	char text[24];

	(void)column;
	out_text(cell, step_exit_format(step_of(row), text, sizeof(text)));
}

static void get_state(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, step_state_words[step_of(row)->state]);
}

static void get_source(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, source_words[step_of(row)->source]);
}

static void get_input_source(const void *row, const struct out_column *column,
			     struct out_cell *cell)
{
	(void)column;
	out_text(cell, input_source_words[step_of(row)->input_source]);
}

/* An amount in the metric's stored unit. */
static void out_amount(struct out_cell *cell, enum metric metric, double amount)
{
	if (metric_infos[metric].kind == METRIC_OF_TIME)
		out_duration(cell, llround(amount));
	else
		out_bytes(cell, llround(amount));
}

static void get_mem_source(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, mem_source_words[step_of(row)->mem_source]);
}

static struct figure figure_in(const void *row, const struct out_column *column)
{
	return figure_shown(step_of(row), (enum metric)column->which,
			    verdict_of(row, column->which));
}

/* The judged amount of a metric, named where it is not the usual measurement. */
static void get_figure(const void *row, const struct out_column *column, struct out_cell *cell)
{
	struct figure figure = figure_in(row, column);
	char people[FIGURE_TEXT_SIZE];

	if (isnan(figure.amount))
		return;
	out_amount(cell, (enum metric)column->which, figure.amount);
	if (figure.measure != measure_default((enum metric)column->which))
		out_for_people(cell, figure_format((enum metric)column->which, &figure, people,
						   sizeof(people)));
}

static void get_measure(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_text(cell, measure_word(figure_in(row, column).measure));
}

/*
 * One word for both metrics: the one that says most, by this rank, and the
 * larger ratio where both say the same.
 */
static const struct step_verdict *worst_verdict(const void *row)
{
	static const int rank[VERDICT_COUNT] = {[VERDICT_UNJUDGED] = 0,
						[VERDICT_NORMAL] = 1,
						[VERDICT_LOW] = 2,
						[VERDICT_HIGH] = 3};
	const struct step_verdict *worst = NULL;

	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		const struct step_verdict *verdict = verdict_of(row, metric);

		if (verdict == NULL)
			continue;
		if (worst == NULL || rank[verdict->verdict] > rank[worst->verdict] ||
		    (verdict->verdict == worst->verdict && verdict->ratio > worst->ratio))
			worst = verdict;
	}
	return worst;
}

static void get_worst(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_verdict *worst = worst_verdict(row);
	char people[64];

	(void)column;
	if (worst == NULL)
		return;
	out_text(cell, verdict_words[worst->verdict]);
	if (worst->verdict == VERDICT_NORMAL || worst->verdict == VERDICT_UNJUDGED)
		return;
	(void)snprintf(people, sizeof(people), "%s %s %.1fx", verdict_words[worst->verdict],
		       metric_infos[worst->metric].short_label, worst->ratio);
	out_for_people(cell, people);
}

/* Members of one metric's verdict: column->which is the metric, column->offset the member. */
static void get_verdict(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_text(cell, verdict_words[verdict->verdict]);
}

static void get_verdict_text(const void *row, const struct out_column *column,
			     struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_get_text(verdict, column, cell);
}

static void get_verdict_int(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_get_int(verdict, column, cell);
}

static void get_verdict_real(const void *row, const struct out_column *column,
			     struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_get_real(verdict, column, cell);
}

/* A value of the metric: micro-seconds or bytes, kept as a real number. */
static void get_verdict_value(const void *row, const struct out_column *column,
			      struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);
	double value;

	if (verdict == NULL)
		return;
	memcpy(&value, (const char *)verdict + column->offset, sizeof(value));
	if (!isfinite(value) || fabs(value) > 9e18)
		return;
	out_amount(cell, (enum metric)column->which, value);
}

#define STEP(member) offsetof(struct judged_step, step.member), 0
#define VERDICT(metric, member) offsetof(struct step_verdict, member), metric

/* clang-format off */
const struct out_column list_columns[] = {
	{"job", "JOB", false, "job and step, as Slurm writes them", get_job, 0, 0},
	{"cluster", "CLUSTER", false, "cluster", out_get_text, STEP(cluster)},
	{"restart", "RESTART", true, "how many times the job was requeued before",
		out_get_int, STEP(restart_count)},
	{"sluid", "SLUID", false, "the job's id for life, of newer Slurm", out_get_text, STEP(sluid)},
	{"user", "USER", false, "owner", out_get_text, STEP(user)},
	{"account", "ACCOUNT", false, "account", out_get_text, STEP(account)},
	{"partition", "PARTITION", false, "partition", out_get_text, STEP(partition)},
	{"qos", "QOS", false, "quality of service", out_get_text, STEP(qos)},
	{"job_name", "NAME", false, "the job's name", out_get_text, STEP(job_name)},
	{"class", "CLASS", false, "job class, declared or made from name and program",
		out_get_text, STEP(class_name)},
	{"program", "PROGRAM", false, "program or script", out_get_text, STEP(program)},
	{"state", "STATE", false, "how it ended", get_state, 0, 0},
	{"exit", "EXIT", true, "exit status and signal", get_exit, 0, 0},
	{"start", "START", false, "when it started", out_get_time, STEP(start_unix_us)},
	{"end", "END", false, "when it ended", out_get_time, STEP(end_unix_us)},
	{"wall_s", "WALL", true, "run time, of the slowest node", out_get_duration, STEP(wall_us)},
	{"time_limit_s", "LIMIT", true, "the job's time limit", out_get_duration, STEP(time_limit_us)},
	{"node", "NODE", false, "first node", out_get_text, STEP(node)},
	{"nodes", "NODES", true, "how many nodes", out_get_int, STEP(node_count)},
	{"tasks", "TASKS", true, "how many tasks", out_get_int, STEP(task_count)},
	{"cpus", "CPUS", true, "how many CPUs", out_get_int, STEP(cpu_count)},
	{"input_bytes", "INPUT", true, "declared input size", out_get_bytes, STEP(input_bytes)},
	{"input_source", "DECLARED", false, "where the input size is from", get_input_source, 0, 0},
	{"attrs", "ATTRIBUTES", false, "declared attributes", out_get_text, STEP(attrs)},
	{"memory_bytes", "MEMORY", true, "memory, as it was judged; of the largest node",
		get_figure, 0, METRIC_MEMORY},
	{"memory_measure", "MEMIS", false, "what that is: the cgroup's peak, or rss, the largest process's",
		get_measure, 0, METRIC_MEMORY},
	{"mem_peak_bytes", "MEMPEAK", true, "memory peak, of the largest node",
		out_get_bytes, STEP(mem_peak_bytes)},
	{"mem_peak_sum_bytes", "MEMSUM", true, "memory peaks of all nodes together",
		out_get_bytes, STEP(mem_peak_sum_bytes)},
	{"mem_source", "MEMFROM", false, "where the memory peak is from", get_mem_source, 0, 0},
	{"max_rss_bytes", "MAXRSS", true, "largest process", out_get_bytes, STEP(max_rss_bytes)},
	{"mem_request_bytes", "REQMEM", true, "requested memory of a node",
		out_get_bytes, STEP(mem_request_bytes)},
	{"mem_limit_bytes", "MEMLIMIT", true, "memory limit", out_get_bytes, STEP(mem_limit_bytes)},
	{"mem_limit_hits", "MEMHITS", true, "how often the memory limit was hit",
		out_get_int, STEP(mem_limit_hit_count)},
	{"oom_kills", "OOMKILLS", true, "processes killed for want of memory",
		out_get_int, STEP(oom_kill_count)},
	{"swap_peak_bytes", "SWAP", true, "swap peak", out_get_bytes, STEP(swap_peak_bytes)},
	{"cpu_user_s", "USERCPU", true, "CPU time in user mode", out_get_duration, STEP(cpu_user_us)},
	{"cpu_system_s", "SYSTEMCPU", true, "CPU time in the kernel",
		out_get_duration, STEP(cpu_system_us)},
	{"read_bytes", "READ", true, "bytes read", out_get_bytes, STEP(read_bytes)},
	{"write_bytes", "WRITTEN", true, "bytes written", out_get_bytes, STEP(write_bytes)},
	{"major_faults", "FAULTS", true, "pages that had to be read from disk",
		out_get_int, STEP(major_fault_count)},
	{"psi_cpu_some_s", "CPUWAIT", true, "time some task waited for a CPU",
		out_get_duration, STEP(psi_cpu_some_us)},
	{"psi_memory_some_s", "MEMWAIT", true, "time some task waited for memory",
		out_get_duration, STEP(psi_memory_some_us)},
	{"psi_memory_full_s", "MEMSTALL", true, "time all tasks waited for memory",
		out_get_duration, STEP(psi_memory_full_us)},
	{"psi_io_some_s", "IOWAIT", true, "time some task waited for input or output",
		out_get_duration, STEP(psi_io_some_us)},
	{"psi_io_full_s", "IOSTALL", true, "time all tasks waited for input or output",
		out_get_duration, STEP(psi_io_full_us)},
	{"source", "SOURCE", false, "plugin, or what it was imported from", get_source, 0, 0},
	{"verdict", "VERDICT", false, "high, low, normal or unjudged: the worse of both metrics",
		get_worst, 0, 0},
	{"wall_verdict", "WALLVERDICT", false, "of the run time", get_verdict, 0, METRIC_WALL},
	{"wall_reason", "WALLREASON", false, "why the run time is unjudged",
		get_verdict_text, VERDICT(METRIC_WALL, reason)},
	{"wall_expected_s", "WALLEXPECTED", true, "expected run time",
		get_verdict_value, VERDICT(METRIC_WALL, expected)},
	{"wall_low_s", "WALLLOW", true, "least normal run time",
		get_verdict_value, VERDICT(METRIC_WALL, low)},
	{"wall_high_s", "WALLHIGH", true, "largest normal run time",
		get_verdict_value, VERDICT(METRIC_WALL, high)},
	{"wall_ratio", "WALLRATIO", true, "run time by its expectation",
		get_verdict_real, VERDICT(METRIC_WALL, ratio)},
	{"wall_score", "WALLSCORE", true, "how far out the run time is: beyond 1 high",
		get_verdict_real, VERDICT(METRIC_WALL, score)},
	{"wall_history", "WALLHISTORY", true, "earlier steps it was judged by",
		get_verdict_int, VERDICT(METRIC_WALL, history_count)},
	{"memory_verdict", "MEMVERDICT", false, "of the memory peak", get_verdict, 0, METRIC_MEMORY},
	{"memory_reason", "MEMREASON", false, "why the memory peak is unjudged",
		get_verdict_text, VERDICT(METRIC_MEMORY, reason)},
	{"memory_expected_bytes", "MEMEXPECTED", true, "expected memory peak",
		get_verdict_value, VERDICT(METRIC_MEMORY, expected)},
	{"memory_low_bytes", "MEMLOW", true, "least normal memory peak",
		get_verdict_value, VERDICT(METRIC_MEMORY, low)},
	{"memory_high_bytes", "MEMHIGH", true, "largest normal memory peak",
		get_verdict_value, VERDICT(METRIC_MEMORY, high)},
	{"memory_ratio", "MEMRATIO", true, "memory peak by its expectation",
		get_verdict_real, VERDICT(METRIC_MEMORY, ratio)},
	{"memory_score", "MEMSCORE", true, "how far out the memory peak is: beyond 1 high",
		get_verdict_real, VERDICT(METRIC_MEMORY, score)},
	{"memory_history", "MEMHISTORY", true, "earlier steps it was judged by",
		get_verdict_int, VERDICT(METRIC_MEMORY, history_count)},
	{NULL, NULL, false, NULL, NULL, 0, 0},
};
/* clang-format on */

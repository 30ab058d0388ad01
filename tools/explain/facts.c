/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of recorded attributes.  Not in it: what steps are grouped or
 * selected by (partition, class, how it ended), and what is judged.
 */
#include "explain/facts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "joboutliers/units.h"

static const struct explain_value unknown = {NULL, NAN};

static struct explain_value known(const struct explain_facts_source *source, const char *text,
				  double number)
{
	return (struct explain_value){g_string_chunk_insert_const(source->strings, text), number};
}

static struct explain_value word(const struct explain_facts_source *source, const char *text)
{
	if (text[0] == '\0')
		return unknown;
	return known(source, text, NAN);
}

static struct explain_value count(const struct explain_facts_source *source, int64_t number)
{
	char text[24];

	if (number == JO_MISSING)
		return unknown;
	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	return known(source, text, (double)number);
}

static struct explain_value bytes(const struct explain_facts_source *source, int64_t number)
{
	char text[24];

	if (number == JO_MISSING)
		return unknown;
	(void)jo_bytes_format(number, text, sizeof(text));
	return known(source, text, (double)number);
}

static struct explain_value duration(const struct explain_facts_source *source, int64_t us)
{
	char text[24];

	if (us == JO_MISSING)
		return unknown;
	(void)jo_duration_format(us, text, sizeof(text));
	return known(source, text, (double)us);
}

/* Of the run time, in whole percent: what is less is nothing. */
static struct explain_value share(const struct explain_facts_source *source, int64_t us)
{
	char text[24];
	double percent;

	if (us == JO_MISSING || source->step->wall_us == JO_MISSING || source->step->wall_us <= 0)
		return unknown;
	percent = round(100 * (double)us / (double)source->step->wall_us);
	(void)snprintf(text, sizeof(text), "%.0f %%", percent);
	return known(source, text, percent);
}

static bool get_start(const struct explain_facts_source *source, struct tm *ret_start)
{
	time_t start_unix_s;

	if (source->step->start_unix_us == JO_MISSING)
		return false;
	start_unix_s = (time_t)(source->step->start_unix_us / JO_US_PER_S);
	return localtime_r(&start_unix_s, ret_start) != NULL;
}

/* Hours are round a clock, which has no median; these are few enough to agree on. */
static struct explain_value time_of_day(const struct explain_facts_source *source)
{
	static const char *const names[] = {"at night (0 to 6 h)", "in the morning (6 to 12 h)",
					    "in the afternoon (12 to 18 h)",
					    "in the evening (18 to 24 h)"};
	struct tm start;

	if (!get_start(source, &start))
		return unknown;
	return (struct explain_value){names[start.tm_hour / 6 % 4], NAN};
}

static struct explain_value weekday(const struct explain_facts_source *source)
{
	static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
					    "Thursday", "Friday", "Saturday"};
	struct tm start;

	if (!get_start(source, &start))
		return unknown;
	return (struct explain_value){names[start.tm_wday % 7], NAN};
}

#define FACT(name, expression)                                                                     \
	static struct explain_value get_##name(const struct explain_facts_source *source)          \
	{                                                                                          \
		const struct step *step = source->step;                                            \
                                                                                                   \
		return expression;                                                                 \
	}
FACT(node, step->node_count > 1 ? unknown : word(source, step->node))
FACT(node_count, count(source, step->node_count))
FACT(task_count, count(source, step->task_count))
FACT(cpu_count, count(source, step->cpu_count))
FACT(mem_limit, bytes(source, step->mem_limit_bytes))
FACT(time_limit, duration(source, step->time_limit_us))
FACT(user, word(source, step->user))
FACT(account, word(source, step->account))
FACT(qos, word(source, step->qos))
FACT(program, word(source, step->program))
FACT(job_name, word(source, step->job_name))
FACT(exit_status, step->state == STEP_STATE_COMPLETED || step->state == STEP_STATE_FAILED
			  ? count(source, step->exit_status)
			  : unknown)
FACT(restarts, count(source, step->restart_count))
FACT(read, bytes(source, step->read_bytes))
FACT(written, bytes(source, step->write_bytes))
FACT(faults, count(source, step->major_fault_count))
FACT(limit_hits, count(source, step->mem_limit_hit_count))
FACT(cpu_stall, share(source, step->psi_cpu_some_us))
FACT(memory_stall, share(source, step->psi_memory_some_us))
FACT(io_stall, share(source, step->psi_io_some_us))
#undef FACT

static struct explain_value get_node_model(const struct explain_facts_source *source)
{
	return source->node == NULL ? unknown : word(source, source->node->node_model);
}

static struct explain_value get_numa_count(const struct explain_facts_source *source)
{
	return source->node == NULL ? unknown : count(source, source->node->numa_node_count);
}

const struct explain_fact explain_facts[] = {
	{"the node", get_node, FACT_NODE, 0},
	{"the node's model", get_node_model, FACT_NODE, 0},
	{"the node's number of NUMA nodes", get_numa_count, FACT_NODE, 0},
	{"the number of nodes", get_node_count, FACT_GIVEN, 0},
	{"the number of tasks", get_task_count, FACT_GIVEN, 0},
	{"the number of CPUs", get_cpu_count, FACT_GIVEN, 0},
	{"the memory limit", get_mem_limit, FACT_GIVEN, 0},
	{"the time limit", get_time_limit, FACT_GIVEN, 0},
	{"the user", get_user, FACT_GIVEN, 0},
	{"the account", get_account, FACT_GIVEN, 0},
	{"the QOS", get_qos, FACT_GIVEN, 0},
	{"the program", get_program, FACT_GIVEN, 0},
	{"the job's name", get_job_name, FACT_GIVEN, 0},
	{"the exit status", get_exit_status, FACT_TAKEN, 0},
	{"how often it was requeued", get_restarts, FACT_TAKEN, 0},
	{"what was read", get_read, FACT_TAKEN, 0},
	{"what was written", get_written, FACT_TAKEN, 0},
	{"the number of major page faults", get_faults, FACT_TAKEN, 0},
	{"how often the memory limit was met", get_limit_hits, FACT_TAKEN, 0},
	{"the time stalled on CPUs", get_cpu_stall, FACT_TAKEN, 0},
	{"the time stalled on memory", get_memory_stall, FACT_TAKEN, 0},
	{"the time stalled on I/O", get_io_stall, FACT_TAKEN, 0},
	{"the time it started", time_of_day, FACT_GIVEN, 7},
	{"the day it started", weekday, FACT_GIVEN, 28},
	{NULL, NULL, FACT_GIVEN, 0},
};

enum explain_fact_kind explain_fact_kind(const char *name)
{
	for (const struct explain_fact *fact = explain_facts; fact->name != NULL; fact++)
		if (strcmp(fact->name, name) == 0)
			return fact->kind;
	return FACT_GIVEN;
}

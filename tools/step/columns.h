/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a step, figure by figure.  This table is all that there is
 * of it: the members of struct step, the columns of the database and how they
 * come from a record and from the nodes, the columns of list, of import and
 * export as CSV, and the members of export as JSON.
 */
#ifndef STEP_COLUMNS_H
#define STEP_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct step;

/*
 * COLUMN(column, kind, member, known, rule, where it is shown)
 *
 * column	its name in the database, and in the enum below as COL_column
 *
 * kind	what it is, and its type in struct step
 *	NUMBER	int64_t			BYTES	int64_t
 *	DURATION	int64_t, micro-seconds	TIME	int64_t, micro-seconds since 1970
 *	WORD(type)	enum of this type
 *	NAME	string, kept in the database as the id of a name
 *	TEXT	string			ATTRS	attributes, "KEY=VALUE,KEY=VALUE" by key
 *
 * member	its name in struct step, in struct jo_record and in JSON
 *
 * known	when
 *	BEFORE	before the job runs: who asks for a prediction may say it
 *	START	when the step starts, and in the record of that
 *	END	when it has ended: in the record of a start it stands for nothing
 *	STORE	made by the store; the record has no such member
 *
 * rule	what the value of a step is, given those of its nodes
 *	STEP	the step's own, the same on all nodes
 *	SUM	of all nodes; not known when one that ended does not know it
 *	MAX, MIN	of those that know it
 *	FIRST	of the first node
 *	KNOWN	of the first node that knows it
 *	TOTAL	of all nodes that know it
 *	PEAK	of the node with the largest mem_peak_bytes
 *	WORST	of the node whose tasks ended worst
 *	INPUT	of the node that declared best (enum input_rank in store/merge.c)
 *	UNION	attributes of all nodes; of one key the first node's
 *	MADE	computed in store/merge.c
 *
 * where it is shown	initialisers of struct step_column, each of which may be left out
 *
 * Listings and files show columns by their part, and within a part in this
 * table's order.  Values cover the nodes that told an end.
 */
/* clang-format off */
#define STEP_COLUMNS(COLUMN) \
	COLUMN(group_id, NUMBER, group_id, STORE, MADE) \
	COLUMN(source, WORD(step_source), source, STORE, STEP, \
	       .words = source_words, \
	       .list = {LIST_ORIGIN, "source", "SOURCE", "plugin, or what it was imported from"}) \
	COLUMN(state, WORD(step_state), state, STORE, MADE, \
	       .words = step_state_words, \
	       .list = {LIST_STATE, "state", "STATE", "how it ended"}, .csv = {.part = CSV_END, .name = "state"}) \
	\
	/* identity: see struct jo_record */ \
	COLUMN(cluster_id, NAME, cluster, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "cluster", "CLUSTER", "cluster"}, .csv = {.part = CSV_PLACE, .name = "cluster"}) \
	COLUMN(job_id, NUMBER, job_id, START, STEP, .json = JSON_STEP, \
	       .csv = {.part = CSV_JOB, .name = "job", .is_needed = true}) \
	COLUMN(step_id, NUMBER, step_id, START, STEP, .json = JSON_STEP, .csv = {.part = CSV_JOB, .name = "step"}) \
	COLUMN(step_kind, WORD(jo_step_kind), step_kind, START, STEP) \
	COLUMN(restart_count, NUMBER, restart_count, START, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "restart", "RESTART", \
			"how many times the job was requeued before"}) \
	COLUMN(array_job_id, NUMBER, array_job_id, START, STEP, .json = JSON_STEP) \
	COLUMN(array_task_id, NUMBER, array_task_id, START, STEP, .json = JSON_STEP) \
	COLUMN(het_job_id, NUMBER, het_job_id, START, STEP, .json = JSON_STEP) \
	COLUMN(het_job_offset, NUMBER, het_job_offset, START, STEP, .json = JSON_STEP) \
	COLUMN(sluid, TEXT, sluid, START, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "sluid", "SLUID", "the job's id for life, of newer Slurm"}) \
	COLUMN(uid, NUMBER, uid, BEFORE, STEP, .json = JSON_STEP) \
	/* the passwd name of uid; the record's own word when there is none */ \
	COLUMN(user_id, NAME, user, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "user", "USER", "owner"}, .csv = {.part = CSV_WHO, .name = "user"}) \
	COLUMN(account_id, NAME, account, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "account", "ACCOUNT", "account"}, .csv = {.part = CSV_WHO, .name = "account"}) \
	COLUMN(partition_id, NAME, partition, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "partition", "PARTITION", "partition"}, \
	       .csv = {.part = CSV_PLACE, .name = "partition"}) \
	COLUMN(qos_id, NAME, qos, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "qos", "QOS", "quality of service"}, .csv = {.part = CSV_WHO, .name = "qos"}) \
	COLUMN(job_name, TEXT, job_name, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "job_name", "NAME", "the job's name"}, .csv = {.part = CSV_WHO, .name = "job_name"}) \
	COLUMN(comment, TEXT, comment, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "comment", "COMMENT", \
			"the job's comment, where its accounting told it"}, \
	       .csv = {.part = CSV_WHO, .name = "comment"}) \
	COLUMN(class_id, NAME, class_name, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "class", "CLASS", \
			"job class, declared or made from name and program"}, \
	       .csv = {.part = CSV_WHO, .name = "class"}) \
	COLUMN(class_is_declared, NUMBER, class_is_declared, BEFORE, STEP, .json = JSON_STEP) \
	/* 1: a batch or interactive step that started steps.  It waits for them, so a job would be \
	 * judged twice; and its shell in their class, where all are called the same, would make a \
	 * group of two kinds.  So such steps have a group of their own that nobody judges. */ \
	COLUMN(is_script, NUMBER, is_script, STORE, MADE) \
	COLUMN(program_id, NAME, program, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "program", "PROGRAM", "program or script"}, \
	       .csv = {.part = CSV_WHO, .name = "program"}) \
	\
	/* who knows a trace could add to it, so the copy for readers has none of them */ \
	COLUMN(trace_id, TEXT, trace_id, START, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "trace", "TRACE", "the trace that the step is a span of"}) \
	COLUMN(span_id, TEXT, span_id, START, STEP, .json = JSON_STEP, \
	       .list = {LIST_WHO, "span", "SPAN", "its span there"}) \
	COLUMN(parent_span_id, TEXT, parent_span_id, START, STEP, .json = JSON_STEP) \
	COLUMN(link_trace_id, TEXT, link_trace_id, START, STEP, .json = JSON_STEP) \
	COLUMN(link_span_id, TEXT, link_span_id, START, STEP, .json = JSON_STEP) \
	\
	/* nodes: name and index are the first's (lowest index); store_nodes_open has all */ \
	COLUMN(node_id, NAME, node, START, FIRST, .json = JSON_STEP, \
	       .list = {LIST_NODES, "node", "NODE", "first node"}, .csv = {.part = CSV_RUN, .name = "node"}) \
	COLUMN(node_index, NUMBER, node_index, START, FIRST, .json = JSON_NODE) \
	/* that the step has, as Slurm said */ \
	COLUMN(node_count, NUMBER, node_count, START, STEP, .json = JSON_STEP, \
	       .list = {LIST_NODES, "nodes", "NODES", "how many nodes"}) \
	/* that told anything; and an end */ \
	COLUMN(node_seen_count, NUMBER, node_seen_count, STORE, MADE) \
	COLUMN(node_ended_count, NUMBER, node_ended_count, STORE, SUM, .json = JSON_STEP) \
	\
	/* what it was given */ \
	COLUMN(task_count, NUMBER, task_count, BEFORE, SUM, .json = JSON_NODE, \
	       .list = {LIST_NODES, "tasks", "TASKS", "how many tasks"}, .csv = {.part = CSV_GIVEN, .name = "tasks"}) \
	COLUMN(cpu_count, NUMBER, cpu_count, BEFORE, SUM, .json = JSON_NODE, \
	       .list = {LIST_NODES, "cpus", "CPUS", "how many CPUs"}, .csv = {.part = CSV_GIVEN, .name = "ncpus"}) \
	COLUMN(mem_request_bytes, BYTES, mem_request_bytes, BEFORE, MAX, .json = JSON_STEP, \
	       .list = {LIST_MEMORY_LIMITS, "mem_request_bytes", "REQMEM", \
			"requested memory of a node"}) \
	\
	/* when it ran: the end is the latest node's, and missing while RUNNING and for LOST */ \
	COLUMN(start_unix_us, TIME, start_unix_us, START, MIN, .json = JSON_NODE, \
	       .list = {LIST_TIMES, "start", "START", "when it started"}, \
	       .csv = {.part = CSV_RUN, .name = "start", .is_needed = true}) \
	COLUMN(end_unix_us, TIME, end_unix_us, STORE, MADE, .json = JSON_NODE, \
	       .list = {LIST_TIMES, "end", "END", "when it ended"}) \
	COLUMN(wall_us, DURATION, wall_us, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_TIMES, "wall_s", "WALL", "run time, of the slowest node"}, \
	       .csv = {.part = CSV_RUN, .name = "wall_s", .is_needed = true}) \
	/* beside the run time, which does not contain it as that of a record does */ \
	COLUMN(suspended_us, DURATION, suspended_us, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_TIMES, "suspended_s", "SUSPENDED", \
			"how long Slurm had it suspended, beside the run time"}) \
	COLUMN(time_limit_us, DURATION, time_limit_us, BEFORE, STEP, .json = JSON_STEP, \
	       .list = {LIST_TIMES, "time_limit_s", "LIMIT", "the job's time limit"}, \
	       .csv = {.part = CSV_RUN, .name = "time_limit_s"}) \
	\
	COLUMN(input_bytes, BYTES, input_bytes, BEFORE, INPUT, .json = JSON_STEP, \
	       .list = {LIST_INPUT, "input_bytes", "INPUT", "declared input size"}, \
	       .csv = {.part = CSV_RUN, .name = "input_bytes"}) \
	COLUMN(input_source, WORD(jo_input_source), input_source, BEFORE, INPUT, \
	       .words = input_source_words, \
	       .list = {LIST_INPUT, "input_source", "DECLARED", "where the input size is from"}) \
	COLUMN(attrs, ATTRS, attrs, BEFORE, UNION, \
	       .list = {LIST_INPUT, "attrs", "ATTRIBUTES", "declared attributes"}) \
	\
	/* how it ended */ \
	COLUMN(exit_status, NUMBER, exit_status, END, WORST, .json = JSON_NODE, \
	       .csv = {.part = CSV_END, .name = "exit_code"}) \
	COLUMN(term_signal, NUMBER, term_signal, END, WORST, .json = JSON_NODE) \
	\
	/* what it took */ \
	COLUMN(mem_peak_bytes, BYTES, mem_peak_bytes, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_MEMORY, "mem_peak_bytes", "MEMPEAK", "memory peak, of the largest node"}, \
	       .csv = {.part = CSV_RUN, .name = "mem_peak_bytes"}) \
	COLUMN(mem_peak_sum_bytes, BYTES, mem_peak_sum_bytes, STORE, MADE, .json = JSON_STEP, \
	       .list = {LIST_MEMORY, "mem_peak_sum_bytes", "MEMSUM", \
			"memory peaks of all nodes together"}) \
	COLUMN(mem_source, WORD(jo_mem_source), mem_source, END, PEAK, \
	       .words = mem_source_words, \
	       .list = {LIST_MEMORY, "mem_source", "MEMFROM", "where the memory peak is from"}) \
	COLUMN(max_rss_bytes, BYTES, max_rss_bytes, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_MEMORY, "max_rss_bytes", "MAXRSS", "largest process"}, \
	       .csv = {.part = CSV_RUN, .name = "max_rss_bytes"}) \
	COLUMN(mem_allocated_bytes, BYTES, mem_allocated_bytes, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_MEMORY, "mem_allocated_bytes", "ALLOCATED", \
			"what its program said it had allocated at most"}, \
	       .csv = {.part = CSV_RUN, .name = "mem_allocated_bytes"}) \
	COLUMN(mem_limit_bytes, BYTES, mem_limit_bytes, END, PEAK, .json = JSON_NODE, \
	       .list = {LIST_MEMORY_LIMITS, "mem_limit_bytes", "MEMLIMIT", "memory limit"}, \
	       .csv = {.part = CSV_RUN, .name = "mem_limit_bytes"}) \
	COLUMN(mem_limit_hit_count, NUMBER, mem_limit_hit_count, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_MEMORY_LIMITS, "mem_limit_hits", "MEMHITS", \
			"how often the memory limit was hit"}) \
	COLUMN(oom_kill_count, NUMBER, oom_kill_count, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_MEMORY_LIMITS, "oom_kills", "OOMKILLS", \
			"processes killed for want of memory"}) \
	COLUMN(swap_peak_bytes, BYTES, swap_peak_bytes, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_MEMORY_LIMITS, "swap_peak_bytes", "SWAP", "swap peak"}) \
	COLUMN(cpu_user_us, DURATION, cpu_user_us, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_WORK, "cpu_user_s", "USERCPU", "CPU time in user mode"}) \
	COLUMN(cpu_system_us, DURATION, cpu_system_us, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_WORK, "cpu_system_s", "SYSTEMCPU", "CPU time in the kernel"}) \
	/* where it is not told apart, or else the two together */ \
	COLUMN(cpu_us, DURATION, cpu_us, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_WORK, "cpu_s", "CPUTIME", "CPU time of all tasks and nodes"}, \
	       .csv = {.part = CSV_RUN, .name = "cpu_s"}) \
	COLUMN(read_bytes, BYTES, read_bytes, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_WORK, "read_bytes", "READ", "bytes read"}) \
	COLUMN(write_bytes, BYTES, write_bytes, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_WORK, "write_bytes", "WRITTEN", "bytes written"}) \
	COLUMN(major_fault_count, NUMBER, major_fault_count, END, SUM, .json = JSON_NODE, \
	       .list = {LIST_WORK, "major_faults", "FAULTS", \
			"pages that had to be read from disk"}) \
	/* A step waits for its slowest node: only so is the share of wall_us a share. */ \
	COLUMN(psi_cpu_some_us, DURATION, psi_cpu_some_us, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_WORK, "psi_cpu_some_s", "CPUWAIT", "time some task waited for a CPU"}) \
	COLUMN(psi_memory_some_us, DURATION, psi_memory_some_us, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_WORK, "psi_memory_some_s", "MEMWAIT", \
			"time some task waited for memory"}) \
	COLUMN(psi_memory_full_us, DURATION, psi_memory_full_us, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_WORK, "psi_memory_full_s", "MEMSTALL", \
			"time all tasks waited for memory"}) \
	COLUMN(psi_io_some_us, DURATION, psi_io_some_us, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_WORK, "psi_io_some_s", "IOWAIT", \
			"time some task waited for input or output"}) \
	COLUMN(psi_io_full_us, DURATION, psi_io_full_us, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_WORK, "psi_io_full_s", "IOSTALL", \
			"time all tasks waited for input or output"}) \
	\
	/* where its time went: how many samples say so, which store_profile_get has, or why none do */ \
	COLUMN(profile_kind, TEXT, profile_kind, END, KNOWN, .json = JSON_STEP, \
	       .list = {LIST_WORK, "profile", "PROFILE", "what sampled where its time went"}) \
	COLUMN(profile_rate_hz, NUMBER, profile_rate_hz, END, MAX, .json = JSON_NODE, \
	       .list = {LIST_WORK, "profile_rate_hz", "RATE", "how often in a second"}) \
	COLUMN(profile_samples, NUMBER, profile_samples, END, TOTAL, .json = JSON_NODE, \
	       .list = {LIST_WORK, "profile_samples", "SAMPLES", "how many samples there are"}) \
	COLUMN(profile_missing, TEXT, profile_missing, END, KNOWN, .json = JSON_STEP, \
	       .list = {LIST_WORK, "profile_missing", "UNPROFILED", \
			"why there are none although they were asked for"}) \
	\
	/* when the store last learnt something about it */ \
	COLUMN(ingest_unix_us, TIME, ingest_unix_us, STORE, STEP)

#define COLUMN_ENUM(column, ...) COL_##column,
enum step_column_index { STEP_COLUMNS(COLUMN_ENUM) COL_COUNT };
#undef COLUMN_ENUM
/* clang-format on */

enum column_kind {
	COLUMN_NUMBER,
	COLUMN_BYTES,
	COLUMN_DURATION,
	COLUMN_TIME,
	COLUMN_WORD,
	COLUMN_NAME,
	COLUMN_TEXT,
	COLUMN_ATTRS,
};

enum column_known {
	KNOWN_BEFORE,
	KNOWN_START,
	KNOWN_END,
	KNOWN_STORE,
};

enum column_rule {
	RULE_STEP,
	RULE_SUM,
	RULE_MAX,
	RULE_MIN,
	RULE_FIRST,
	RULE_KNOWN,
	RULE_TOTAL,
	RULE_PEAK,
	RULE_WORST,
	RULE_INPUT,
	RULE_UNION,
	RULE_MADE,
};

/* Of the columns of list, in its order; of LIST_JOB and LIST_JUDGED list has its own. */
enum list_part {
	LIST_JOB,
	LIST_WHO,
	LIST_STATE,
	LIST_TIMES,
	LIST_NODES,
	LIST_INPUT,
	LIST_JUDGED,
	LIST_MEMORY,
	LIST_MEMORY_LIMITS,
	LIST_WORK,
	LIST_ORIGIN,
	LIST_PART_COUNT,
};

/* Of the columns of a CSV file of jobs, in the order in which they are exported. */
enum csv_part {
	CSV_JOB,
	CSV_PLACE,
	CSV_WHO,
	CSV_RUN,
	CSV_GIVEN,
	CSV_END,
	CSV_PART_COUNT,
};

/* Whose a figure is in JSON. */
enum json_place {
	JSON_NOT,
	JSON_STEP, /* the step's alone */
	JSON_NODE, /* the step's, and of several nodes each one's */
};

struct step_column {
	const char *member; /* in struct step, struct jo_record and JSON */
	enum column_kind kind;
	enum column_known known;
	enum column_rule rule;
	enum json_place json;
	size_t step_offset;                /* in struct step */
	size_t record_offset, record_size; /* in struct jo_record, unless KNOWN_STORE */
	const char *const *words;          /* of a WORD that is shown: by value, "" for none */
	struct {
		enum list_part part;
		const char *name; /* NULL: list has no such column; ends in the unit, "_s" or
				     "_bytes" */
		const char *header;
		const char *help;
	} list;
	struct {
		enum csv_part part;
		const char *name; /* NULL: not in CSV files; ends in the unit */
		bool is_needed;   /* of a job that has run */
	} csv;
};

/* COL_COUNT of them, by enum step_column_index. */
extern const struct step_column step_columns[];

/* The columns of CSV files in their order: fills the list and returns how many there are. */
size_t step_columns_csv(const struct step_column *ret_columns[COL_COUNT]);

/* Whether a node of a step has the column to itself, and so the table step_node. */
static inline bool column_is_of_node(const struct step_column *column)
{
	return column->rule != RULE_STEP && column->rule != RULE_MADE;
}

/* Whether its value in struct step is a string, and not a number or a word. */
static inline bool column_is_string(const struct step_column *column)
{
	return column->kind == COLUMN_NAME || column->kind == COLUMN_TEXT ||
	       column->kind == COLUMN_ATTRS;
}

/* The step's value of a column that is a string; the step's own, "" when not known. */
const char *column_string(const struct step_column *column, const struct step *step);

/* Of one that is a number of any kind, in its unit; JO_MISSING when not known. */
int64_t column_number(const struct step_column *column, const struct step *step);

/* Of a WORD that has words, the one that stands for it. */
const char *column_word(const struct step_column *column, const struct step *step);

#endif

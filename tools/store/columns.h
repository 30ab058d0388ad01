/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of the step table, once: how each is filled from a record, merged
 * from the nodes of a step, bound, read back and handed out.  Private to store/.
 */
#ifndef STORE_COLUMNS_H
#define STORE_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

/*
 * COLUMN(column, kind, record member, rule)
 *
 * Kinds: where the value comes from, and its type in struct step
 *	INT	int64_t of the record		ENUM	enum of the record
 *	NAME	string of the record, kept as the id of a name
 *	TEXT	string of the record		ATTRS	its attributes as text
 *	OWN_INT, OWN_ENUM	made by the store; the record member is a stand-in
 *
 * Rules: what the value of a step is, given those of its nodes
 *	STEP	the step's own, the same on all nodes
 *	SUM	of all nodes; not known when one that ended does not know it
 *	MAX, MIN	of those that know it
 *	FIRST	of the first node
 *	PEAK	of the node with the largest mem_peak_bytes
 *	WORST	of the node whose tasks ended worst
 *	INPUT	of the node that declared best (enum input_rank in merge.c)
 *	UNION	attributes of all nodes; of one key the first node's
 *	MADE	computed in merge.c
 */
/* clang-format off */
#define STEP_COLUMNS(COLUMN) \
	COLUMN(group_id, OWN_INT, kind, MADE) \
	COLUMN(source, OWN_ENUM, kind, STEP) \
	COLUMN(state, OWN_ENUM, kind, MADE) \
	COLUMN(cluster_id, NAME, cluster, STEP) \
	COLUMN(job_id, INT, job_id, STEP) \
	COLUMN(array_task_id, INT, array_task_id, STEP) \
	COLUMN(restart_count, INT, restart_count, STEP) \
	COLUMN(step_id, INT, step_id, STEP) \
	COLUMN(step_kind, ENUM, step_kind, STEP) \
	COLUMN(array_job_id, INT, array_job_id, STEP) \
	COLUMN(het_job_id, INT, het_job_id, STEP) \
	COLUMN(het_job_offset, INT, het_job_offset, STEP) \
	COLUMN(sluid, TEXT, sluid, STEP) \
	COLUMN(uid, INT, uid, STEP) \
	COLUMN(user_id, NAME, user, STEP) \
	COLUMN(account_id, NAME, account, STEP) \
	COLUMN(partition_id, NAME, partition, STEP) \
	COLUMN(qos_id, NAME, qos, STEP) \
	COLUMN(job_name, TEXT, job_name, STEP) \
	COLUMN(class_id, NAME, class_name, STEP) \
	COLUMN(class_is_declared, INT, class_is_declared, STEP) \
	COLUMN(program_id, NAME, program, STEP) \
	COLUMN(node_count, INT, node_count, STEP) \
	COLUMN(time_limit_us, INT, time_limit_us, STEP) \
	COLUMN(node_id, NAME, node, FIRST) \
	COLUMN(node_index, INT, node_index, FIRST) \
	COLUMN(node_seen_count, OWN_INT, kind, MADE) \
	COLUMN(node_ended_count, OWN_INT, kind, SUM) \
	COLUMN(task_count, INT, task_count, SUM) \
	COLUMN(cpu_count, INT, cpu_count, SUM) \
	COLUMN(mem_request_bytes, INT, mem_request_bytes, MAX) \
	COLUMN(input_bytes, INT, input_bytes, INPUT) \
	COLUMN(input_source, ENUM, input_source, INPUT) \
	COLUMN(attrs, ATTRS, attrs, UNION) \
	COLUMN(start_unix_us, INT, start_unix_us, MIN) \
	COLUMN(end_unix_us, OWN_INT, kind, MADE) \
	COLUMN(wall_us, INT, wall_us, MAX) \
	COLUMN(exit_status, INT, exit_status, WORST) \
	COLUMN(term_signal, INT, term_signal, WORST) \
	COLUMN(mem_peak_bytes, INT, mem_peak_bytes, MAX) \
	COLUMN(mem_peak_sum_bytes, OWN_INT, kind, MADE) \
	COLUMN(mem_source, ENUM, mem_source, PEAK) \
	COLUMN(max_rss_bytes, INT, max_rss_bytes, MAX) \
	COLUMN(mem_limit_bytes, INT, mem_limit_bytes, PEAK) \
	COLUMN(mem_limit_hit_count, INT, mem_limit_hit_count, SUM) \
	COLUMN(oom_kill_count, INT, oom_kill_count, SUM) \
	COLUMN(swap_peak_bytes, INT, swap_peak_bytes, MAX) \
	COLUMN(cpu_user_us, INT, cpu_user_us, SUM) \
	COLUMN(cpu_system_us, INT, cpu_system_us, SUM) \
	COLUMN(read_bytes, INT, read_bytes, SUM) \
	COLUMN(write_bytes, INT, write_bytes, SUM) \
	COLUMN(major_fault_count, INT, major_fault_count, SUM) \
	COLUMN(psi_cpu_some_us, INT, psi_cpu_some_us, MAX) \
	COLUMN(psi_memory_some_us, INT, psi_memory_some_us, MAX) \
	COLUMN(psi_memory_full_us, INT, psi_memory_full_us, MAX) \
	COLUMN(psi_io_some_us, INT, psi_io_some_us, MAX) \
	COLUMN(psi_io_full_us, INT, psi_io_full_us, MAX) \
	COLUMN(ingest_unix_us, OWN_INT, kind, STEP) \
	COLUMN(judged_unix_us, OWN_INT, kind, STEP)

#define COLUMN_ENUM(column, kind, member, rule) COL_##column,
enum step_column_index { STEP_COLUMNS(COLUMN_ENUM) COL_COUNT };
#undef COLUMN_ENUM
/* clang-format on */

enum column_kind {
	COLUMN_INT,
	COLUMN_ENUM,
	COLUMN_NAME,
	COLUMN_TEXT,
	COLUMN_ATTRS,
	COLUMN_OWN_INT,
	COLUMN_OWN_ENUM,
};

enum column_rule {
	RULE_STEP,
	RULE_SUM,
	RULE_MAX,
	RULE_MIN,
	RULE_FIRST,
	RULE_PEAK,
	RULE_WORST,
	RULE_INPUT,
	RULE_UNION,
	RULE_MADE,
};

struct step_column {
	const char *name;
	enum column_kind kind;
	enum column_rule rule;
	size_t record_offset; /* in struct jo_record, unless OWN */
	size_t step_offset;   /* in struct step */
};

/* COL_COUNT of them, in the order of the enum. */
extern const struct step_column step_columns[];

/* Whether a node of a step has the column to itself, and so the table step_node. */
static inline int column_is_of_node(const struct step_column *column)
{
	return column->rule != RULE_STEP && column->rule != RULE_MADE;
}

union cell {
	int64_t number;   /* JO_MISSING for NULL; a name's id, 0 for none */
	const char *text; /* NULL for NULL; owned by the store's arena */
};

/* A row of step, or of step_node with the other cells unset. */
struct row {
	int64_t id; /* JO_MISSING: not in the table yet */
	union cell cells[COL_COUNT];
};

static inline int column_is_text(const struct step_column *column)
{
	return column->kind == COLUMN_TEXT || column->kind == COLUMN_ATTRS;
}

#endif

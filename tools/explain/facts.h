/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is recorded of a step, as attributes in which it may differ from others. */
#ifndef EXPLAIN_FACTS_H
#define EXPLAIN_FACTS_H

#include <glib.h>

#include "explain/attribute_value.h"
#include "store/store.h"

/* What of a step its facts are made of. */
#define EXPLAIN_FACT_COLUMNS                                                                       \
	COL_state, COL_restart_count, COL_user_id, COL_account_id, COL_qos_id, COL_job_name,       \
		COL_program_id, COL_node_id, COL_node_count, COL_task_count, COL_cpu_count,        \
		COL_mem_limit_bytes, COL_time_limit_us, COL_start_unix_us, COL_wall_us,            \
		COL_exit_status, COL_read_bytes, COL_write_bytes, COL_major_fault_count,           \
		COL_mem_limit_hit_count, COL_psi_cpu_some_us, COL_psi_memory_some_us,              \
		COL_psi_io_some_us

struct explain_facts_source {
	const struct step *step;
	const struct store_node *node; /* what its first node is made of; NULL: not known */
	GStringChunk *strings;         /* where texts go */
};

/* What a fact can be to a difference in what steps took. */
enum explain_fact_kind {
	FACT_GIVEN, /* what the step was given: a cause */
	FACT_NODE,  /* where it ran: a cause that is not its owner's */
	FACT_TAKEN, /* what it took beside what is judged: another effect, as a rule */
};

/* A fact that recurs by the calendar is no news before it could have come round a few times. */
struct explain_fact {
	const char *name;
	struct explain_value (*value)(const struct explain_facts_source *source);
	enum explain_fact_kind kind;
	int days_min; /* that the steps must spread over */
};

/* Ends with a NULL name. */
extern const struct explain_fact explain_facts[];

/* Of the fact of this name; FACT_GIVEN for any other, as it is a declared attribute. */
enum explain_fact_kind explain_fact_kind(const char *name);

#endif

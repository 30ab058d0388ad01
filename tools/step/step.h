/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step of a job as the tools know it: the records of all its nodes in one, and how it ended. */
#ifndef STEP_STEP_H
#define STEP_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/record.h"

/* As Slurm names them, with two of our own. */
enum step_state {
	STEP_STATE_NONE,      /* going in: derive it from what the record says */
	STEP_STATE_RUNNING,   /* begun, and not all of its nodes have told an end */
	STEP_STATE_COMPLETED, /* exit status 0 */
	STEP_STATE_FAILED,    /* exit status or signal, none of the below */
	STEP_STATE_TIMEOUT,
	STEP_STATE_OUT_OF_MEMORY, /* the kernel killed a process, whatever the exit status */
	STEP_STATE_CANCELLED,
	STEP_STATE_NODE_FAIL,
	STEP_STATE_PREEMPTED,
	STEP_STATE_DEADLINE,
	STEP_STATE_BOOT_FAIL,
	STEP_STATE_LOST,    /* its time was over long ago, and an end never came */
	STEP_STATE_UNKNOWN, /* ended, and the record does not say how */
	STEP_STATE_COUNT,
};

/* "NONE", "RUNNING", ...: by value, NULL at the end. */
extern const char *const step_state_words[];

/* Where a step's facts come from; a later one in this list is never overwritten by an earlier one.
 */
enum step_source { STEP_SOURCE_SACCT, STEP_SOURCE_CSV, STEP_SOURCE_PLUGIN };

/* One step, all its nodes merged. */
struct step {
	int64_t id; /* the store's own; stays as long as the step is kept */
	int64_t group_id;
	enum step_source source;
	enum step_state state;

	/* identity: see struct jo_record */
	const char *cluster;
	int64_t job_id;
	int64_t step_id;
	enum jo_step_kind step_kind;
	int64_t restart_count;
	int64_t array_job_id, array_task_id;
	int64_t het_job_id, het_job_offset;
	const char *sluid;
	int64_t uid;
	const char *user; /* the passwd name of uid; the record's own word when there is none */
	const char *account;
	const char *partition;
	const char *qos;
	const char *job_name;
	const char *class_name;
	int64_t class_is_declared; /* 0 or 1 */
	const char *program;

	/* nodes */
	const char *node;         /* the first (lowest index); store_nodes_open has all */
	int64_t node_index;       /* of that node */
	int64_t node_count;       /* that the step has, as Slurm said */
	int64_t node_seen_count;  /* that told anything */
	int64_t node_ended_count; /* that told an end; values cover these alone */

	/* what it was given */
	int64_t task_count;        /* sum of the nodes */
	int64_t cpu_count;         /* sum of the nodes */
	int64_t mem_request_bytes; /* on one node */
	int64_t time_limit_us;     /* of the job */
	int64_t input_bytes;
	enum jo_input_source input_source;
	const char *attrs; /* "KEY=VALUE,KEY=VALUE" sorted by key: jo_attrs_parse reads it */

	/* what it took */
	int64_t start_unix_us; /* earliest node */
	int64_t end_unix_us;   /* latest node; missing while RUNNING and for LOST */
	int64_t wall_us;       /* longest node */
	int64_t exit_status;   /* worst node */
	int64_t term_signal;
	int64_t mem_peak_bytes;     /* largest node */
	int64_t mem_peak_sum_bytes; /* all nodes together */
	enum jo_mem_source mem_source;
	int64_t max_rss_bytes;              /* largest process of any node */
	int64_t mem_limit_bytes;            /* of the node with the largest peak */
	int64_t mem_limit_hit_count;        /* sum */
	int64_t oom_kill_count;             /* sum */
	int64_t swap_peak_bytes;            /* largest node */
	int64_t cpu_user_us, cpu_system_us; /* sums */
	int64_t read_bytes, write_bytes;    /* sums */
	int64_t major_fault_count;          /* sum */
	/*
	 * Stall times are those of the node that stalled longest: a step waits for its slowest
	 * node, and the share of wall_us stays a share.
	 */
	int64_t psi_cpu_some_us;
	int64_t psi_memory_some_us, psi_memory_full_us;
	int64_t psi_io_some_us, psi_io_full_us;

	int64_t ingest_unix_us; /* when the store last learnt something about it */
	int64_t judged_unix_us; /* missing: not judged since then */
	bool is_expected;       /* its owner said that it was normal: store_expected_add */
};

/* Room for the longest text of the next two functions. */
#define STEP_JOB_TEXT_SIZE 48

/*
 * The job as Slurm's commands write it: "123", "123_4" for an array's task,
 * "123+1" for a heterogeneous job's component.  Returns buf.
 */
char *step_job_format(const struct step *step, char *buf, size_t size);

/* The step within its job: "batch", "interactive" or a number.  Returns buf. */
char *step_number_format(const struct step *step, char *buf, size_t size);

#define STEP_LABEL_SIZE (2 * STEP_JOB_TEXT_SIZE) /* a job's text, a dot, and a step's */

/*
 * The step as people and commands call it: "123_4.0", and for the batch step, which is what most
 * people mean by the job, "123_4".  Returns buf; STEP_LABEL_SIZE bytes are enough.
 */
char *step_label_format(const struct step *step, char *buf, size_t size);

/* As step_label_format, with ".batch" for the batch step: for lists in which every step has a row.
 */
char *step_full_format(const struct step *step, char *buf, size_t size);

/* "0:15": exit status and signal as sacct writes them, or ""; returns buf.  24 bytes are enough. */
char *step_exit_format(const struct step *step, char *buf, size_t size);

#endif

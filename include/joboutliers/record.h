/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the plugin tells the tools: one event in the life of a step on one node,
 * as one line of JSON.  joboutliers-record(5) describes the line field by field;
 * jo_record_fields is that table for code, and both sides read it.
 */
#ifndef JOBOUTLIERS_RECORD_H
#define JOBOUTLIERS_RECORD_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/attr.h"
#include "joboutliers/err.h"

/* Raised when a reader of the old version would misunderstand the line; a new field does not raise
 * it. */
#define JO_RECORD_VERSION 1

/* Longest line with its newline.  Every field at its longest fits; the writer checks it all the
 * same. */
#define JO_RECORD_LINE_MAX 24576

/* A number that is not known.  Never 0: "no limit hits" and "cannot tell" differ. */
#define JO_MISSING INT64_MIN

/* 3,000 years: no time or time span is beyond, and what is added up of them stays far from the end
 * of 64 bits. */
#define JO_US_MAX 100000000000000000

/* Of a distributed trace and a span in it, in hex digits, and the NUL. */
#define JO_TRACE_ID_SIZE 33
#define JO_SPAN_ID_SIZE 17

#define JO_NAME_SIZE 129 /* names from Slurm, cut to 128 bytes at a character's edge */

/* 4,000 bytes and the NUL: with every byte escaped a third of a line. */
#define JO_PROFILE_SIZE 4001
#define JO_PROFILE_KIND_SIZE 16 /* a word of ours */

enum jo_record_kind {
	JO_RECORD_START, /* the step began on this node: identity, declared size, limit */
	JO_RECORD_END,   /* all its tasks on this node have ended: everything */
	JO_RECORD_NODE,  /* slurmd started: what the node is made of */
};

enum jo_step_kind { JO_STEP_BATCH, JO_STEP_SRUN, JO_STEP_INTERACTIVE };

/* Where the declared input size comes from. */
enum jo_input_source {
	JO_INPUT_NONE,        /* not declared */
	JO_INPUT_OPTION,      /* --input-size of this step */
	JO_INPUT_FILES,       /* --input-files of this step, summed at submission */
	JO_INPUT_ENVIRONMENT, /* SJOB_INPUT_SIZE */
	JO_INPUT_PROGRAM,     /* the running program said so (sjobattr) */
	JO_INPUT_INHERITED,   /* given to sbatch or salloc; the step runs inside that job */
	JO_INPUT_INVALID,     /* declared, but not a size; the step ran all the same */
	JO_INPUT_READ, /* not declared: what the job read, of an import; never the plugin's */
};

enum jo_mem_source { JO_MEM_NONE, JO_MEM_CGROUP_V1, JO_MEM_CGROUP_V2 };

/*
 * Owns nothing, needs no freeing.  Strings are valid UTF-8 without control
 * characters but the newlines of the profile, and empty when not known; numbers are
 * JO_MISSING when not known.
 */
struct jo_record {
	enum jo_record_kind kind;

	/* identity */
	char cluster[JO_NAME_SIZE];
	char node[JO_NAME_SIZE];
	int64_t job_id;
	int64_t step_id; /* Slurm's number; JO_STEP_BATCH and _INTERACTIVE have theirs above 2^32 -
			    16 */
	enum jo_step_kind step_kind;
	int64_t restart_count;
	int64_t array_job_id;
	int64_t array_task_id;
	int64_t het_job_id;
	int64_t het_job_offset;
	char sluid[JO_NAME_SIZE]; /* Slurm 25.11 and later */
	int64_t node_index;
	int64_t node_count;
	int64_t uid; /* from Slurm, trustworthy; the names below are what the environment says */
	char user[JO_NAME_SIZE];
	char account[JO_NAME_SIZE];
	char partition[JO_NAME_SIZE];
	char qos[JO_NAME_SIZE];
	char job_name[JO_NAME_SIZE];
	char comment[JO_NAME_SIZE];     /* of the job, where its accounting tells it */
	char class_name[JO_CLASS_SIZE]; /* declared, or made from job name and program */
	int64_t class_is_declared;      /* 0 or 1 */
	char program[JO_NAME_SIZE]; /* base name of the program or script, never its arguments */

	char trace_id[JO_TRACE_ID_SIZE]; /* the step is a span of this trace, which its job shares
					  */
	char span_id[JO_SPAN_ID_SIZE];
	char parent_span_id[JO_SPAN_ID_SIZE];
	char link_trace_id[JO_TRACE_ID_SIZE]; /* a span of somebody else's, which its programs
						 continue in its place */
	char link_span_id[JO_SPAN_ID_SIZE];

	/* what it was given */
	int64_t task_count; /* of the step on this node */
	int64_t cpu_count;  /* allocated to the step on this node */
	int64_t mem_request_bytes;
	int64_t time_limit_us; /* of the job */
	int64_t input_bytes;
	enum jo_input_source input_source;
	struct jo_attrs attrs;

	/* what it took */
	int64_t start_unix_us;
	int64_t wall_us; /* monotonic clock, from before the first task to after the last one */
	int64_t suspended_us; /* of wall_us, how long Slurm had it suspended */
	int64_t exit_status;  /* of the task that ended worst */
	int64_t term_signal;  /* 0: ended by itself */
	int64_t mem_peak_bytes;
	enum jo_mem_source mem_source;
	int64_t max_rss_bytes;       /* of the largest process */
	int64_t mem_allocated_bytes; /* peak, as its program stated it: a remark of the user's */
	int64_t mem_limit_bytes;
	int64_t mem_limit_hit_count;
	int64_t oom_kill_count;
	int64_t swap_peak_bytes;
	int64_t cpu_user_us;
	int64_t cpu_system_us;
	int64_t cpu_us; /* of both kinds, from what does not tell them apart */
	int64_t read_bytes;
	int64_t write_bytes;
	int64_t major_fault_count;
	int64_t psi_cpu_some_us;
	int64_t psi_memory_some_us;
	int64_t psi_memory_full_us;
	int64_t psi_io_some_us;
	int64_t psi_io_full_us;

	/* where its time went, when that was asked for */
	char profile_kind[JO_PROFILE_KIND_SIZE]; /* what took the samples: "python", ... */
	int64_t profile_rate_hz;                 /* how often each process was looked at */
	int64_t profile_samples;                 /* what the counts in the profile add up to */
	char profile_missing[JO_NAME_SIZE];      /* why there is none although it was asked for */
	/*
	 * One stack of calls a line, "frame;frame;frame count", the outermost call first, and the
	 * heaviest stack first.  A frame is "function (file:line)".  Stacks that had no room are
	 * the last line, "[other] count".
	 */
	char profile[JO_PROFILE_SIZE];

	/* the node (JO_RECORD_NODE) */
	char node_model[JO_NAME_SIZE]; /* processor's name */
	int64_t socket_count;
	int64_t core_count;
	int64_t numa_node_count;
	int64_t node_mem_bytes;
	char slurm_version[JO_NAME_SIZE];
	char plugin_version[JO_NAME_SIZE];

	/* health: records this node has failed to write since its spool folder was made; never goes
	 * down */
	int64_t dropped_count;
};

enum jo_field_type {
	JO_FIELD_INT,
	JO_FIELD_STRING,
	JO_FIELD_LINES, /* a string that may have newlines */
	JO_FIELD_ENUM,
};

/* One field of the line; "attr.KEY" members are apart, as their names are the user's. */
struct jo_record_field {
	const char *name; /* in the line, and the column's name in the database */
	enum jo_field_type type;
	size_t offset;            /* in struct jo_record */
	size_t size;              /* of a string's buffer */
	const char *const *words; /* of an enum, by value, NULL at the end */
};

/* In the order in which they are written; ends with a NULL name. */
extern const struct jo_record_field jo_record_fields[];

/* Everything missing. */
void jo_record_init(struct jo_record *record, enum jo_record_kind kind);

/*
 * Put text into a record's string of `size` bytes: cut at a character's edge,
 * control characters and bytes that are no UTF-8 as '?'.  NULL counts as "".
 */
void jo_record_set_string(char *field, size_t size, const char *text);

/* The same for a text of lines: newlines stay. */
void jo_record_set_lines(char *field, size_t size, const char *text);

/*
 * Write the line, newline and NUL included, into line[size].
 * Returns its length without the NUL, or -ENOSPC.
 */
int jo_record_write(const struct jo_record *record, char *line, size_t size);

#endif

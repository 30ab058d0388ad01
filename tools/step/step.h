/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step of a job as the tools know it: the records of all its nodes in one, and how it ended. */
#ifndef STEP_STEP_H
#define STEP_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/record.h"
#include "step/columns.h"

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

/* The cluster of steps that spans are, which is none of Slurm's. */
#define STEP_CLUSTER_OTLP "otlp"

/* Where a step's facts come from. */
enum step_source {
	STEP_SOURCE_SACCT,
	STEP_SOURCE_CSV,
	STEP_SOURCE_PLUGIN,
	STEP_SOURCE_NEXTFLOW,
	STEP_SOURCE_SNAKEMAKE,
	STEP_SOURCE_SWF,
	STEP_SOURCE_JSONL,
	STEP_SOURCE_LOG,
	STEP_SOURCE_OTLP,
	STEP_SOURCE_COUNT,
};

/* How much a source is worth: what one of a higher rank said is never overwritten by a lower one.
 */
int step_source_rank(enum step_source source);

/*
 * Jobs that Slurm gave no number have one from here on, made of what they are: it is the same
 * whenever they are read, and no other job has it.  Slurm's end far below; up to 2^53 a number
 * passes through JSON as it is.
 */
#define STEP_JOB_MADE_FIRST (INT64_C(1) << 52)
#define STEP_JOB_MADE_LAST (2 * STEP_JOB_MADE_FIRST - 1)

/* Step numbers from here on are of steps that Slurm started, and not srun. */
#define STEP_FIRST_OWN_ID INT64_C(4294967280)

/* What a column's value is here, by its kind. */
#define STEP_TYPE_NUMBER int64_t
#define STEP_TYPE_BYTES int64_t
#define STEP_TYPE_DURATION int64_t
#define STEP_TYPE_TIME int64_t
#define STEP_TYPE_WORD(type) enum type
#define STEP_TYPE_NAME const char *
#define STEP_TYPE_TEXT const char *
#define STEP_TYPE_ATTRS const char *
#define STEP_MEMBER(column, kind, member, ...) STEP_TYPE_##kind member;

/*
 * One step, all its nodes merged: a member for each row of STEP_COLUMNS, which
 * says what it is and in what unit.  Strings are "" and numbers JO_MISSING when
 * they are not known.
 */
struct step {
	int64_t id; /* the store's own; stays as long as the step is kept */
	STEP_COLUMNS(STEP_MEMBER)
	bool is_expected; /* its owner said that it was normal: store_expected_add */
};

/* How sizes are declared, and what is missing where none are: for pages, plots and lists. */
#define STEP_SIZE_ADVICE "declare them so: srun --input-size=40G, see joboutliers(8)"
#define STEP_UNSIZED_ADVICE                                                                        \
	"no sizes are declared: this is judged by time alone; " STEP_SIZE_ADVICE

/* Room for the longest text of the next two functions. */
#define STEP_JOB_TEXT_SIZE 48

/*
 * The job as Slurm's commands write it: "123", "123_4" for an array's task,
 * "123+1" for a heterogeneous job's component.  Returns buf.
 */
char *step_job_format(const struct step *step, char *buf, size_t size);

/* The step within its job: "batch", "interactive" or a number.  Returns buf. */
char *step_number_format(const struct step *step, char *buf, size_t size);

/* The columns that all of these are made of. */
#define STEP_LABEL_COLUMNS                                                                         \
	COL_job_id, COL_step_id, COL_step_kind, COL_array_job_id, COL_array_task_id,               \
		COL_het_job_id, COL_het_job_offset

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
